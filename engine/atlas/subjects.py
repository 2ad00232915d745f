"""The masks of a job's subjects, however they are given."""

from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np

from engine.atlas.flow import DisFlow, Flow, Flows
from engine.atlas.working_clip import WorkingClip
from engine.errors import UserError
from engine.jobs import AtlasFit, FlowName, Subject
from engine.media.clip_masks import read_clip_masks


def flow_named(name: FlowName) -> Flow:
    """Return the optical flow of that name; raises UserError where its weights are missing."""
    if name == "dis":
        return DisFlow()
    from engine.atlas.raft import RaftFlow

    return RaftFlow()


def find_masks(job: AtlasFit, clip: WorkingClip, flows: Flows, device: str) -> Generator[float, None, np.ndarray]:
    """Return the masks of all subjects, (T, N, H, W) uint8 at working size; yields the share that is done.

    Where two overlap, the later subject is the nearer. Raises UserError for masks and words that cannot be used.
    """
    width, height = clip.size
    masks = np.zeros((len(clip.frames), len(job.subjects), height, width), np.uint8)
    for place, subject in enumerate(job.subjects):
        masks[:, place] = yield from _masks_of(subject, job, clip, flows, device)
        masks[:, :place] = np.minimum(masks[:, :place], 255 - masks[:, place : place + 1])
    return masks


def _masks_of(
    subject: Subject, job: AtlasFit, clip: WorkingClip, flows: Flows, device: str
) -> Generator[float, None, np.ndarray]:
    if subject.masks:
        return (yield from _given(Path(subject.masks), clip))
    raise UserError("not yet")


def _given(folder: Path, clip: WorkingClip) -> Generator[float, None, np.ndarray]:
    masks, (width, height) = read_clip_masks(folder, clip.info), clip.size
    found = np.empty((len(clip.indices), height, width), np.uint8)
    for place, index in enumerate(clip.indices):
        found[place] = _shrunk(masks.read(index), clip)
        yield (place + 1) / len(clip.indices)
    return found


def _shrunk(mask: np.ndarray, clip: WorkingClip) -> np.ndarray:
    return np.rint(cv2.resize(mask, clip.size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
