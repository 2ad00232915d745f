"""Pictures painted by hand, over a texture or over a frame, as edits of a layer of an atlas."""

from pathlib import Path

import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.inverse import painted_on_atlas
from engine.errors import UserError
from engine.media.stills import read_still

MOST_TEXELS = 4_000_000
UNLIKE = 0.05  # by how much a painting's proportions may differ from what it is laid over


def read_painting(path: Path, atlas: Atlas, name: str, number: int | None = None) -> np.ndarray:
    """Return the picture in ``path`` as an edit over a layer's texture: (h, w, 4) float32, straight alpha.

    It was painted over the texture, at any resolution, or over the clip's frame of that ``number``. A picture without
    alpha is opaque. Raises UserError where it cannot be read, has other proportions, or where the atlas lacks the layer
    or the frame.
    """
    if name not in (names := [layer.name for layer in atlas.layers]):
        raise UserError(f"The atlas has no layer called {name}; its layers are: {', '.join(names)}.")
    layer, still = atlas.layer(name), read_still(path)
    alpha = np.ones(still.rgb.shape[:2], np.float32) if still.alpha is None else still.alpha
    picture = np.dstack([still.rgb, alpha])
    if number is None:
        _check_proportions(path, picture, layer.size, f"texture of the layer {name}")
        return picture
    if number not in atlas.clip.numbers:
        first, last = atlas.clip.numbers[0], atlas.clip.numbers[-1]
        raise UserError(f"The atlas has no frame {number}; choose one from {first} to {last}.")
    _check_proportions(path, picture, atlas.clip.size, "clip")
    # As fine as the painting, so that nothing is lost where the frame is larger than the atlas.
    scale = max(1.0, picture.shape[1] / atlas.size[0])
    scale = min(scale, (MOST_TEXELS / (layer.size[0] * layer.size[1])) ** 0.5)
    size = round(layer.size[0] * scale), round(layer.size[1] * scale)
    return painted_on_atlas(layer, atlas.clip.numbers.index(number), picture, size, atlas.size)


def _check_proportions(path: Path, picture: np.ndarray, size: tuple[int, int], over: str) -> None:
    height, width = picture.shape[:2]
    if abs(width * size[1] / (height * size[0]) - 1) > UNLIKE:
        raise UserError(
            f"{path} is {width} × {height} pixels and the {over} {size[0]} × {size[1]}; "
            "give a picture of the same proportions."
        )
