"""`edit`: train an edit layer for a picture or a clip, and write it."""

import argparse
import time
from functools import partial
from pathlib import Path
from typing import Any, get_args

from engine.commands.clip_edit import edit_clip, task_from
from engine.commands.clip_options import add_fitting, is_key
from engine.commands.formats import layer_format
from engine.commands.output import output_folder
from engine.commands.parser import Commands, OneLineParser
from engine.commands.progress import ProgressLine, clock
from engine.context import RunContext
from engine.errors import UserError
from engine.jobs import Device, ImageEdit, LayerEdit, Quality, Target
from engine.media.clips import is_clip
from engine.media.formats import FORMATS, Format
from engine.option_texts import read_value, write_range, write_value
from engine.options import options_of
from engine.text2live.settings import settings_for

# The most that the 16-bit pictures can need on disk, uncompressed: composite, green screen, alpha, matte.
BYTES_PER_PIXEL = 6 + 6 + 2 + 2
CLIP_ONLY = ("masks", "atlas", "atlas_layer", "paint", "paint_frame", "range", "width")
NEEDED = {"input": "INPUT", "prompt": "--prompt", "out": "--out"}


def add_edit(commands: Commands) -> None:
    """Add the command `edit` with all that determines its result."""
    parser = commands.add_parser(
        "edit",
        help="edit a picture or a clip with words",
        usage="%(prog)s INPUT --prompt TEXT --out DIR [options]\n"
        "       %(prog)s --list-options [--quality QUALITY] [--guide NAME]",
        epilog="Each TEXT may hold several texts, parted by semicolons.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "input", nargs="?", metavar="INPUT", help="a picture, a movie, or a folder or pattern of frames"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the folder for the results")
    _add_texts(parser)
    _add_region(parser)
    _add_training(parser)
    _add_clip(parser)
    parser.add_argument(
        "--format", default="png", metavar="NAME", help="the format of the layer, such as prores or exr (default: png)"
    )
    parser.set_defaults(run=partial(_edit, parser))


def _add_texts(parser: OneLineParser) -> None:
    parser.add_argument("--prompt", metavar="TEXT", help="the picture as it should become")
    parser.add_argument("--layer", default="", metavar="TEXT", help="the edit alone (default: the prompt)")
    parser.add_argument("--source", default="", metavar="TEXT", help="the picture as it is")
    parser.add_argument("--avoid", default="", metavar="TEXT", help="what the picture should not come to show")


def _add_region(parser: OneLineParser) -> None:
    parser.add_argument("--subject", default="", metavar="TEXT", help="what in the picture the edit belongs to")
    parser.add_argument("--spare", default="", metavar="TEXT", help="what in the picture is not to be edited")
    parser.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="[FRAME=]PNG",
        help="a mask of the subject, white where the edit goes; of clips, on the first frame or those given",
    )
    parser.add_argument("--masks", metavar="DIR", help="a mask of the subject for every frame of a clip")
    parser.add_argument(
        "--target", choices=get_args(Target), default=ImageEdit.target, help="edit this side of the mask"
    )


def _add_clip(parser: OneLineParser) -> None:
    group = parser.add_argument_group("clips")
    group.add_argument("--atlas", type=Path, metavar="DIR", help="an atlas of the clip, instead of fitting one")
    group.add_argument("--atlas-layer", metavar="NAME", help="the atlas's layer, instead of --target's")
    group.add_argument("--paint", type=Path, metavar="PNG", help="a picture over the atlas's layer, instead of words")
    group.add_argument("--paint-frame", type=int, metavar="N", help="the picture is painted over this frame")
    add_fitting(group)


def _add_training(parser: OneLineParser) -> None:
    parser.add_argument(
        "--guide",
        default=ImageEdit.guide,
        metavar="NAME",
        help="starter, or openclip:NAME with a model that `patina models list` shows (default: starter)",
    )
    parser.add_argument("--quality", choices=get_args(Quality), default=ImageEdit.quality, help="default: standard")
    parser.add_argument("--steps", type=int, metavar="N", help="training steps, instead of the quality's own")
    parser.add_argument("--size", type=int, metavar="PX", help="short side in training, instead of the quality's own")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_option,
        dest="options",
        metavar="NAME=VALUE",
        help="an option of the method (see --list-options), instead of the quality's own; may be given several times",
    )
    parser.add_argument(
        "--list-options", action="store_true", help="show the options of the method, with the quality's own values"
    )
    parser.add_argument(
        "--seed", type=int, default=ImageEdit.seed, metavar="N", help="the same seed repeats the result"
    )
    parser.add_argument("--device", choices=get_args(Device), default=ImageEdit.device, help="default: auto")


