"""The sample photograph and the sample clip, and the edit that shows Patina on both."""

import importlib.util
from pathlib import Path

from engine.errors import UserError

SAMPLE_PROMPT = "leopard"
SAMPLE_SUBJECT = "cat"

_SAMPLE_FOLDER = Path(__file__).parents[2] / "resources" / "sample"


def sample_picture() -> Path:
    """Return the sample photograph's file: a cat (CC0) that scikit-image brings in its wheel.

    Raises UserError where scikit-image is not installed.
    """
    return sample_photograph("chelsea.png")


def sample_photograph(name: str) -> Path:
    """Return the file of a photograph that lies in scikit-image's wheel, by its name there.

    Raises UserError where scikit-image, or the photograph in it, is not installed.
    """
    package = importlib.util.find_spec("skimage")  # finds the folder without the seconds that importing takes
    for folder in package.submodule_search_locations or () if package else ():
        picture = Path(folder) / "data" / name
        if picture.is_file():
            return picture
    raise UserError(
        "The sample photograph is not installed; run `pip install patina[sample]`, or open your own picture."
    )


def sample_clip() -> Path:
    """Return the bundled clip's file: two seconds of a cat that turns its head while the camera pans over a table.

    512×288 at 24 frames a second, H.264. ``resources.sample.render`` made it, from ``resources.sample.scene``, which
    knows every frame's layers, mattes, mappings and flow.
    """
    return _SAMPLE_FOLDER / "cat.mp4"


def sample_clip_mask() -> Path:
    """Return the mask of the cat on the clip's first frame: a gray PNG of the clip's size, 255 on the cat."""
    return _SAMPLE_FOLDER / "cat_mask.png"
