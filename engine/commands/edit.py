"""`edit` and `demo`: train an edit layer for one picture, and write it."""

import argparse
import time
from functools import partial
from pathlib import Path
from typing import get_args

from engine.commands.output import output_folder
from engine.commands.parser import Commands, OneLineParser
from engine.commands.progress import ProgressLine, clock
from engine.context import RunContext
from engine.errors import UserError
from engine.jobs import Device, ImageEdit, Quality, Target
from engine.media.sample import SAMPLE_PROMPT, SAMPLE_SUBJECT, sample_picture
from engine.option_texts import read_value, write_range, write_value
from engine.options import options_of
from engine.text2live.settings import settings_for

DEMO_FOLDER = Path("patina-demo")
MOVIE_SUFFIXES = {".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mxf", ".webm", ".wmv"}
# The most that the 16-bit pictures can need on disk, uncompressed: layer, composite, green screen, alpha, matte.
BYTES_PER_PIXEL = 8 + 6 + 6 + 2 + 2
NEEDED = {"input": "INPUT", "prompt": "--prompt", "out": "--out"}


def add_edit(commands: Commands) -> None:
    """Add the command `edit` with all that determines its result."""
    parser = commands.add_parser(
        "edit",
        help="edit one picture with words",
        usage="%(prog)s INPUT --prompt TEXT --out DIR [options]\n"
        "       %(prog)s --list-options [--quality QUALITY] [--guide NAME]",
        epilog="Each TEXT may hold several texts, parted by semicolons.",
        allow_abbrev=False,
    )
    parser.add_argument("input", nargs="?", metavar="INPUT", help="the picture to edit (PNG, JPEG, TIFF)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the folder for the results")
    _add_texts(parser)
    _add_region(parser)
    _add_training(parser)
    parser.add_argument("--format", choices=["png"], default="png", help="the format of the results: 16-bit PNG")
    parser.set_defaults(run=partial(_edit, parser))


def _add_texts(parser: OneLineParser) -> None:
    parser.add_argument("--prompt", metavar="TEXT", help="the picture as it should become")
    parser.add_argument("--layer", default="", metavar="TEXT", help="the edit alone (default: the prompt)")
    parser.add_argument("--source", default="", metavar="TEXT", help="the picture as it is")
    parser.add_argument("--avoid", default="", metavar="TEXT", help="what the picture should not come to show")


def _add_region(parser: OneLineParser) -> None:
    parser.add_argument("--subject", default="", metavar="TEXT", help="what in the picture the edit belongs to")
    parser.add_argument("--spare", default="", metavar="TEXT", help="what in the picture is not to be edited")
    parser.add_argument("--mask", default="", metavar="PNG", help="a mask of the subject, white where the edit goes")
    parser.add_argument("--masks", metavar="DIR", help="for clips, which this version cannot edit")
    parser.add_argument(
        "--target", choices=get_args(Target), default=ImageEdit.target, help="edit this side of the mask"
    )


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


def add_demo(commands: Commands) -> None:
    """Add the command `demo`."""
    parser = commands.add_parser("demo", help="edit the sample photograph", allow_abbrev=False)
    parser.add_argument("--out", type=Path, default=DEMO_FOLDER, metavar="DIR", help=f"default: {DEMO_FOLDER}")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    job = ImageEdit(picture=str(sample_picture()), prompt=SAMPLE_PROMPT, subject=SAMPLE_SUBJECT)
    edit_picture(job, options.out)


def _edit(parser: OneLineParser, options: argparse.Namespace) -> None:
    if options.list_options:
        _list_options(options.quality, options.guide)
        return
    if missing := [shown for name, shown in NEEDED.items() if getattr(options, name) is None]:
        parser.error(f"the following arguments are required: {', '.join(missing)}")
    _refuse_clips(Path(options.input), options.masks)
    job = ImageEdit(
        picture=options.input,
        prompt=options.prompt,
        layer=options.layer,
        source=options.source,
        avoid=options.avoid,
        subject=options.subject,
        spare=options.spare,
        mask=options.mask,
        target=options.target,
        guide=options.guide,
        quality=options.quality,
        steps=options.steps,
        size=options.size,
        seed=options.seed,
        device=options.device,
        options=tuple(options.options),
    )
    settings_for(job)  # refuses options before anything is read
    edit_picture(job, options.out)


def edit_picture(job: ImageEdit, folder: Path) -> None:
    """Carry out ``job`` and write its results into ``folder``.

    What can be refused is refused before the training: the picture is read first, and the folder tried. Raises
    UserError.
    """
    from engine.media.stills import read_still

    start = time.monotonic()
    source = read_still(Path(job.picture)).rgb
    with output_folder(folder, room=source.shape[0] * source.shape[1] * BYTES_PER_PIXEL):
        # torch and the guides take seconds to import, which a refusal above must not wait for.
        from engine.delivery import write_edit
        from engine.devices import choose_device, set_up_command_line
        from engine.text2live.image_edit import run_image_edit

        set_up_command_line()
        context = RunContext(device=choose_device(job.device), preview_every=0)
        result = ProgressLine().follow(run_image_edit(job, context))
        write_edit(result, source, folder)
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


def _refuse_clips(picture: Path, masks: str | None) -> None:
    if masks is not None:
        raise UserError("--masks is for clips, which this version cannot edit yet; use --mask with a still picture.")
    is_pattern = "%" in picture.name and not picture.exists()
    if is_pattern or picture.is_dir() or picture.suffix.lower() in MOVIE_SUFFIXES:
        raise UserError(f"{picture} is a clip or a folder, which this version cannot edit yet; name a still picture.")
