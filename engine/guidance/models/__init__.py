"""The models behind the guides: what there is to have, what is installed, and how it comes here."""
