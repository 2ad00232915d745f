"""Layered atlases (Kasten et al., SIGGRAPH Asia 2021): a clip as a few textures, their mappings, and mattes."""
