"""What a generator is trained on where it paints a layer of an atlas (Text2LIVE, section 3.4)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from engine.text2live.examples import (
    LEAST_CROP,
    SCALES,
    Crop,
    Example,
    cropped,
    crops_at,
    multiple,
    random_example,
    tensors_of,
)
from engine.text2live.settings import Settings
from engine.text2live.windows import Window

LEAST_SIDE = 16  # pixels of the painted atlas


class AtlasExamples:
    """A layer's texture, looked at in windows of the clip's frames and, in some steps, by itself.

    In some steps no more is painted than what the frames see of it, or a crop.
    """

    def __init__(self, whole: Example, windows: Sequence[Window], settings: Settings) -> None:
        self.whole, self._windows, self._settings = whole, windows, settings

    def draw(self, step: int, draws: torch.Generator) -> Example:
        """Return the texture, or a part of it, in neighbouring frames or as it is."""
        is_crop = crops_at(step, self._settings, draws)
        if torch.rand(1, generator=draws).item() < self._settings.atlas_share:
            return random_example(self.whole, draws) if is_crop else self.whole
        window = self._windows[int(torch.randint(len(self._windows), (1,), generator=draws))]
        shown = replace(self.whole, frames=window.frames(str(self.whole.source.device)))
        return cropped(shown, _crop_about(window.extent, self.whole.size, draws)) if is_crop else shown

    def tensors(self) -> Iterator[torch.Tensor]:
        """Yield the texture with what belongs to it, and the windows."""
        yield from tensors_of(self.whole)
        for window in self._windows:
            yield from window.tensors()


def _crop_about(extent: tuple[float, float, float, float], size: tuple[int, int], draws: torch.Generator) -> Crop:
    """Return a crop with all of ``extent``, a box of the -1..1 square, a little larger, scaled and maybe mirrored."""
    more_across, more_down, scale, left_share, top_share, mirror = torch.rand(6, generator=draws).tolist()
    left, width = _side(extent[0], extent[2], size[0], more_across, left_share)
    top, height = _side(extent[1], extent[3], size[1], more_down, top_share)
    scale = SCALES[0] + (SCALES[1] - SCALES[0]) * scale
    return Crop(left, top, width, height, (multiple(height * scale), multiple(width * scale)), mirror < 0.5)


def _side(low: float, high: float, pixels: int, more: float, share: float) -> tuple[int, int]:
    """Return the start and length in pixels of a side from ``low`` to ``high``, longer by up to what a crop leaves."""
    start, end = (low + 1) / 2 * pixels, (high + 1) / 2 * pixels
    room = max((1 / LEAST_CROP - 1) * more * (end - start), LEAST_SIDE - (end - start))
    first = min(max(round(start - share * room), 0), pixels - LEAST_SIDE)
    last = min(max(round(end + (1 - share) * room), first + LEAST_SIDE), pixels)
    return first, last - first
