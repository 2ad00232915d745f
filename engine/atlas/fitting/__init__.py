"""Fitting an atlas to a clip: growing its layers, and refining them by least squares."""
