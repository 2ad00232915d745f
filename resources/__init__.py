"""Icons and the theme, all made by this project."""
