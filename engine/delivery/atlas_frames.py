"""Delivering an atlas: its folder is written by the fitting; here its frames and mattes, to look at and to measure."""

import shutil
import time
from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import numpy as np

from engine.atlas.atlas import BACKGROUND, Atlas
from engine.atlas.rendering import reconstructed
from engine.events import Progress
from engine.files import make_folder, writing
from engine.media.png import write_png

FRAMES_FOLDER, MATTES_FOLDER = "recon", "matte"
# The most that a pixel of a fitted frame can need on disk: 8-bit RGB, and a matte.
BYTES_PER_PIXEL = 3 + 1


def write_atlas_frames(atlas: Atlas, folder: Path, work: Path) -> Generator[Progress, None, None]:
    """Write the clip as the atlas explains it into ``folder``: recon/NUMBER.png and matte/NUMBER.png, 8 bits.

    The mattes are those of all that is not background; NUMBER has five digits. Both folders are written in ``work``,
    on the same disk, and take their names once they are whole, in place of earlier ones. Raises UserError where they
    cannot be written.
    """
    part, start, numbers = work / uuid4().hex, time.monotonic(), atlas.clip.numbers
    try:
        for name in (FRAMES_FOLDER, MATTES_FOLDER):
            make_folder(part / name)
        for index, number in enumerate(numbers):
            write_png(part / FRAMES_FOLDER / f"{number:05d}.png", reconstructed(atlas, index), bits=8)
            matte = np.clip(1 - atlas.matte(BACKGROUND, index), 0, 1)
            write_png(part / MATTES_FOLDER / f"{number:05d}.png", matte, bits=8)
            yield Progress("frames", index + 1, len(numbers), time.monotonic() - start)
        with writing(folder):
            for name in (FRAMES_FOLDER, MATTES_FOLDER):
                if (folder / name).exists():
                    (folder / name).rename(part / f"old {name}")
                (part / name).rename(folder / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
