"""Untangling mappings: a mapping that turns over shows a piece of its texture twice, and mirrored."""

import torch

LEAST_AREA = 0.03  # of the usual area of a cell in the texture
ROUNDS = 40


def untangled(mapping: torch.Tensor) -> torch.Tensor:
    """Return a mapping (T, gh, gw, 2) in which cells that fold, or nearly, are evened out from around.

    Nodes of such cells go to the middle of their neighbours, again and again, until none is left or the rounds are
    over; all others stay.
    """
    result = mapping
    for _ in range(ROUNDS):
        folded = _folded_nodes(result)
        if not folded.any():
            break
        result = torch.where(folded[..., None], _middles(result), result)
    return result


def _folded_nodes(mapping: torch.Tensor) -> torch.Tensor:
    """Return (T, gh, gw) booleans: the nodes at whose cells' corners the mapping turns over, or nearly."""
    right = mapping[:, :, 1:] - mapping[:, :, :-1]
    down = mapping[:, 1:] - mapping[:, :-1]
    # The four corners of every cell; a bilinear cell is one-to-one where all have the same sign.
    corners = torch.stack(
        [
            _cross(across, along)
            for across in (right[:, :-1], right[:, 1:])
            for along in (down[:, :, :-1], down[:, :, 1:])
        ]
    )
    usual = corners.flatten(2).median(-1).values.mean(0)[:, None, None]
    bad = (corners.amin(0) < LEAST_AREA * usual) if float(usual.mean()) > 0 else (corners.amax(0) > LEAST_AREA * usual)
    nodes = torch.zeros(mapping.shape[:3], dtype=torch.bool, device=mapping.device)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            nodes[:, rows, columns] |= bad
    return nodes


def _middles(mapping: torch.Tensor) -> torch.Tensor:
    """Return for each node the mean of its neighbours; at the rim, neighbours are continued evenly."""
    left, right = mapping[:, :, :1], mapping[:, :, -1:]
    top, bottom = mapping[:, :1], mapping[:, -1:]
    wide = torch.cat([2 * left - mapping[:, :, 1:2], mapping, 2 * right - mapping[:, :, -2:-1]], 2)
    high = torch.cat([2 * top - mapping[:, 1:2], mapping, 2 * bottom - mapping[:, -2:-1]], 1)
    return (wide[:, :, :-2] + wide[:, :, 2:] + high[:, :-2] + high[:, 2:]) / 4


def _cross(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
