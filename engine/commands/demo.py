"""`demo`: the sample photograph or the sample clip, all the way to a layer and a composite."""

import argparse
from pathlib import Path

from engine.commands.clip_edit import ClipTask, edit_clip
from engine.commands.edit import edit_picture
from engine.commands.fitting import ATLAS_FOLDER
from engine.commands.parser import Commands
from engine.jobs import AtlasFit, ImageEdit, LayerEdit, Subject
from engine.media.sample import SAMPLE_PROMPT, SAMPLE_SUBJECT, sample_clip, sample_clip_mask, sample_picture

DEMO_FOLDER = Path("patina-demo")


def add_demo(commands: Commands) -> None:
    """Add the command `demo`."""
    parser = commands.add_parser("demo", help="edit the sample photograph or clip", allow_abbrev=False)
    parser.add_argument("--clip", action="store_true", help="edit the sample clip")
    parser.add_argument("--out", type=Path, default=DEMO_FOLDER, metavar="DIR", help=f"default: {DEMO_FOLDER}")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    if options.clip:
        edit_clip(_clip_task(options.out), options.out)
        return
    edit_picture(ImageEdit(picture=str(sample_picture()), prompt=SAMPLE_PROMPT, subject=SAMPLE_SUBJECT), options.out)


def _clip_task(folder: Path) -> ClipTask:
    # Movies count their frames from 1.
    subject = Subject(keys=((1, str(sample_clip_mask())),))
    fit = AtlasFit(clip=str(sample_clip()), out=str(folder / ATLAS_FOLDER), subjects=(subject,))
    return ClipTask(fit, LayerEdit(atlas=fit.out, prompt=SAMPLE_PROMPT))
