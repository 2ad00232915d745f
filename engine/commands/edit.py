"""`edit` and `demo`: train an edit layer for one picture, and write it."""

import argparse
import time
from pathlib import Path
from typing import get_args

from engine.commands.output import output_folder
from engine.commands.parser import Commands
from engine.commands.progress import ProgressLine, clock
from engine.context import RunContext
from engine.errors import UserError
from engine.jobs import Device, ImageEdit, Quality, Target
from engine.media.sample import SAMPLE_PROMPT, SAMPLE_SUBJECT, sample_picture

DEMO_FOLDER = Path("patina-demo")
MOVIE_SUFFIXES = {".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mxf", ".webm", ".wmv"}
# The most that the 16-bit pictures can need on disk, uncompressed: layer, composite, green screen, alpha, matte.
BYTES_PER_PIXEL = 8 + 6 + 6 + 2 + 2


def add_edit(commands: Commands) -> None:
    """Add the command `edit` with all that determines its result."""
    parser = commands.add_parser("edit", help="edit one picture with words", allow_abbrev=False)
    parser.add_argument("input", metavar="INPUT", help="the picture to edit (PNG, JPEG, TIFF)")
    parser.add_argument("--prompt", required=True, metavar="TEXT", help="the picture as it should become")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder for the results")
    parser.add_argument("--layer", default="", metavar="TEXT", help="the edit alone (default: the prompt)")
    parser.add_argument("--source", default="", metavar="TEXT", help="the picture as it is")
    parser.add_argument("--subject", default="", metavar="TEXT", help="what in the picture the edit belongs to")
    parser.add_argument("--mask", default="", metavar="PNG", help="a mask of the subject, white where the edit goes")
    parser.add_argument("--masks", metavar="DIR", help="for clips, which this version cannot edit")
    parser.add_argument(
        "--target", choices=get_args(Target), default=ImageEdit.target, help="edit this side of the mask"
    )
    parser.add_argument(
        "--guide", default=ImageEdit.guide, metavar="NAME", help="starter, the only one in this version"
    )
    parser.add_argument("--quality", choices=get_args(Quality), default=ImageEdit.quality, help="default: standard")
    parser.add_argument("--steps", type=int, metavar="N", help="training steps, instead of the quality's own")
    parser.add_argument("--size", type=int, metavar="PX", help="short side in training, instead of the quality's own")
    parser.add_argument(
        "--seed", type=int, default=ImageEdit.seed, metavar="N", help="the same seed repeats the result"
    )
    parser.add_argument("--device", choices=get_args(Device), default=ImageEdit.device, help="default: auto")
    parser.add_argument("--format", choices=["png"], default="png", help="the format of the results: 16-bit PNG")
    parser.set_defaults(run=_edit)


def add_demo(commands: Commands) -> None:
    """Add the command `demo`."""
    parser = commands.add_parser("demo", help="edit the sample photograph", allow_abbrev=False)
    parser.add_argument("--out", type=Path, default=DEMO_FOLDER, metavar="DIR", help=f"default: {DEMO_FOLDER}")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    job = ImageEdit(picture=str(sample_picture()), prompt=SAMPLE_PROMPT, subject=SAMPLE_SUBJECT)
    edit_picture(job, options.out)


def _edit(options: argparse.Namespace) -> None:
    _refuse_clips(Path(options.input), options.masks)
    job = ImageEdit(
        picture=options.input,
        prompt=options.prompt,
        layer=options.layer,
        source=options.source,
        subject=options.subject,
        mask=options.mask,
        target=options.target,
        guide=options.guide,
        quality=options.quality,
        steps=options.steps,
        size=options.size,
        seed=options.seed,
        device=options.device,
    )
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


def _refuse_clips(picture: Path, masks: str | None) -> None:
    if masks is not None:
        raise UserError("--masks is for clips, which this version cannot edit yet; use --mask with a still picture.")
    is_pattern = "%" in picture.name and not picture.exists()
    if is_pattern or picture.is_dir() or picture.suffix.lower() in MOVIE_SUFFIXES:
        raise UserError(f"{picture} is a clip or a folder, which this version cannot edit yet; name a still picture.")
