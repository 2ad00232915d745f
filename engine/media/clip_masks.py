"""Masks of a clip, one a frame, in a folder of their own."""

from pathlib import Path

import numpy as np

from engine.errors import UserError
from engine.media.clip_info import ClipInfo
from engine.media.sequences import sequence_files
from engine.media.stills import picture_size, read_mask, read_still

# JPEG gives a gray mask a little colour; more than this, on more than that share of it, was meant.
COLOUR_STEP, COLOUR_SHARE = 0.1, 0.001


class ClipMasks:
    """A mask for every frame of a clip, read when it is asked for; `read_clip_masks` makes it."""

    def __init__(self, files: tuple[Path, ...], info: ClipInfo) -> None:
        self._files = files
        self._info = info

    def __len__(self) -> int:
        return len(self._files)

    def read(self, index: int) -> np.ndarray:
        """Return the mask of the frame at a place counted from 0: (H, W) float32, 0 outside and 1 inside.

        Raises UserError where the file cannot be read or is in colour, and IndexError outside the clip.
        """
        if not 0 <= index < len(self):
            raise IndexError(index)
        path = self._files[index]
        if _is_coloured(read_still(path).rgb):
            raise UserError(f"The mask {path} is in colour; save it in gray, white where the subject is.")
        return read_mask(path, self._info.width, self._info.height)


def read_clip_masks(folder: Path, info: ClipInfo) -> ClipMasks:
    """Return the masks in a folder (or of a pattern of names), the first for the first frame, and so on by number.

    Raises UserError where their number or size is not the clip's, or where the first one cannot be read.
    """
    files = tuple(file.path for file in sequence_files(folder))
    if len(files) != info.frames:
        raise UserError(
            f"{folder} holds {_counted(len(files), 'mask')} and the clip has {_counted(info.frames, 'frame')}; "
            "give one mask for every frame."
        )
    for path in files:
        width, height = picture_size(path)
        if (width, height) != (info.width, info.height):
            raise UserError(
                f"The mask {path} is {width} × {height} pixels and the clip {info.width} × {info.height}; "
                "give masks of the clip's size."
            )
    masks = ClipMasks(files, info)
    masks.read(0)
    return masks


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _is_coloured(rgb: np.ndarray) -> bool:
    spread = rgb.max(axis=2) - rgb.min(axis=2)
    return float(np.mean(spread > COLOUR_STEP)) > COLOUR_SHARE
