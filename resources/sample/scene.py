"""The scene of the sample clip, of which everything is known: layers, mattes, mappings, flow, hidden points.

A cat turns and tilts its head before a table with a cup of coffee, while the camera pans, zooms and rolls. Both are
photographs from scikit-image's wheel, given to the public (CC0): the cat Chelsea by Stefan van der Walt, the cup by
Rachel Michetti. A frame is ``matte·cat(cat_mapping) + (1 − matte)·table(table_mapping)``, nothing else: no motion
blur, no noise, no light that changes.

Points are (x, y) with whole numbers at pixel centres. A mapping is (H, W, 2) float32: for each pixel of a frame,
the point of the photograph that it shows, in that photograph's own pixels.
"""

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.media.sample import sample_photograph

Array = NDArray[np.float32]
Point = tuple[float, float]

RATE = 24
FRAMES = 48
WIDTH = 512

# The cat's outline on its photograph; it leaves the photograph, and so the frame, above, below and to the left.
_OUTLINE = (
    (398, -60), (398, 0), (386, 17), (377, 33), (371, 49), (362, 61), (355, 71), (354, 84), (357, 100), (360, 112),
    (361, 125), (360, 140), (357, 154), (351, 169), (343, 184), (334, 199), (325, 210), (317, 218), (313, 228),
    (316, 239), (317, 250), (313, 262), (305, 271), (298, 278), (291, 288), (284, 300), (270, 360),
    (-60, 360), (-60, 120), (2, 119), (18, 113), (29, 104), (34, 92), (35, 75), (34, 55), (36, 30), (40, 8), (42, -60),
)  # fmt: skip
_CAT_CENTRE = (200.0, 150.0)
_TABLE_CENTRE = (290.0, 190.0)


@dataclass(frozen=True)
class Camera:
    """How the camera moves over the table: there in two seconds, back in the next two, and so on.

    ``pan`` is the way in the table photograph's pixels (600 wide), ``zoom`` the gain in size, ``roll`` in degrees.
    """

    pan: float = 120.0
    zoom: float = 0.14
    roll: float = 3.0


