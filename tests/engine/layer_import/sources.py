"""Footage, and files with alpha as other programs write them."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace

from engine.colour import to_uint16
from engine.compositing import bleed
from engine.media.clip_info import UNSPECIFIED
from engine.media.png import write_png
from engine.project import Footage, Project
from engine.project_folder import save_project

WIDTH, HEIGHT, FRAMES, FIRST = 64, 48, 4, 1001
RATE = Fraction(24000, 1001)
BT709, LIMITED = 1, 1


def ball(place: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> np.ndarray:
    """Return a frame of the layer: a ball with a soft rim that moves and changes its colour, (H, W, 4), straight."""
    width, height = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    distance = np.hypot(x - width / 3 - 4 * place, y - height / 2)
    alpha = np.clip((height / 2.5 - distance) / 8, 0, 1)
    rgb = np.stack([0.9 - 0.1 * place + 0 * x, 0.3 + 0.5 * x / width, 0.2 + 0.1 * place + 0.3 * y / height], -1)
    return bleed(np.dstack([rgb, alpha]).astype(np.float32))


def backdrop() -> np.ndarray:
    """Return what the layer lies over, (H, W, 3)."""
    ramp = np.linspace(0.1, 0.9, WIDTH, dtype=np.float32)
    return np.broadcast_to(np.stack([ramp, 0.5 + 0 * ramp, ramp[::-1]], -1), (HEIGHT, WIDTH, 3)).copy()


def clip_project(folder: Path, frames: int = FRAMES, timecode: str = "") -> Path:
    """Save a project of a clip of stills, numbered from 1001, and return its folder."""
    clip = folder / "shot"
    clip.mkdir()
    for number in range(FIRST, FIRST + frames):
        write_png(clip / f"shot.{number}.png", backdrop(), 8)
    footage = Footage(clip, WIDTH, HEIGHT, frames, RATE, FIRST, timecode)
    return saved(Project(footage), folder)


def still_project(folder: Path) -> Path:
    """Save a project of a picture, and return its folder."""
    write_png(folder / "shore.png", backdrop())
    return saved(Project(Footage(folder / "shore.png", WIDTH, HEIGHT)), folder)


def saved(project: Project, folder: Path) -> Path:
    """Save a project, and return its folder."""
    save_project(project, folder / "art.patina", folder)
    return folder / "art.patina"


def write_rgba_movie(
    path: Path,
    codec: str,
    pixels: str,
    frames: Sequence[np.ndarray],
    options: dict[str, str] | None = None,
    timecode: str = "",
    rate: Fraction = RATE,
    has_tagged_frames: bool = True,
) -> Path:
    """Write a movie of (H, W, 4) frames, whose colour is stored as it is given, by BT.709.

    The file says so; frames without tags do not.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixels
        stream.colorspace, stream.color_range = BT709, LIMITED
        stream.color_primaries, stream.color_trc = BT709, BT709
        if timecode:
            container.metadata["timecode"] = timecode
        for place, rgba in enumerate(frames):
            whole = VideoFrame.from_ndarray(to_uint16(rgba), "rgba64le")
            frame = whole.reformat(format=pixels, dst_colorspace=Colorspace.ITU709)
            frame.pts, frame.time_base = place, 1 / rate
            if not has_tagged_frames:
                frame.colorspace = UNSPECIFIED
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
