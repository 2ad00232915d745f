"""What the colours say about labels: pixels of known label vote for pixels of like colour, near them or anywhere.

A bilateral grid (Chen, Paris and Durand, SIGGRAPH 2007): votes are laid into coarse cells of place and colour, and
blurred there.
"""

import numpy as np

LIGHTNESS_CELL, COLOUR_CELL = 14, 9  # levels of 8-bit Lab
PLACE_CELL = 9  # pixels


def label_share(
    known: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    asked: np.ndarray,
    doubt: float,
    local: bool = True,
) -> np.ndarray:
    """Return (h, w) float32 in 0..1: the share of label 1 among pixels like those ``asked``, 0.5 where none is.

    ``known`` and ``asked`` are (h, w, 3) uint8 in 8-bit Lab, ``labels`` and ``weights`` (h, w) in 0..1. With ``local``
    both are of one size, and only votes from nearby count. ``doubt`` is the weight of an undecided vote.
    """
    lowest = np.minimum(known.min((0, 1)), asked.min((0, 1))).astype(np.int32)
    highest = np.maximum(known.max((0, 1)), asked.max((0, 1))).astype(np.int32)
    cell = np.array([LIGHTNESS_CELL, COLOUR_CELL, COLOUR_CELL])
    colours = (highest - lowest) // cell + 2
    places = [-(-side // PLACE_CELL) + 1 for side in known.shape[:2]] if local else [1, 1]
    shape = (*places, *(int(count) for count in colours))
    from_cells, to_cells = (_cells(picture, lowest, cell, shape, local) for picture in (known, asked))
    votes = np.stack(
        [
            np.bincount(from_cells, (labels * weights).ravel(), np.prod(shape)),
            np.bincount(from_cells, weights.ravel(), np.prod(shape)),
        ],
        -1,
    ).astype(np.float32)
    votes = _blurred(votes.reshape(*shape, 2)).reshape(-1, 2)[to_cells]
    share = (votes[:, 0] + 0.5 * doubt) / (votes[:, 1] + doubt)
    return share.reshape(asked.shape[:2]).astype(np.float32)


def _cells(
    picture: np.ndarray, lowest: np.ndarray, cell: np.ndarray, shape: tuple[int, ...], local: bool
) -> np.ndarray:
    """Return the number of the cell of each pixel, (h * w,)."""
    height, width = picture.shape[:2]
    index = np.zeros((height, width), np.int64)
    if local:
        index += ((np.arange(height) + PLACE_CELL // 2) // PLACE_CELL)[:, None] * shape[1]
        index += ((np.arange(width) + PLACE_CELL // 2) // PLACE_CELL)[None]
    for channel in range(3):
        binned = (picture[..., channel] - lowest[channel] + cell[channel] // 2) // cell[channel]
        index = index * shape[2 + channel] + binned
    return index.ravel()


def _blurred(votes: np.ndarray) -> np.ndarray:
    """Return the votes (..., 2) blurred by 1 2 1 along all axes but the last."""
    for axis in range(votes.ndim - 1):
        if votes.shape[axis] == 1:
            continue
        along = np.moveaxis(votes, axis, 0)
        blurred = 0.5 * along
        blurred[1:] += 0.25 * along[:-1]
        blurred[:-1] += 0.25 * along[1:]
        votes = np.moveaxis(blurred, 0, axis)
    return votes
