"""The prompt panel: what the picture should become."""
