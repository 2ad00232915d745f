"""Layers that were painted or graded in another program and come back."""
