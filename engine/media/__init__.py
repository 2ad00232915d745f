"""Footage in and pictures out."""
