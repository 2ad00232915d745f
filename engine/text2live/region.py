"""Where in the picture an edit belongs: within a matte, about a map of relevance, or anywhere."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.filters import resize
from engine.guidance.guide import Guide
from engine.guidance.matte import find_matte
from engine.jobs import ImageEdit
from engine.media.stills import read_mask
from engine.text2live.settings import Settings

RELEVANCE_SIDE = 336  # pixels, the short side; guides see nothing finer

FIRST_SEEN = "No subject was named, so the edit is kept to what the guide sees first; name a subject to choose."
ANYWHERE = "No subject was named, so the edit finds its own place in the picture; name a subject to choose."


@dataclass(frozen=True)
class Region:
    """``where`` (H, W), 0..1, the edit belongs; None: anywhere. ``matte`` (H, W) is the subject's, if one was found.

    ``notice`` says in one sentence what was assumed, or is empty.
    """

    where: np.ndarray | None
    matte: np.ndarray | None = None
    notice: str = ""


def find_region(
    job: ImageEdit, subject: str, settings: Settings, guide: Guide, picture: np.ndarray, device: str
) -> Region:
    """Return where ``job`` is to edit ``picture`` (H, W, 3); ``subject`` is the job's, or what its prompt names.

    Raises UserError for a mask that does not fit, and for a subject that is unknown or not found.
    """
    if settings.confinement == "none":
        return Region(None)
    if not (subject or job.mask or guide.vocabulary()):
        return Region(None, notice=ANYWHERE)
    notice = "" if subject or job.mask else FIRST_SEEN
    soft = settings.confinement == "relevance" and not job.mask
    matte = None if soft else _matte(job, subject, guide, picture, device)
    found = relevance(guide, picture, subject, device) if matte is None else matte
    where = 1 - found if job.target == "background" else found
    if job.spare.strip():
        where = where * (1 - spared(job.spare, settings, guide, picture, device))
    return Region(where.astype(np.float32), matte, notice)


def _matte(job: ImageEdit, subject: str, guide: Guide, picture: np.ndarray, device: str) -> np.ndarray:
    if job.mask:
        return read_mask(Path(job.mask), picture.shape[1], picture.shape[0])
    return find_matte(guide, picture, subject, device)


def spared(text: str, settings: Settings, guide: Guide, picture: np.ndarray, device: str) -> np.ndarray:
    """Return 1 where nothing is to be edited, (H, W); raises UserError where ``text`` is unknown or not found."""
    if settings.confinement == "matte":
        return find_matte(guide, picture, text, device)
    return (relevance(guide, picture, text, device) > settings.spare_threshold).astype(np.float32)


def relevance(guide: Guide, picture: np.ndarray, text: str, device: str) -> np.ndarray:
    """Return where in ``picture`` (H, W, 3) the text is seen, (H, W) in 0..1; raises UserError for unknown words."""
    height, width = picture.shape[:2]
    scale = min(1.0, RELEVANCE_SIDE / min(height, width))
    small = np.clip(resize(picture, round(width * scale), round(height * scale)), 0, 1)
    tensor = torch.from_numpy(np.ascontiguousarray(small.transpose(2, 0, 1)))[None].to(device)
    return np.clip(resize(guide.relevance(tensor, text).float().cpu().numpy(), width, height), 0, 1)
