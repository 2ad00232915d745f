"""From a subject word to a matte: a relevance map, cut out along the picture's edges."""

import cv2
import numpy as np
import torch

from engine.errors import UserError
from engine.filters import guided_enlargement, resize
from engine.guidance.guide import Guide

# A cut can leak at one size and hold at another, so that several vote.
SHORT_SIDES = (208, 272, 336)
SURE, PROBABLE, TRACE = 0.9, 0.15, 0.04
RIM = 16  # pixels around the trace that may still belong to the subject
ROUNDS = 8
LEAST_RELEVANCE = 0.6  # of the best piece's mean relevance
SMALLEST_PIECE = 0.005  # of the picture; smaller ones count less


def find_matte(guide: Guide, picture: np.ndarray, subject: str, device: str = "cpu") -> np.ndarray:
    """Return the matte (H, W), 0..1, of ``subject`` in ``picture`` (H, W, 3); empty text: what the guide sees first.

    Raises UserError where the subject is unknown to the guide, or not found.
    """
    smalls = [_at_short_side(picture, side) for side in SHORT_SIDES]
    height, width = smalls[-1].shape[:2]
    votes = [resize(_cut(guide, small, subject, device), width, height) for small in smalls]
    cut = np.mean(votes, axis=0) > 0.5
    if not cut.any():
        named = f"“{subject}” was not found" if subject else "No main subject was found"
        raise UserError(f"{named} in the picture; name another subject or use a mask.")
    return sharpened_to(cut.astype(np.float32), smalls[-1], picture)


def _at_short_side(picture: np.ndarray, side: int) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = side / min(height, width)
    return np.clip(resize(picture, round(width * scale), round(height * scale)), 0, 1)


def _cut(guide: Guide, picture: np.ndarray, subject: str, device: str) -> np.ndarray:
    """Return 1 where the subject is, 0 elsewhere, (H, W) float32."""
    tensor = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].to(device)
    relevance = guide.relevance(tensor, subject).cpu().numpy()
    return _most_relevant_pieces(_cut_out(picture, relevance), relevance).astype(np.float32)


def sharpened_to(matte: np.ndarray, small: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Return a matte (h, w) of the ``small`` picture at the size of ``picture``, its edge on the picture's edge."""
    full = guided_enlargement(matte, small, picture, radius=3, smoothness=1e-4)
    # The filter leaves a haze in flat regions; a matte is 0 or 1 but for its edge.
    return np.clip((full - 0.2) / 0.6, 0, 1).astype(np.float32)


def _cut_out(picture: np.ndarray, relevance: np.ndarray) -> np.ndarray:
    """Return (H, W) booleans by GrabCut (Rother et al., SIGGRAPH 2004), with the relevance as its seed."""
    near = cv2.dilate((relevance > TRACE).astype(np.uint8), np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)) > 0
    labels = np.full(relevance.shape, cv2.GC_BGD, np.uint8)
    labels[near] = cv2.GC_PR_BGD
    labels[relevance > PROBABLE] = cv2.GC_PR_FGD
    labels[relevance > SURE] = cv2.GC_FGD
    seeds = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if not seeds.any() or seeds.all():
        return seeds  # GrabCut needs some of both
    cv2.setRNGSeed(0)  # its colour clusters start at random; the same picture must give the same matte
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    shown = (picture[..., ::-1] * 255 + 0.5).astype(np.uint8)
    cv2.grabCut(shown, labels, (0, 0, 0, 0), background, foreground, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def _most_relevant_pieces(cut: np.ndarray, relevance: np.ndarray) -> np.ndarray:
    """Return ``cut`` without the pieces that the subject's colours alone brought in."""
    count, pieces = cv2.connectedComponents(cut.astype(np.uint8))
    areas = np.bincount(pieces.ravel(), minlength=count).astype(np.float64)
    score = np.bincount(pieces.ravel(), relevance.ravel(), count) / np.maximum(areas, 1)
    score *= np.minimum(1.0, areas / (SMALLEST_PIECE * cut.size))
    score[0] = 0  # the background
    return np.isin(pieces, np.flatnonzero(score > LEAST_RELEVANCE * score.max())) & cut
