"""Mattes of a clip: found from a word, and carried from the frames where they are given."""
