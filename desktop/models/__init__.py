"""The models dialog: what guides are made of."""
