"""What the workers make of a clip: quick frames for motion, exact ones for rest, thumbnails. Free of Qt."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from desktop.playback.atlas_store import AtlasStore
from desktop.playback.layer_pictures import LayerPictures
from desktop.playback.shared_clip import SharedClip
from desktop.viewer.look import Look
from desktop.viewer.plane import Plane, Window
from desktop.viewer.scene import PlacedPlane, Scene
from desktop.viewer.view import Rect, Size, View
from engine.clip_frames import QuickLayers, layer_at
from engine.colour import from_uint, to_uint8
from engine.compositing import Placed, composite
from engine.project import EditLayer, Project

# A layer's pixels in a frame depend on its picture, its atlas and that atlas's layer alone.
LayerKey = tuple[str, str, str]
Rendered = Mapping[LayerKey, np.ndarray | None]

PLAIN = Look()
BAND = 64  # rows: their float pictures stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Material:
    """What frames are made of; ``pictures`` gives those of the layers."""

    clip: SharedClip
    project: Project
    pictures: LayerPictures
    atlases: AtlasStore
    quick: QuickLayers

    def layer_key(self, layer: EditLayer, number: int) -> LayerKey:
        """Return what a layer's pixels in the frame of that number depend on."""
        return layer.picture_at(number), self.project.atlas_of(layer), layer.atlas_layer


@dataclass(frozen=True, eq=False)
class MovingFrame:
    """A composite at the screen's need: (h, w, 4) uint8, blue first, the fourth not used."""

    material: Material
    number: int
    size: Size
    look: Look

    @cached_property
    def key(self) -> Hashable:
        """All that the picture depends on: after an undo the frames made before are found again."""
        material, number = self.material, self.number
        layers = tuple(
            (material.layer_key(layer, number), layer.opacity_at(number), layer.blend)
            for layer in material.project.layers_at(number)
        )
        return number, self.size, self.look, layers

    def run(self) -> np.ndarray:
        """Return the picture; raises UserError where the clip or an atlas cannot be read."""
        material = self.material
        source = material.clip.proxy(self.number, self.size)
        placed = material.quick.layers_at(material.project, self.number, self.size, material.pictures, material.atlases)
        if not placed and self.look == PLAIN:
            return cv2.cvtColor(source, cv2.COLOR_RGB2BGRA)
        rgb = from_uint(source)
        shown = composite(rgb, placed) if self.look == PLAIN else looked_at(rgb, placed, self.look)
        return cv2.cvtColor(to_uint8(shown), cv2.COLOR_RGB2BGRA)


@dataclass(frozen=True, eq=False)
class RestingFrame:
    """A frame at full size with each layer apart; ``known`` are the layers that need not be rendered again."""

    material: Material
    number: int
    known: Rendered

    @cached_property
    def key(self) -> Hashable:
        """The frame and the layers that it shows."""
        shown = self.material.project.layers_at(self.number)
        return "resting", self.number, tuple(self.material.layer_key(layer, self.number) for layer in shown)

    def run(self) -> "Frame":
        """Return the frame; raises UserError where the clip or an atlas cannot be read."""
        material = self.material
        used = {material.layer_key(layer, self.number) for layer in material.project.layers}
        # What no layer uses any more is let go of: painting makes a new picture with every stroke.
        rendered = {key: rgba for key, rgba in self.known.items() if key in used}
        source = from_uint(material.clip.frame(self.number))
        for layer in material.project.layers_at(self.number):
            key = material.layer_key(layer, self.number)
            if key not in rendered:
                atlas = material.atlases(key[1]) if layer.atlas_layer else None
                rendered[key] = layer_at(layer, self.number, source, material.pictures(key[0]), atlas)
        return Frame(self.number, source, rendered)


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame at full size: ``source`` (H, W, 3) float32, ``rendered`` the layers (H, W, 4), None where not seen."""

    number: int
    source: np.ndarray
    rendered: Rendered

    def placed(self, material: Material) -> list[Placed]:
        """Return the layers that the project shows now, the bottom one first; those not yet rendered are missing."""
        return [
            Placed(rgba, layer.opacity_at(self.number), layer.blend)
            for layer in material.project.layers_at(self.number)
            if (rgba := self.rendered.get(material.layer_key(layer, self.number))) is not None
        ]

    def lacks(self, material: Material) -> bool:
        """Return whether a layer that the project shows now was not rendered."""
        shown = material.project.layers_at(self.number)
        return any(material.layer_key(layer, self.number) not in self.rendered for layer in shown)


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of the footage alone: (h, w, 4) uint8, blue first."""

    material: Material
    number: int
    size: Size

    @cached_property
    def key(self) -> Hashable:
        """The frame and the size."""
        return "thumbnail", self.number, self.size

    def run(self) -> np.ndarray:
        """Return the picture; raises UserError where the clip cannot be read."""
        return cv2.cvtColor(self.material.clip.proxy(self.number, self.size), cv2.COLOR_RGB2BGRA)


def looked_at(source: np.ndarray, placed: list[Placed], look: Look) -> np.ndarray:
    """Return (H, W, 3) float32: the frame as the viewer shows it with a look, mattes aside."""
    height, width = source.shape[:2]
    planes = tuple(PlacedPlane(Plane(layer.rgba), layer.opacity, layer.mode) for layer in placed)
    scene = Scene(Plane(source), planes, look=look)
    bands = [
        scene.render(Window(View(), Rect(0, top, width, min(top + BAND, height)), scene.size), 0, width)
        for top in range(0, height, BAND)
    ]
    return np.concatenate(bands)


def moving_look(look: Look) -> Look:
    """Return what of a look frames in motion take over: the subject's matte is not made for each of them."""
    return Look(look.channel, look.backdrop, wipe=look.wipe, wipe_at=look.wipe_at, matte_view=look.matte_view)
