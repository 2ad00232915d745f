"""Importing layers that other programs made."""
