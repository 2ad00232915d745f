"""Guides of an open vocabulary: the models that open_clip loads."""
