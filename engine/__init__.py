"""Patina's engine: everything that is not a screen. It imports no Qt and runs without it."""
