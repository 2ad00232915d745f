"""What is rendered for a delivery: a frame's composite, layers, alpha and green screen, mattes, textures, UV maps."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.atlas_folder import load_atlas
from engine.atlas.rendering import matte_at
from engine.atlas.st_map import st_map
from engine.clip_frames import layer_at, layers_at
from engine.compositing import composite, on_green_screen
from engine.delivery.outputs import Shown
from engine.errors import UserError
from engine.filters import resize
from engine.jobs.deliveries import Delivery
from engine.media.stills import read_still
from engine.project import EditLayer, Project

# Pictures of layers that are kept at hand; with more of them, some are read anew for each frame.
PICTURES, ATLASES = 8, 2


class Contents:
    """Renders what a delivery shows; all pictures are float32 in 0..1, straight alpha, display space."""

    def __init__(self, job: Delivery, project: Project) -> None:
        folder = Path(job.project)
        self._project = project
        # A script for another program sets the opacity itself, where it stays open to changes.
        self._bakes = job.bake_opacity and not job.handoffs
        self._pictures = lru_cache(PICTURES)(lambda name: _rgba(folder / name))
        self._mattes = lru_cache(PICTURES)(lambda name: read_still(folder / name).rgb[..., 0])
        self.atlas = lru_cache(ATLASES)(lambda name: load_atlas(folder / name))

    def picture(self, shown: Shown, number: int, source: np.ndarray) -> np.ndarray:
        """Return what is written for the frame of that number, whose own picture is ``source`` (H, W, 3).

        (H, W) for alpha and mattes, (H, W, 4) for layers, else (H, W, 3). Where a layer does not show, it is empty.
        Raises UserError where a picture or an atlas cannot be read.
        """
        match shown.kind:
            case "composite":
                return composite(source, layers_at(self._project, number, source, self._pictures, self.atlas))
            case "matte":
                matte = self.matte(shown, number, source)
                return np.zeros(source.shape[:2], np.float32) if matte is None else matte
            case "alpha":
                return self._layer(_layer_of(shown), number, source)[..., 3]
            case "greenscreen":
                return on_green_screen(self._layer(_layer_of(shown), number, source))
            case "layer":
                return self._layer(_layer_of(shown), number, source)
        raise ValueError(f"a {shown.kind} is of no frame")

    def still_picture(self, shown: Shown) -> np.ndarray:
        """Return a texture, (h, w, 4) with its coverage as alpha, or the picture of an edit over it."""
        if shown.kind == "edit":
            return self._pictures(_layer_of(shown).picture)
        texture = self.atlas(shown.atlas).layer(shown.atlas_layer)
        return np.dstack([texture.texture, texture.coverage])

    def uv(self, shown: Shown, number: int, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where each pixel of a frame lies in a texture, (H, W, 2) as in `engine.atlas.st_map`, and the matte.

        Raises UserError for a frame that the atlas was not fitted to.
        """
        atlas = self.atlas(shown.atlas)
        index = self._index(atlas, number)
        size = source.shape[1], source.shape[0]
        uv = st_map(atlas.layer(shown.atlas_layer), index, size, atlas.size)
        return uv, matte_at(atlas, shown.atlas_layer, index, source)

    def matte(self, shown: Shown, number: int, source: np.ndarray) -> np.ndarray | None:
        """Return the matte, (H, W), of an atlas's object, or of what a layer lies on (of a composite, of all layers).

        None where there is none, as the edits were free. Raises UserError for a frame that the atlas lacks.
        """
        if shown.kind == "composite":
            found = [self._matte_of(layer, number, source) for layer in self._project.layers_at(number)]
            mattes = [matte for matte in found if matte is not None]
            return np.maximum.reduce(mattes) if mattes else None
        if shown.atlas_layer:
            atlas = self.atlas(shown.atlas)
            return matte_at(atlas, shown.atlas_layer, self._index(atlas, number), source)
        return self._matte_of(_layer_of(shown), number, source)

    def atlas_of(self, shown: Shown) -> Atlas | None:
        """Return the atlas that a layer lies on, or of a composite, the project's; None where there is none."""
        name = self._project.atlas if shown.layer is None else self._project.atlas_of(shown.layer)
        return self.atlas(name) if name else None

    def _layer(self, layer: EditLayer, number: int, source: np.ndarray) -> np.ndarray:
        """Return a layer with its opacity in its alpha, where that is wanted; transparent where it does not show."""
        rgba = None
        if layer.shows_at(number):
            name = self._project.atlas_of(layer)
            picture = self._pictures(layer.picture_at(number))
            rgba = layer_at(layer, number, source, picture, self.atlas(name) if name else None)
        if rgba is None:
            return np.zeros((*source.shape[:2], 4), np.float32)
        if not self._bakes:
            return rgba
        baked = rgba.copy()  # the picture may be the one that is kept at hand
        baked[..., 3] *= layer.opacity_at(number)
        return baked

    def _matte_of(self, layer: EditLayer, number: int, source: np.ndarray) -> np.ndarray | None:
        if layer.atlas_layer:
            atlas = self.atlas(self._project.atlas_of(layer))
            if number not in atlas.clip.numbers:
                return np.zeros(source.shape[:2], np.float32)
            return matte_at(atlas, layer.atlas_layer, atlas.clip.numbers.index(number), source)
        if not layer.matte:
            return None
        matte = self._mattes(layer.matte)
        if matte.shape == source.shape[:2]:
            return matte
        return np.clip(resize(matte, source.shape[1], source.shape[0]), 0, 1)

    def _index(self, atlas: Atlas, number: int) -> int:
        numbers = atlas.clip.numbers
        if number not in numbers:
            raise UserError(
                f"The atlas holds the frames {numbers[0]} to {numbers[-1]}, not {number}; export a range of those."
            )
        return numbers.index(number)


def _layer_of(shown: Shown) -> EditLayer:
    if shown.layer is None:
        raise ValueError(f"a {shown.kind} is of no layer")
    return shown.layer


def _rgba(path: Path) -> np.ndarray:
    """Return a layer's picture, (h, w, 4) float32, straight alpha."""
    still = read_still(path)
    alpha = np.ones(still.rgb.shape[:2], np.float32) if still.alpha is None else still.alpha
    return np.dstack([still.rgb, alpha])
