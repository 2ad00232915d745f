"""Deliveries: what is written for other programs, how it is named, and what is said beside it."""