def _edit(parser: OneLineParser, options: argparse.Namespace) -> None:
    if options.list_options:
        _list_options(options.quality, options.guide)
        return
    needed = {name: shown for name, shown in NEEDED.items() if name != "prompt" or options.paint is None}
    if missing := [shown for name, shown in needed.items() if getattr(options, name) is None]:
        parser.error(f"the following arguments are required: {', '.join(missing)}")
    if _means_clip(options.input):
        edit_clip(task_from(options, LayerEdit(**_asked(options), **_layer(options))), options.out)
        return
    _refuse_for_stills(options)
    mask = "".join(options.mask)
    job = ImageEdit(picture=options.input, mask=mask, target=options.target, **_asked(options))
    settings_for(job)  # refuses options before anything is read
    form = layer_format(options.format)
    if form.is_movie:
        raise UserError(f"{form.label} is for clips, and {options.input} is none; choose png, tiff or exr.")
    edit_picture(job, options.out, form)


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """Return what an edit asks of any footage."""
    names = ("layer", "source", "avoid", "subject", "spare", "guide", "quality", "steps", "size", "seed", "device")
    asked = {name: getattr(options, name) for name in names}
    # A painting needs no words, and no job is made of it but for its layer.
    return asked | {
        "prompt": options.prompt if options.paint is None else "painting",
        "options": tuple(options.options),
    }


def _layer(options: argparse.Namespace) -> dict[str, Any]:
    """Return which layer of which atlas is edited; the atlas that is still to be fitted will lie in the results."""
    return {"atlas": str(options.out), "atlas_layer": options.atlas_layer or options.target}


def _means_clip(name: str) -> bool:
    path = Path(name)
    return is_clip(path) or path.is_dir()


def _refuse_for_stills(options: argparse.Namespace) -> None:
    for name in CLIP_ONLY:
        if getattr(options, name) is not None:
            shown = f"--{name.replace('_', '-')}"
            raise UserError(f"{shown} is for clips, and {options.input} is none; leave it out, or name a clip.")
    if len(options.mask) > 1 or any(is_key(mask) and not Path(mask).exists() for mask in options.mask):
        raise UserError("Masks of several frames are for clips; give one --mask with a still picture.")


def edit_picture(job: ImageEdit, folder: Path, form: Format = FORMATS["png"]) -> None:
    """Carry out ``job`` and write its results into ``folder``, the layer in the format ``form``.

    What can be refused is refused before the training: the picture is read first, and the folder tried. Raises
    UserError.
    """
    from engine.media.stills import read_still

    start = time.monotonic()
    source = read_still(Path(job.picture)).rgb
    room = source.shape[0] * source.shape[1] * (BYTES_PER_PIXEL + form.bytes_a_pixel)
    with output_folder(folder, room=round(room)):
        # torch and the guides take seconds to import, which a refusal above must not wait for.
        from engine.delivery.still_edit import write_edit
        from engine.devices import choose_device, set_up_command_line
        from engine.text2live.image_edit import run_image_edit

        set_up_command_line()
        context = RunContext(device=choose_device(job.device), preview_every=0)
        result = ProgressLine().follow(run_image_edit(job, context))
        write_edit(result, source, folder, form)
    print(f"The layer, the composite and the report are in {folder} ({clock(time.monotonic() - start)}).")


def _list_options(quality: Quality, guide: str) -> None:
    # Neither the picture nor the prompt changes what the options are.
    settings = settings_for(ImageEdit(picture="any", prompt="any", quality=quality, guide=guide))
    print(f"The options of the method, with their values for the quality {quality} and the guide {guide}:")
    for each in options_of(settings):
        print(f"  {each.name}={write_value(each.value)}  ({write_range(each.option)})")
        print(f"      {each.option.help}")


def _option(text: str) -> tuple[str, float | str]:
    """Return what NAME=VALUE says."""
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise UserError(f"{text!r} is no option; write NAME=VALUE, for instance structure=3.")
    return name.strip(), read_value(value.strip())
