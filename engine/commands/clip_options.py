"""What the commands for clips share: the range of frames, and the objects in them."""

import argparse
import re
from pathlib import Path
from typing import get_args

from engine.commands.parser import OneLineParser
from engine.errors import UserError
from engine.jobs import AtlasFit, AtlasQuality, FlowName, Quality, Subject
from engine.media.clip_info import ClipInfo

RANGE = re.compile(r"(\d*)-(\d*)")
KEY = re.compile(r"(\d+)=(.+)", re.DOTALL)


def add_fitting(parser: OneLineParser | argparse._ArgumentGroup) -> None:
    """Add what determines how an atlas is fitted, but for its objects and its quality."""
    parser.add_argument("--range", metavar="A-B", help="frame numbers of a clip; either may be left out")
    parser.add_argument("--width", type=int, metavar="PX", help="width of a clip's frames in fitting")
    parser.add_argument("--flow", choices=get_args(FlowName), default=AtlasFit.flow, help="default: dis")


def frame_range(text: str | None) -> tuple[int | None, int | None]:
    """Return the first and last frame number that ``text`` says, None for the clip's ends; UserError if it is none."""
    if text is None:
        return None, None
    parts = RANGE.fullmatch(text.strip())
    if parts is None or not any(parts.groups()):
        raise UserError(f"{text!r} is no range of frames; write the first and the last number, for instance 1001-1080.")
    first, last = (int(part) if part else None for part in parts.groups())
    return first, last


def is_key(text: str) -> bool:
    """Return whether ``text`` is a mask with the number of its frame."""
    return KEY.fullmatch(text) is not None


def subject_of(masks: list[str], folder: str | None, text: str, info: ClipInfo, first: int | None) -> Subject | None:
    """Return the one object that a command names: by FRAME=PNG masks, a folder of masks or a word; None for no object.

    A mask without a number is that of the ``first`` frame of the range, or of the clip.
    """
    if not (masks or folder or text.strip()):
        return None
    keys = tuple(_key(mask, info, info.first_frame if first is None else first) for mask in masks)
    return Subject(text="" if keys or folder else text, masks=folder or "", keys=keys)


def _key(text: str, info: ClipInfo, first: int) -> tuple[int, str]:
    parts = KEY.fullmatch(text)
    number, file = (first, text) if parts is None else (int(parts[1]), parts[2])
    info.index(number)  # refuses what the clip does not have
    if not Path(file).is_file():
        raise UserError(f"There is no mask {file}; check its name and folder.")
    return number, file


def quality_of(edit: Quality) -> AtlasQuality:
    """Return the atlas's quality that goes with an edit's."""
    return "best" if edit == "paper" else edit


def one_range(options: argparse.Namespace, info: ClipInfo) -> range:
    """Return the frame numbers that a command is to work on; UserError for numbers that the clip does not have."""
    first, last = frame_range(options.range)
    start = info.first_frame if first is None else first
    end = info.last_frame if last is None else last
    info.index(start)
    info.index(end)
    return range(start, end + 1)
