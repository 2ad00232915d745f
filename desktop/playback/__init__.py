"""Clips in motion: the playhead, playing, and the frames that are made for both."""
