"""The subject's matte in the window: finding, painting, undoing."""
