"""Widgets of use to several panels."""
