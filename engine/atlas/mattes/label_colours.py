"""What the colours say about labels: pixels of known label vote for pixels of like colour, near them or anywhere.

A bilateral grid (Chen, Paris and Durand, SIGGRAPH 2007): votes are laid into coarse cells of place and colour, and
blurred there. Only cells with votes are kept: of a large window's many millions some ten thousand.
"""

import itertools
import math
import operator

import numpy as np

COLOUR_CELLS = (14, 9, 9)  # levels of 8-bit Lab
PLACE_CELL = 9  # pixels
KERNEL = ((-1, 0.25), (0, 0.5), (1, 0.25))
GATHERED_AXES = 2  # along which votes are gathered where they are asked for; along the others they are spread


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
    strides = _strides(known.shape[:2] if local else ())
    lowest = np.minimum(known.min((0, 1)), asked.min((0, 1))).astype(np.int64)
    voting, answered = (_cells(picture, lowest, strides, local) for picture in (known, asked))
    held = _distinct(voting)
    places = np.searchsorted(held, voting)
    votes = np.stack(
        [np.bincount(places, values.ravel(), len(held)) for values in (labels * weights, weights)], -1
    ).astype(np.float32)
    for stride in strides[:-GATHERED_AXES]:
        held, votes = _spread(held, votes, stride)
    wanted = _distinct(answered)
    found = _gathered(held, votes, wanted, strides[-GATHERED_AXES:])
    share = (found[:, 0] + 0.5 * doubt) / (found[:, 1] + doubt)
    return share[np.searchsorted(wanted, answered)].reshape(asked.shape[:2]).astype(np.float32)


def _strides(size: tuple[int, ...]) -> list[int]:
    """Return by how much a cell's number grows along rows, columns (where ``size`` has them) and the three colours.

    One cell along each axis always stays empty, so that none is the neighbour of the next row's first.
    """
    places = [(side + PLACE_CELL // 2) // PLACE_CELL + 2 for side in size]
    counts = [*places, *((255 + cell // 2) // cell + 2 for cell in COLOUR_CELLS)]
    return list(itertools.accumulate(counts[:0:-1], operator.mul, initial=1))[::-1]


def _cells(picture: np.ndarray, lowest: np.ndarray, strides: list[int], local: bool) -> np.ndarray:
    """Return the number of the cell of each pixel, (h * w,)."""
    index = np.zeros(picture.shape[:2], np.int64)
    if local:
        rows, columns = ((np.arange(count) + PLACE_CELL // 2) // PLACE_CELL for count in picture.shape[:2])
        index += strides[0] * rows[:, None] + strides[1] * columns
    for channel, (cell, stride) in enumerate(zip(COLOUR_CELLS, strides[-3:], strict=True)):
        index += stride * ((picture[..., channel] - lowest[channel] + cell // 2) // cell)
    return index.ravel()


def _distinct(cells: np.ndarray) -> np.ndarray:
    """Return the cells (N,), ascending, each once; `np.unique` takes several times as long."""
    cells = np.sort(cells)
    return cells[np.append(True, cells[1:] != cells[:-1])]


def _spread(held: np.ndarray, votes: np.ndarray, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the cells (N,), ascending, with their votes (N, 2), once blurred by 1 2 1 along an axis."""
    cells = _distinct(np.concatenate([held - stride, held, held + stride]))
    blurred = np.zeros((len(cells), 2), np.float32)
    for step, share in KERNEL:
        blurred[np.searchsorted(cells, held + step * stride)] += share * votes
    return cells, blurred


def _gathered(held: np.ndarray, votes: np.ndarray, wanted: np.ndarray, strides: list[int]) -> np.ndarray:
    """Return the votes (M, 2) in the cells ``wanted`` (M,), blurred by 1 2 1 along the axes of the ``strides``."""
    total = np.zeros((len(wanted), 2), np.float32)
    for steps in itertools.product(KERNEL, repeat=len(strides)):
        cells = wanted + sum(step * stride for (step, _), stride in zip(steps, strides, strict=True))
        places = np.minimum(np.searchsorted(held, cells), len(held) - 1)
        total += (math.prod(share for _, share in steps) * (held[places] == cells))[:, None] * votes[places]
    return total
