"""All that the viewer shows, and its picture: only the part on screen, at the screen's resolution."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from desktop.viewer.look import Backdrop, Channel, Look
from desktop.viewer.overlays import gray, matte_picture, one_channel, tinted
from desktop.viewer.plane import Plane, Window
from desktop.viewer.view import Size
from engine.compositing import BlendMode, Placed, composite, on_checkerboard, on_green_screen

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
    """The footage, its edit layers from the bottom up, the layer in training, the subject matte, and the look."""

    source: Plane
    layers: tuple[PlacedPlane, ...] = ()
    preview: Plane | None = None
    matte: Plane | None = None
    look: Look = PLAIN

    @property
    def size(self) -> Size:
        """The footage's size."""
        return self.source.size

    @property
    def stack(self) -> tuple[PlacedPlane, ...]:
        """The layers with the one in training on top."""
        if self.preview is None:
            return self.layers
        return (*self.layers, PlacedPlane(self.preview, 1.0, BlendMode.NORMAL))

    def prepare(self, window: Window) -> Iterator[None]:
        """Make what `render` samples, in pieces between yields."""
        planes = [self.source, *(layer.plane for layer in self.stack)]
        for plane in planes if self.matte is None else [*planes, self.matte]:
            yield from plane.prepare(window)

    def wipe_column(self, window: Window) -> int:
        """Return the screen column at which the wipe parts the footage from the edit."""
        if not self.look.wipe:
            return window.rect.left
        at = round(window.view.to_screen(self.look.wipe_at * self.size.width, 0)[0])
        return min(max(at, window.rect.left), window.rect.right)

    def render(self, window: Window) -> np.ndarray:
        """Return the window's picture: (h, w, 3) float32 in 0..1, the footage left of the wipe, the edit right."""
        at = self.wipe_column(window)
        before, after = window.part(window.rect.left, at), window.part(at, window.rect.right)
        if before.rect.empty:
            return self._shown(after, self._backdrop(after), self._sampled(after))
        footage = self._shown(before, self.source.sample(before), [])
        if after.rect.empty:
            return footage
        edit = self._shown(after, self._backdrop(after), self._sampled(after))
        return np.concatenate((footage, edit), axis=1)

    def value_at(self, x: int, y: int) -> tuple[float, float, float, float]:
        """Return the composite's colour and the layers' alpha at a pixel of the footage, in full precision."""
        place = ((x + 0.5) / self.size.width, (y + 0.5) / self.size.height)
        placed = [Placed(layer.plane.at(*place), layer.opacity, layer.mode) for layer in self.stack]
        red, green, blue = composite(self.source.at(*place), placed)[0, 0].tolist()
        return red, green, blue, float(stack_alpha(placed, (1, 1))[0, 0])

    def _sampled(self, window: Window) -> list[Placed]:
        placed = [Placed(layer.plane.sample(window), layer.opacity, layer.mode) for layer in self.stack]
        return [layer for layer in placed if layer.rgba[..., 3].any()]

    def _backdrop(self, window: Window) -> np.ndarray:
        if self.look.backdrop is Backdrop.FOOTAGE:
            return self.source.sample(window)
        left, top = ((start - corner) % PATTERN for start, corner in zip(window.rect, window.view.corner, strict=False))
        nothing = np.zeros((top + window.rect.height, left + window.rect.width, 4), np.float32)
        pattern = on_green_screen(nothing) if self.look.backdrop is Backdrop.GREEN else on_checkerboard(nothing)
        return pattern[top:, left:]

    def _shown(self, window: Window, backdrop: np.ndarray, placed: Sequence[Placed]) -> np.ndarray:
        look = self.look
        matte = None if self.matte is None else self.matte.sample(window)
        if look.matte_view:
            return matte_picture(stack_alpha(placed, backdrop.shape[:2]) if matte is None else matte)
        if look.channel is Channel.ALPHA:
            picture = gray(stack_alpha(placed, backdrop.shape[:2]))
        else:
            picture = one_channel(composite(backdrop, placed), look.channel)
        return tinted(picture, matte) if look.matte_overlay and matte is not None else picture


def stack_alpha(placed: Sequence[Placed], shape: tuple[int, int]) -> np.ndarray:
    """Return the alpha of layers over each other, (H, W): one minus all that they let through."""
    through = np.ones(shape, np.float32)
    for layer in placed:
        through *= 1 - layer.rgba[..., 3] * layer.opacity
    return 1 - through
