"""Pictures whose every colour is known, and what another library than the writers' makes of files."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenImageIO

from engine.media.writers.slate import Slate

PURE = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0))
SKIN = ((0.97, 0.84, 0.74), (0.89, 0.72, 0.58), (0.78, 0.56, 0.43), (0.55, 0.36, 0.26), (0.31, 0.20, 0.15))
HEIGHT, WIDTH = 32, 64
TEXTS = {"prompt": "goldener Schwan 白鳥", "seed": "7", "guide": "starter", "version": "0.1.0"}
SLATE = Slate((WIDTH, HEIGHT), Fraction(30000, 1001), None, "00:00:59;28", 1001, Fraction(4, 3), texts=TEXTS)


def chart() -> np.ndarray:
    """Return pure colours, skin tones and a gray ramp, (H, W, 3), in bands of eight rows; the last one is random."""
    picture = np.random.default_rng(1).random((HEIGHT, WIDTH, 3), dtype=np.float32)
    for band, colours in enumerate((PURE, SKIN)):
        for place, colour in enumerate(colours):
            picture[8 * band : 8 * band + 8, 12 * place : 12 * place + 12] = colour
    picture[16:24] = np.linspace(0, 1, WIDTH, dtype=np.float32)[:, None]
    return picture


def ramped_chart() -> np.ndarray:
    """Return the chart with an alpha ramp from 0 to 1 down every band, (H, W, 4) straight."""
    ramp = np.linspace(0, 1, 8, dtype=np.float32)
    alpha = np.tile(ramp, HEIGHT // 8)[:, None].repeat(WIDTH, 1)
    return np.dstack([chart(), alpha])


def decoded(path: Path) -> np.ndarray:
    """Return the channels of a file as OpenImageIO reads them, float32, alpha as it is stored."""
    pixels = _opened(path).read_image(OpenImageIO.FLOAT)
    return pixels[..., 0] if pixels.shape[2] == 1 else pixels


def decoded_integers(path: Path) -> np.ndarray:
    """Return the samples of a file of integers as OpenImageIO reads them, alpha as it is stored."""
    return _opened(path).read_image(OpenImageIO.UNKNOWN)


def said(path: Path) -> dict[str, object]:
    """Return the attributes that OpenImageIO finds in a file, with the channels' names."""
    spec = _opened(path).spec()
    return {each.name: each.value for each in spec.extra_attribs} | {"channels": spec.channelnames}


def _opened(path: Path) -> OpenImageIO.ImageInput:
    as_stored = OpenImageIO.ImageSpec()
    as_stored.attribute("oiio:UnassociatedAlpha", 1)
    return OpenImageIO.ImageInput.open(str(path), as_stored)