@dataclass(frozen=True)
class SampleTruth:
    """The sample scene, rendered frame by frame on demand; equal values render equal frames.

    ``frames`` may exceed the bundled clip's: the scene goes on. ``width`` scales the picture, which is 16:9; a
    ``camera`` of more pan or zoom sees the table mirrored at the photograph's borders.
    """

    frames: int = FRAMES
    width: int = WIDTH
    camera: Camera = field(default_factory=Camera)

    @property
    def height(self) -> int:
        """Rows of a frame."""
        return self.width * 9 // 16

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Return the frame at 0-based ``index``: (H, W, 3) uint8 RGB."""
        over = self.matte(index)[..., None]
        cat, table = self.cat(index), self.table(index)
        return np.rint(table + (cat - table) * over).astype(np.uint8)

    def cat(self, index: int) -> Array:
        """Return the cat alone, beyond its matte as well: (H, W, 3) float32 RGB of 0 to 255."""
        return np.clip(_look(self.cat_photograph, self.cat_mapping(index)), 0, 255)

    def table(self, index: int) -> Array:
        """Return the table alone, behind the cat as well: (H, W, 3) float32 RGB of 0 to 255."""
        return np.clip(_look(self.table_photograph, self.table_mapping(index)), 0, 255)

    def matte(self, index: int) -> Array:
        """Return the cat's opacity: (H, W) float32 of 0 to 1."""
        return np.clip(_look(self.cat_matte, self.cat_mapping(index), cv2.BORDER_REPLICATE), 0, 1)

    def cat_mapping(self, index: int) -> Array:
        """Return for each pixel the point of the cat's photograph that it shows (where the cat hides nothing, too)."""
        return self._cat_at(self._pixels, index)

    def table_mapping(self, index: int) -> Array:
        """Return for each pixel the point of the table's photograph that it shows, or would show without the cat."""
        return _apply(self._table_matrix(index), self._pixels)

    def cat_flow(self, start: int, end: int) -> Array:
        """Return how far the cat's points move from frame ``start`` to ``end``: (H, W, 2) float32 pixels."""
        return self._cat_seen(self.cat_mapping(start), end) - self._pixels

    def flow(self, start: int, end: int) -> Array:
        """Return the optical flow from frame ``start`` to ``end``: the cat's where it covers half, else the table's."""
        table = _apply(_inverse(self._table_matrix(end)), self.table_mapping(start)) - self._pixels
        return np.where(self.matte(start)[..., None] > 0.5, self.cat_flow(start, end), table)

    def hidden(self, start: int, end: int) -> NDArray[np.bool_]:
        """Return (H, W) bool: the points of frame ``start`` that lie outside frame ``end``, or there behind the cat."""
        there = self._pixels + self.flow(start, end)
        outside = ((there < 0) | (there > (self.width - 1, self.height - 1))).any(-1)
        covered = _look(self.matte(end), there) > 0.5
        return outside | (covered & (self.matte(start) <= 0.5))

    def _cat_at(self, points: Array, index: int) -> Array:
        """Return where frame points lie on the cat's photograph: a similarity, then the bend."""
        posed = _apply(self._cat_matrix(index), points)
        return posed - self._bend(posed, index)

    def _cat_seen(self, on_photograph: Array, index: int) -> Array:
        """Return where points of the cat's photograph lie in the frame; the inverse of ``_cat_at``."""
        posed = on_photograph
        for _ in range(12):  # the bend contracts by 4 or more: twelve rounds leave below 1e-5 pixels
            posed = on_photograph + self._bend(posed, index)
        return _apply(_inverse(self._cat_matrix(index)), posed)

    def _bend(self, points: Array, index: int) -> Array:
        """Return how far the posed cat's points are from where the photograph has them, in its pixels.

        The face turns as a cylinder does, more at its middle than at its sides; and the head leans over the neck.
        """
        seconds = index / RATE
        turn = 9.0 * np.sin(np.pi * (seconds - 0.35))
        lean = 10.0 * np.sin(np.pi * (0.8 * seconds + 0.2))
        x, y = points[..., 0], points[..., 1]
        middle = np.exp(-(((x - 225) / 95) ** 2) - ((y - 150) / 110) ** 2)
        height = np.clip((300 - y) / 300, 0, 1.4)
        across = turn * middle + lean * height**2
        down = 3.0 * np.sin(2 * np.pi * (0.45 * seconds + y / 420)) + 0.3 * turn * middle * (x - 225) / 95
        return np.stack([across, down], -1).astype(np.float32)

    def _cat_matrix(self, index: int) -> Array:
        """Return the (2, 3) affine matrix from frame points to the unbent cat's photograph."""
        seconds = index / RATE
        angle = 2.0 * np.sin(np.pi * (0.55 * seconds + 0.1))
        size = 1.12 + 0.02 * np.sin(2 * np.pi * 0.4 * seconds)
        centre = (126 + 16 * np.sin(np.pi * (0.5 * seconds - 0.3)), 144 + 3 * np.sin(np.pi * 0.7 * seconds))
        return self._similarity(centre, _CAT_CENTRE, size, angle)

    def _table_matrix(self, index: int) -> Array:
        """Return the (2, 3) affine matrix from frame points to the table's photograph."""
        progress = 0.5 - 0.5 * np.cos(np.pi * index / FRAMES)
        way = (progress - 0.5) * self.camera.pan
        # A hand holds the camera: a little sway on top, never the same in x and y.
        x = _TABLE_CENTRE[0] + way + 1.2 * np.sin(index * 0.31)
        y = _TABLE_CENTRE[1] - 0.18 * way + 0.9 * np.sin(index * 0.23 + 1)
        size = 1.18 * (1 + self.camera.zoom * progress)
        return self._similarity((256.0, 144.0), (x, y), size, self.camera.roll * (progress - 0.5))

    def _similarity(self, seen: Point, shown: Point, size: float, degrees: float) -> Array:
        """Return the matrix that maps the point ``seen`` of a 512-wide frame to the point ``shown`` of a photograph.

        ``size`` is how many of a 512-wide frame's pixels one pixel of the photograph fills.
        """
        scale = self.width / WIDTH
        angle, shrink = np.deg2rad(degrees), 1 / (size * scale)
        linear = shrink * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        pivot = (np.array(seen) + 0.5) * scale - 0.5
        return np.hstack([linear, (shown - linear @ pivot)[:, None]]).astype(np.float32)

    @cached_property
    def _pixels(self) -> Array:
        return np.stack(np.meshgrid(np.arange(self.width), np.arange(self.height)), -1).astype(np.float32)

    @cached_property
    def cat_photograph(self) -> Array:
        """Return the cat's photograph, its surroundings as well: (300, 451, 3) float32 RGB of 0 to 255."""
        return _photograph("chelsea.png")

    @cached_property
    def table_photograph(self) -> Array:
        """Return the table's photograph, softened as out of focus, its orange toned down: (400, 600, 3) float32 RGB."""
        table = cv2.GaussianBlur(_photograph("coffee.png"), (0, 0), 0.7)
        gray = table.mean(-1, keepdims=True)
        return np.clip((gray + 0.55 * (table - gray)) * (0.80, 0.92, 1.0), 0, 255).astype(np.float32)

    @cached_property
    def cat_matte(self) -> Array:
        """Return the cat's opacity on its photograph, (300, 451) float32 of 0 to 1; its edges are furry."""
        height, width = self.cat_photograph.shape[:2]
        inside = np.zeros((height, width), np.float32)
        cv2.fillPoly(inside, [np.multiply(_OUTLINE, 16).astype(np.int32)], 1.0, cv2.LINE_AA, shift=4)
        edge = cv2.GaussianBlur(inside, (0, 0), 1.6)
        noise = np.random.RandomState(7).standard_normal((height, width)).astype(np.float32)
        fur = cv2.GaussianBlur(noise, (0, 0), 0.9) + 2 * cv2.GaussianBlur(noise, (0, 0), 2.5)
        return np.clip(0.5 + 1.9 * (edge - 0.5) + 1.76 * fur * edge * (1 - edge), 0, 1)


def _photograph(name: str) -> Array:
    rgb = cv2.imread(str(sample_photograph(name)), cv2.IMREAD_COLOR_RGB)
    return np.asarray(rgb, np.float32)


def _look(picture: Array, points: Array, border: int = cv2.BORDER_REFLECT_101) -> Array:
    seen = cv2.remap(picture, points[..., 0], points[..., 1], cv2.INTER_CUBIC, borderMode=border)
    return np.asarray(seen, np.float32)


def _apply(matrix: Array, points: Array) -> Array:
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def _inverse(matrix: Array) -> Array:
    return np.asarray(cv2.invertAffineTransform(matrix), np.float32)
