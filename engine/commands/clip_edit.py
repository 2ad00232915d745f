"""`edit` for clips: fit the atlas or take one, train or paint the edit, and render it to every frame."""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.clip_options import frame_range, one_range, quality_of, subject_of
from engine.commands.fitting import ATLAS_FOLDER, context_for, fitted, report_of, work_folder
from engine.commands.formats import layer_format
from engine.commands.output import output_folder
from engine.commands.progress import ProgressLine, clock
from engine.errors import UserError
from engine.jobs import AtlasFit, LayerEdit
from engine.media.clip_info import ClipInfo
from engine.media.formats import FORMATS, Format

if TYPE_CHECKING:
    from engine.delivery.clip_edit import ClipEdit
    from engine.report import Report

NOTHING_NAMED = (
    "What is to be edited in the clip was not named; give --subject TEXT, --mask FRAME=PNG with a mask of one frame, "
    "or --target background for the clip as a whole."
)


@dataclass(frozen=True)
class Painting:
    """A picture painted by hand over a layer's texture or, with a ``number``, over that frame of the clip."""

    file: Path
    number: int | None = None


@dataclass(frozen=True)
class ClipTask:
    """What `edit` is to do with a clip: an atlas to fit, or None where ``edit.atlas`` exists, and an edit of it.

    ``painting`` takes the place of the training; the layer is delivered in ``form``.
    """

    fit: AtlasFit | None
    edit: LayerEdit
    painting: Painting | None = None
    form: Format = FORMATS["png"]


def edit_clip(task: ClipTask, folder: Path) -> None:
    """Carry out ``task`` and write its results into ``folder``.

    What can be refused is refused before the fitting. An interrupted task goes on where it was when it is asked for
    again. Raises UserError.
    """
    start = time.monotonic()
    with output_folder(folder, room=_room(task)), work_folder(folder) as work:
        # torch and the guides take seconds to import, which a refusal above must not wait for.
        from engine.delivery.clip_edit import write_clip_edit
        from engine.devices import choose_device, set_up_command_line

        set_up_command_line()
        device = choose_device(task.edit.device)
        if task.painting is None:
            _check_words(task.edit, device)
        fit = report_of(Path(task.edit.atlas)) if task.fit is None else fitted(task.fit, work, device)
        edit = _painted(task, fit) if task.painting else _trained(task.edit, fit, work, device)
        ProgressLine().follow(write_clip_edit(edit, folder, work, task.form))
    print(f"The layer, the composite and the report are in {folder} ({clock(time.monotonic() - start)}).")


def task_from(options: argparse.Namespace, edit: LayerEdit) -> ClipTask:
    """Return what the arguments of `edit` ask for a clip; ``edit`` lacks its atlas. Raises UserError."""
    from engine.media.clips import probe_clip

    info = probe_clip(Path(options.input))
    painting = None if options.paint is None else Painting(options.paint, options.paint_frame)
    if options.atlas is not None:
        _refuse_fitting(options)
        atlas = str(_atlas_in(options.atlas, options.input))
        return ClipTask(None, replace(edit, atlas=atlas), painting, layer_format(options.format))
    fit = _fit(options, info)
    if not fit.subjects and edit.atlas_layer != "background":
        raise UserError(NOTHING_NAMED)
    one_range(options, info)
    # The subject is the layer: nothing is left to be found on it.
    return ClipTask(fit, replace(edit, atlas=fit.out, subject=""), painting, layer_format(options.format))


def _refuse_fitting(options: argparse.Namespace) -> None:
    for name in ("mask", "masks", "range", "width"):
        if getattr(options, name):
            raise UserError(f"--{name} is for fitting an atlas, and --atlas names one; leave one of the two out.")


def _fit(options: argparse.Namespace, info: ClipInfo) -> AtlasFit:
    first, last = frame_range(options.range)
    subject = subject_of(options.mask, options.masks, options.subject, info, first)
    return AtlasFit(
        clip=str(Path(options.input).absolute()),
        out=str(options.out / ATLAS_FOLDER),
        first=first,
        last=last,
        subjects=() if subject is None else (subject,),
        quality=quality_of(options.quality),
        width=options.width,
        flow=options.flow,
        guide=options.guide,
        seed=options.seed,
        device=options.device,
    )


def _atlas_in(folder: Path, clip: str) -> Path:
    """Return the atlas of ``clip`` that ``folder`` is, or that the command `atlas` wrote into it."""
    from engine.atlas.atlas_folder import ATLAS_FILE, load_atlas

    inner = folder / ATLAS_FOLDER
    found = inner if (inner / ATLAS_FILE).is_file() and not (folder / ATLAS_FILE).is_file() else folder
    fitted_to = load_atlas(found).clip.path
    if fitted_to.resolve() != Path(clip).resolve():
        raise UserError(f"The atlas in {found} was fitted to {fitted_to}; give that clip, or fit an atlas to this one.")
    return found


def _room(task: ClipTask) -> int:
    """Return the bytes that the results can need; raises UserError where there is no clip or atlas to make them of."""
    from engine.atlas.atlas_folder import load_atlas
    from engine.delivery.clip_edit import bytes_a_pixel
    from engine.media.clips import probe_clip

    if task.fit is None:
        clip = load_atlas(Path(task.edit.atlas)).clip
        return round(len(clip.numbers) * clip.size[0] * clip.size[1] * bytes_a_pixel(task.form))
    info = probe_clip(Path(task.fit.clip))
    return round(info.frames * info.width * info.height * bytes_a_pixel(task.form))


def _check_words(edit: LayerEdit, device: str) -> None:
    """Refuse words that the guide does not know, and options that there are not, before minutes are spent."""
    from engine.guidance.loading import load_guide
    from engine.text2live.settings import settings_for
    from engine.text2live.texts import read_texts

    settings_for(edit)
    read_texts(edit, load_guide(edit.guide, device))


def _trained(edit: LayerEdit, fit: Mapping[str, Any] | None, work: Path, device: str) -> "ClipEdit":
    from engine.atlas.atlas_folder import load_atlas
    from engine.delivery.clip_edit import ClipEdit
    from engine.text2live.layer_edit import run_layer_edit

    result = ProgressLine().follow(run_layer_edit(edit, context_for(edit, work, device)))
    return ClipEdit(load_atlas(Path(edit.atlas)), edit.atlas_layer, result.picture, result.report, fit)


def _painted(task: ClipTask, fit: Mapping[str, Any] | None) -> "ClipEdit":
    from engine.atlas.atlas_folder import load_atlas
    from engine.atlas.laying import read_painting
    from engine.delivery.clip_edit import ClipEdit

    painting, name = task.painting, task.edit.atlas_layer
    assert painting is not None
    atlas = load_atlas(Path(task.edit.atlas))
    picture = read_painting(painting.file, atlas, name, painting.number)
    return ClipEdit(atlas, name, picture, _report_of(painting, task.edit, picture.shape), fit)


def _report_of(painting: Painting, edit: LayerEdit, shape: tuple[int, ...]) -> "Report":
    from engine.report import Report, peak_memory_mb

    size = shape[1], shape[0]
    job = {"kind": "painting", "file": str(painting.file), "frame": painting.number, "atlas": edit.atlas}
    return Report(
        job=job | {"atlas_layer": edit.atlas_layer},
        guide="",
        device="cpu",
        seed=edit.seed,
        steps=0,
        size=size,
        training_size=size,
        seconds={},
        peak_memory_mb=round(peak_memory_mb(), 1),
    )
