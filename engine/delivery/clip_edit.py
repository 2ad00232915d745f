"""Delivering an edit of a clip: the layer in any format, the composite as a movie, the edit's atlas, and the report."""

import dataclasses
import json
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.metrics import psnr_db
from engine.atlas.rendering import layer_frame, reconstructed
from engine.colour import from_uint, to_uint8
from engine.compositing import bleed, over
from engine.delivery.naming import DIGITS
from engine.delivery.pictures import write_picture
from engine.delivery.still_edit import LAYER, as_16_bits, edit_texts
from engine.events import Notice, Progress
from engine.files import make_folder, writing
from engine.filters import resize
from engine.media.clips import open_clip
from engine.media.formats import FORMATS, Format
from engine.media.png import write_png
from engine.media.writers.movie import open_movie
from engine.media.writers.slate import Slate, slate_of
from engine.report import Report, peak_memory_mb

COMPOSITE_FILE, PICTURE_FILE, REPORT_FILE = "composite.mov", "edit_atlas.png", "report.json"
PHASE = "rendering"
SUFFIXES = "|".join(re.escape(suffix) for each in FORMATS.values() for suffix in each.suffixes)
LAYER_FILES = re.compile(rf"{LAYER}(\.\d{{4,}})?({SUFFIXES})")

Write = Callable[[int, np.ndarray], None]


def bytes_a_pixel(form: Format) -> float:
    """Return about the most that a pixel of a frame can need on disk: the layer's and the composite's."""
    return form.bytes_a_pixel + FORMATS["prores422"].bytes_a_pixel


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


def layer_file(number: int, form: Format = FORMATS["png"]) -> str:
    """Return the name of the layer's file for the frame of that number; of a movie, that of all frames."""
    return f"{LAYER}{form.suffix}" if form.is_movie else f"{LAYER}.{number:0{DIGITS}d}{form.suffix}"


def write_clip_edit(
    edit: ClipEdit, folder: Path, work: Path, form: Format = FORMATS["png"]
) -> Generator[Progress | Notice, None, None]:
    """Render an edit to every frame of its clip and write it into ``folder``, which is made where it is missing.

    The layer in the format ``form``, with its convention for alpha: ``layer.FRAME.png`` for instance (FRAME is the
    source's own number), or ``layer.mov``; ``composite.mov`` (ProRes 422 HQ, with the source's rate, timecode, colour
    tags and sound), ``edit_atlas.png`` (the edit over its texture) and ``report.json``. They are written in ``work``,
    on the same disk, and take their names together, once all are whole, the report last; files of an earlier edit of
    other frames are removed then.

    Raises UserError where the clip cannot be read, or a file cannot be written.
    """
    make_folder(folder)
    part = work / uuid4().hex
    make_folder(part)
    try:
        rendered = yield from _render(edit, part, form)
        write_png(part / PICTURE_FILE, bleed(edit.picture))
        with writing(folder / REPORT_FILE):
            (part / REPORT_FILE).write_text(_report(edit, rendered), encoding="utf-8")
            _take_names(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _render(edit: ClipEdit, part: Path, form: Format) -> Generator[Progress | Notice, None, _Rendered]:
    atlas, found, start = edit.atlas, _Rendered(), time.monotonic()
    numbers = atlas.clip.numbers
    with open_clip(atlas.clip.path, atlas.clip.rate) as clip, ExitStack() as stack:
        info = clip.info
        first = info.index(numbers.start)
        slate = slate_of(info, range(first, first + len(numbers)), texts=edit_texts(edit.report))
        sound, begin = (info.path, info.time(first)) if info.has_audio else (None, Fraction(0))
        composite = open_movie(part / COMPOSITE_FILE, slate, "prores422", sound=sound, sound_start=begin)
        movie = stack.enter_context(composite)
        write_layer = stack.enter_context(_layer_writer(part, slate, form))
        for index, number in enumerate(numbers):
            began = time.monotonic()  # anew each frame: a run can be paused wherever it yields
            source = from_uint(clip.read(info.index(number)))
            layer = as_16_bits(layer_frame(atlas, edit.name, edit.picture, index, source))
            write_layer(number, layer)
            movie.write(over(layer, source))
            small = np.clip(resize(source, *atlas.size), 0, 1)
            found.psnr_db.append(round(psnr_db(to_uint8(small), to_uint8(reconstructed(atlas, index))), 2))
            found.seconds += time.monotonic() - began
            left = (time.monotonic() - start) / (index + 1) * (len(numbers) - index - 1)
            yield Progress(PHASE, index + 1, len(numbers), found.seconds, left)
        damaged = [info.number(place) for place in clip.damaged if info.number(place) in numbers]
    if damaged:
        found.notices.append(_damage(damaged))
        yield Notice(found.notices[-1])
    return found


@contextmanager
def _layer_writer(part: Path, slate: Slate, form: Format) -> Iterator[Write]:
    """Yield what writes the layer of the frame of a number."""
    alpha = form.alpha or "straight"
    if form.is_movie:
        with open_movie(part / layer_file(0, form), slate, form.name, alpha, has_alpha=True) as movie:
            yield lambda _number, layer: movie.write(layer)
    else:
        yield lambda number, layer: write_picture(part / layer_file(number, form), layer, form, slate, alpha, number)


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
