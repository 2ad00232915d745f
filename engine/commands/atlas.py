"""`atlas`: explain a clip by layers, and write them."""

import argparse
import time
from pathlib import Path
from typing import get_args

from engine.commands.clip_options import add_fitting, frame_range, one_range, subject_of
from engine.commands.fitting import ATLAS_FOLDER, REPORT_FILE, fitted, work_folder
from engine.commands.output import output_folder
from engine.commands.parser import Commands
from engine.commands.progress import ProgressLine, clock
from engine.files import write_bytes
from engine.jobs import AtlasFit, AtlasImport, AtlasQuality, Device, Subject
from engine.media.clip_info import ClipInfo

# Checkpoints, textures, mappings and mattes; generously, for each pixel of a frame.
BYTES_PER_PIXEL = 4


def add_atlas(commands: Commands) -> None:
    """Add the command `atlas`."""
    parser = commands.add_parser("atlas", help="explain a clip by layers that can be edited", allow_abbrev=False)
    parser.add_argument("clip", metavar="CLIP", help="a movie, a folder of stills, or a pattern such as shot.%%04d.png")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the results")
    objects = parser.add_mutually_exclusive_group()
    objects.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="FRAME=PNG",
        help="the object's mask on one frame; may be given for several frames",
    )
    objects.add_argument(
        "--masks", action="append", default=[], metavar="DIR", help="a mask of the object for every frame; one DIR each"
    )
    objects.add_argument(
        "--subject", action="append", default=[], metavar="TEXT", help="what the object is, found by its word; one each"
    )
    objects.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="take over published Layered Neural Atlases; --range: the frames that they were trained on",
    )
    parser.add_argument("--write-frames", action="store_true", help="write what the atlas shows, and the mattes")
    parser.add_argument("--quality", choices=get_args(AtlasQuality), default=AtlasFit.quality, help="default: standard")
    add_fitting(parser)
    parser.add_argument("--guide", default=AtlasFit.guide, metavar="NAME", help="what finds a --subject")
    parser.add_argument("--seed", type=int, default=AtlasFit.seed, metavar="N")
    parser.add_argument("--device", choices=get_args(Device), default=AtlasFit.device, help="default: auto")
    parser.set_defaults(run=_atlas)


def _atlas(options: argparse.Namespace) -> None:
    from engine.atlas.atlas_folder import load_atlas
    from engine.delivery.atlas_frames import write_atlas_frames
    from engine.devices import choose_device, set_up_command_line
    from engine.media.clips import probe_clip

    start, folder = time.monotonic(), options.out
    info = probe_clip(Path(options.clip))
    job = _job(options, info)
    pixels = len(one_range(options, info)) * info.width * info.height
    with output_folder(folder, room=pixels * BYTES_PER_PIXEL), work_folder(folder) as work:
        set_up_command_line()
        report = fitted(job, work, choose_device(job.device))
        if options.write_frames:
            ProgressLine().follow(write_atlas_frames(load_atlas(Path(job.out)), folder, work))
        write_bytes(folder / REPORT_FILE, (Path(job.out) / REPORT_FILE).read_bytes())
    print(f"The atlas ({report['psnr_db']:.1f} dB) and the report are in {folder} ({clock(time.monotonic() - start)}).")


def _job(options: argparse.Namespace, info: ClipInfo) -> AtlasFit | AtlasImport:
    first, last = frame_range(options.range)
    if options.checkpoint:
        return AtlasImport(
            checkpoint=str(Path(options.checkpoint).absolute()),
            clip=str(Path(options.clip).absolute()),
            out=str(options.out / ATLAS_FOLDER),
            first=first,
            last=last,
            device=options.device,
        )
    one = subject_of(options.mask, None, "", info, first)
    several = [Subject(masks=folder) for folder in options.masks] + [Subject(text=text) for text in options.subject]
    return AtlasFit(
        clip=str(Path(options.clip).absolute()),
        out=str(options.out / ATLAS_FOLDER),
        first=first,
        last=last,
        subjects=tuple(several) if one is None else (one,),
        quality=options.quality,
        width=options.width,
        flow=options.flow,
        guide=options.guide,
        seed=options.seed,
        device=options.device,
    )
