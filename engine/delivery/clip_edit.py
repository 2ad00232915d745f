"""Delivering an edit of a clip: the layer as a sequence, the composite as a movie, the edit's atlas, and the report."""

import dataclasses
import json
import re
import shutil
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.metrics import psnr_db
from engine.atlas.rendering import layer_frame, reconstructed
from engine.colour import from_uint, to_uint8
from engine.compositing import bleed, over
from engine.delivery.still_edit import delivered_layer
from engine.events import Notice, Progress
from engine.files import make_folder, writing
from engine.filters import resize
from engine.media.clips import Clip, open_clip
from engine.media.movie_writer import MovieWriter
from engine.media.png import write_png
from engine.report import Report, peak_memory_mb

COMPOSITE_FILE, PICTURE_FILE, REPORT_FILE = "composite.mov", "edit_atlas.png", "report.json"
LAYER_FILES = re.compile(r"layer\.\d{4,}\.png")
# The most that a pixel of a frame can need on disk: 16-bit RGBA, and ProRes 422 HQ.
BYTES_PER_PIXEL = 8 + 3
PHASE = "rendering"


@dataclass(frozen=True)
class ClipEdit:
    """An edit of one layer of a clip's atlas, ready to be rendered.

    ``picture`` is (h, w, 4) float32, straight alpha, over the extent of the texture of the layer ``name``. ``fit`` is
    the report of the atlas's fitting, None where the atlas came from elsewhere.
    """

    atlas: Atlas
    name: str
    picture: np.ndarray
    report: Report
    fit: Mapping[str, Any] | None = None


@dataclass
class _Rendered:
    """What is learnt while rendering: PSNR of the atlas by frame, seconds, and what the user should read."""

    psnr_db: list[float] = field(default_factory=list)
    seconds: float = 0.0
    notices: list[str] = field(default_factory=list)


def layer_file(number: int) -> str:
    """Return the name of the layer's file for the frame of that number."""
    return f"layer.{number:04d}.png"


def write_clip_edit(edit: ClipEdit, folder: Path, work: Path) -> Generator[Progress | Notice, None, None]:
    """Render an edit to every frame of its clip and write it into ``folder``, which is made where it is missing.

    ``layer.FRAME.png`` (16-bit straight RGBA, bled; FRAME is the source's own number), ``composite.mov`` (ProRes 422
    HQ, with the source's rate, timecode, colour tags and sound), ``edit_atlas.png`` (the edit over its texture) and
    ``report.json``. They are written in ``work``, on the same disk, and take their names together, once all are whole,
    the report last; files of an earlier edit of other frames are removed then.

    Raises UserError where the clip cannot be read, or a file cannot be written.
    """
    make_folder(folder)
    part = work / uuid4().hex
    make_folder(part)
    try:
        rendered = yield from _render(edit, part)
        write_png(part / PICTURE_FILE, bleed(edit.picture))
        with writing(folder / REPORT_FILE):
            (part / REPORT_FILE).write_text(_report(edit, rendered), encoding="utf-8")
            _take_names(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _render(edit: ClipEdit, part: Path) -> Generator[Progress | Notice, None, _Rendered]:
    atlas, found, start = edit.atlas, _Rendered(), time.monotonic()
    numbers = atlas.clip.numbers
    with open_clip(atlas.clip.path, atlas.clip.rate) as clip, _movie(clip, part, numbers.start) as movie:
        for index, number in enumerate(numbers):
            began = time.monotonic()  # anew each frame: a run can be paused wherever it yields
            source = from_uint(clip.read(clip.info.index(number)))
            layer = delivered_layer(layer_frame(atlas, edit.name, edit.picture, index, source))
            write_png(part / layer_file(number), layer)
            movie.write(over(layer, source))
            small = np.clip(resize(source, *atlas.size), 0, 1)
            found.psnr_db.append(round(psnr_db(to_uint8(small), to_uint8(reconstructed(atlas, index))), 2))
            found.seconds += time.monotonic() - began
            left = (time.monotonic() - start) / (index + 1) * (len(numbers) - index - 1)
            yield Progress(PHASE, index + 1, len(numbers), found.seconds, left)
        damaged = [clip.info.number(place) for place in clip.damaged if clip.info.number(place) in numbers]
    if damaged:
        found.notices.append(_damage(damaged))
        yield Notice(found.notices[-1])
    return found


def _movie(clip: Clip, part: Path, first_number: int) -> MovieWriter:
    info = clip.info
    audio = info.path if info.has_audio else None
    return MovieWriter(part / COMPOSITE_FILE, info, audio_from=audio, first=info.index(first_number))


def _damage(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5])) + (" …" if len(numbers) > 5 else "")
    return f"Frames that could not be decoded show their predecessors: {shown}."


def _report(edit: ClipEdit, rendered: _Rendered) -> str:
    """Return the report as JSON text: the edit's, the frames', and the fitting's."""
    report, clip = edit.report, edit.atlas.clip
    seconds = dict(report.seconds) | {PHASE: round(rendered.seconds, 3)}
    if edit.fit is not None:
        seconds = {"atlas": round(sum(edit.fit["seconds"].values()), 3)} | seconds
    values = dataclasses.asdict(report) | {
        "frames": len(clip.numbers),
        "first_frame": clip.numbers.start,
        "fps": round(float(clip.rate), 4),
        "clip_size": clip.size,
        "psnr_db": round(float(np.mean(rendered.psnr_db)), 2),
        "psnr_db_by_frame": rendered.psnr_db,
        "seconds": seconds,
        "peak_memory_mb": round(peak_memory_mb(), 1),
        "notices": [*report.notices, *rendered.notices],
        "atlas": edit.fit,
    }
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _take_names(part: Path, folder: Path) -> None:
    """Move all files from ``part`` to ``folder``, in place of an earlier edit's, the report last."""
    # While names change, no report vouches for them.
    (folder / REPORT_FILE).unlink(missing_ok=True)
    new = sorted((path.name for path in part.iterdir()), key=lambda name: name == REPORT_FILE)
    for path in folder.iterdir():
        if LAYER_FILES.fullmatch(path.name) and path.name not in new:
            path.unlink()
    for name in new:
        (part / name).replace(folder / name)
