"""Hand-off: one description of a composition, written as a script or timeline of another program."""
