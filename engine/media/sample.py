"""The sample photograph, and the edit that shows Patina on it."""

import importlib.util
from pathlib import Path

from engine.errors import UserError

SAMPLE_PROMPT = "leopard"
SAMPLE_SUBJECT = "cat"


def sample_picture() -> Path:
    """Return the sample photograph's file: a cat (CC0) that scikit-image brings in its wheel.

    Raises UserError where scikit-image is not installed.
    """
    package = importlib.util.find_spec("skimage")  # finds the folder without the seconds that importing takes
    for folder in package.submodule_search_locations or () if package else ():
        picture = Path(folder) / "data" / "chelsea.png"
        if picture.is_file():
            return picture
    raise UserError(
        "The sample photograph is not installed; run `pip install patina[sample]`, or open your own picture."
    )
