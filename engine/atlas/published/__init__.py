"""Published atlases: checkpoints of Layered Neural Atlases."""
