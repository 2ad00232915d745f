"""The masks of a job's subjects, however they are given."""

from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np

from engine.atlas.mattes.propagation import propagating
from engine.atlas.motion.flow import DisFlow, Flow, Flows
from engine.atlas.working_clip import WorkingClip
from engine.errors import UserError
from engine.jobs import AtlasFit, FlowName, Subject
from engine.media.clip_masks import read_clip_masks
from engine.media.stills import read_mask


def flow_named(name: FlowName) -> Flow:
    """Return the optical flow of that name; raises UserError where its weights are missing."""
    if name == "dis":
        return DisFlow()
    from engine.atlas.motion.raft import RaftFlow

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
    if subject.keys:
        keys = dict(_key(number, Path(file), clip) for number, file in subject.keys)
        return (yield from propagating(list(clip.frames), flows, keys))
    # A guide takes seconds to load, which only a word needs.
    from engine.atlas.mattes.subject_clip import finding_subject
    from engine.guidance.loading import load_guide

    guide = load_guide(job.guide, device)
    return (yield from finding_subject(list(clip.frames), flows, guide, subject.text, device))


def _key(number: int, file: Path, clip: WorkingClip) -> tuple[int, np.ndarray]:
    """Return the place in the range, and the mask, of a frame by its source's number."""
    index = clip.info.index(number)
    if index not in clip.indices:
        numbers = clip.described.numbers
        raise UserError(f"The mask of frame {number} lies outside the range {numbers[0]} to {numbers[-1]}; widen it.")
    return index - clip.indices.start, _shrunk(read_mask(file, clip.info.width, clip.info.height), clip)


def _given(folder: Path, clip: WorkingClip) -> Generator[float, None, np.ndarray]:
    masks, (width, height) = read_clip_masks(folder, clip.info), clip.size
    found = np.empty((len(clip.indices), height, width), np.uint8)
    for place, index in enumerate(clip.indices):
        found[place] = _shrunk(masks.read(index), clip)
        yield (place + 1) / len(clip.indices)
    return found


def _shrunk(mask: np.ndarray, clip: WorkingClip) -> np.ndarray:
    return np.rint(cv2.resize(mask, clip.size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
