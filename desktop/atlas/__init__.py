"""A clip's atlas in the window: fitting it, seeing it, painting on it."""
