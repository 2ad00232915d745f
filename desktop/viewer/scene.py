"""All that the viewer shows, and its picture: only the part on screen, at the screen's resolution."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from desktop.viewer.look import Backdrop, Channel, Look
from desktop.viewer.overlays import gray, matte_picture, one_channel, tinted
from desktop.viewer.plane import Plane, Window
from desktop.viewer.view import Size
from engine.compositing import BlendMode, Placed, blend, composite, on_checkerboard, on_green_screen, over

PLAIN = Look()
PATTERN = 32  # the checkerboard repeats after two cells


@dataclass(frozen=True)
class PlacedPlane:
    """An edit layer in the stack."""

    plane: Plane
    opacity: float
    mode: BlendMode


@dataclass(frozen=True)
class Scene:
    """The footage, its edit layers from the bottom up, the layer in training, the subject matte, and the look.

    ``strokes`` are painted but not yet part of a layer; ``overlay`` (RGBA) lies over everything.
    """

    source: Plane
    layers: tuple[PlacedPlane, ...] = ()
    preview: Plane | None = None
    matte: Plane | None = None
    look: Look = PLAIN
    strokes: tuple[Plane, ...] = ()
    overlay: Plane | None = None

    @property
    def size(self) -> Size:
        """The footage's size."""
        return self.source.size

    @property
    def stack(self) -> tuple[PlacedPlane, ...]:
        """The layers with the one in training, and what is being painted, on top."""
        forming = self.strokes if self.preview is None else (self.preview, *self.strokes)
        return (*self.layers, *(PlacedPlane(plane, 1.0, BlendMode.NORMAL) for plane in forming))

    def prepare(self, window: Window) -> Iterator[None]:
        """Make what `render` samples, in pieces between yields."""
        planes = (self.source, *(layer.plane for layer in self.stack), self.matte, self.overlay)
        for plane in filter(None, planes):
            yield from plane.prepare(window)

    def render(self, window: Window, left: int, right: int) -> np.ndarray:
        """Return the picture of the window's screen columns left..right: (h, w, 3) float32 in 0..1.

        The footage stands left of the wipe, the edit right.
        """
        at = min(max(self._wipe_column(window), left), right)
        parts = []
        if at > left:
            parts.append(self._shown(window.part(left, at), self.source.sample(window, left, at), []))
        if right > at:
            edit = self._shown(
                window.part(at, right), self._backdrop(window, at, right), self._sampled(window, at, right)
            )
            parts.append(edit)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def value_at(self, x: int, y: int) -> tuple[float, float, float, float]:
        """Return the composite's colour and the layers' alpha at a pixel of the footage, in full precision."""
        place = ((x + 0.5) / self.size.width, (y + 0.5) / self.size.height)
        placed = [Placed(layer.plane.at(*place), layer.opacity, layer.mode) for layer in self.stack]
        red, green, blue = composite(self.source.at(*place), placed)[0, 0].tolist()
        return red, green, blue, float(stack_alpha(placed, (1, 1))[0, 0])

    def _wipe_column(self, window: Window) -> int:
        if not self.look.wipe:
            return window.rect.left
        return round(window.view.to_screen(self.look.wipe_at * self.size.width, 0)[0])

    def _sampled(self, window: Window, left: int, right: int) -> list[Placed]:
        placed = [
            Placed(layer.plane.sample(window, left, right), layer.opacity, layer.mode)
            for layer in self.stack
            if layer.opacity > 0
        ]
        return [layer for layer in placed if layer.rgba[..., 3].any()]

    def _backdrop(self, window: Window, left: int, right: int) -> np.ndarray:
        if self.look.backdrop is Backdrop.FOOTAGE:
            return self.source.sample(window, left, right)
        corner_x, corner_y = window.view.corner
        x, y = (left - corner_x) % PATTERN, (window.rect.top - corner_y) % PATTERN
        nothing = np.zeros((y + window.rect.height, x + right - left, 4), np.float32)
        pattern = on_green_screen(nothing) if self.look.backdrop is Backdrop.GREEN else on_checkerboard(nothing)
        return pattern[y:, x:]

    def _shown(self, window: Window, backdrop: np.ndarray, placed: Sequence[Placed]) -> np.ndarray:
        look = self.look
        matte = None if self.matte is None else self.matte.sample(window, window.rect.left, window.rect.right)
        if look.matte_view:
            return matte_picture(stack_alpha(placed, backdrop.shape[:2]) if matte is None else matte)
        if look.channel is Channel.ALPHA:
            picture = gray(stack_alpha(placed, backdrop.shape[:2]))
        else:
            picture = one_channel(_blended(backdrop, placed), look.channel)
        picture = tinted(picture, matte) if look.matte_overlay and matte is not None else picture
        if self.overlay is None:
            return picture
        return over(self.overlay.sample(window, window.rect.left, window.rect.right), picture)


def stack_alpha(placed: Sequence[Placed], shape: tuple[int, int]) -> np.ndarray:
    """Return the alpha of layers over each other, (H, W): one minus all that they let through."""
    through = np.ones(shape, np.float32)
    for layer in placed:
        through *= 1 - layer.rgba[..., 3] * layer.opacity
    return 1 - through


def _blended(picture: np.ndarray, placed: Sequence[Placed]) -> np.ndarray:
    """Return what `composite` does, without its copy: that would lay the channels out side by side again."""
    for layer in placed:
        picture = blend(layer.rgba, picture, layer.opacity, layer.mode)
    return picture
