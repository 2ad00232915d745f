"""Patina's window: the Qt front end of the engine."""
