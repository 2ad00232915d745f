"""Colour between sets of primaries, in linear light."""

import numpy as np

# Of red, green, blue and white (ITU-R BT.709, section 1): x, y.
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
SAME = 1e-3  # files round the numbers


def are_rec709(chromaticities: tuple[float, ...]) -> bool:
    """Return whether primaries and white, eight numbers x, y, are those of Rec.709."""
    return np.allclose(chromaticities, REC709, atol=SAME)


def to_rec709(chromaticities: tuple[float, ...]) -> np.ndarray:
    """Return the matrix (3, 3) from linear RGB of these primaries and white, eight numbers x, y, to that of Rec.709.

    Whites are adapted by Bradford's method (Lam, 1985), so that gray stays gray. LinAlgError where the primaries lie
    on one line.
    """
    own, rec709 = _to_xyz(chromaticities), _to_xyz(REC709)
    cones = BRADFORD @ np.stack([own.sum(1), rec709.sum(1)], 1)
    adaptation = np.linalg.inv(BRADFORD) @ np.diag(cones[:, 1] / cones[:, 0]) @ BRADFORD
    return np.linalg.inv(rec709) @ adaptation @ own


def _to_xyz(chromaticities: tuple[float, ...]) -> np.ndarray:
    """Return the matrix from RGB to CIE XYZ whose white has the luminance 1 (SMPTE RP 177)."""
    x, y = np.reshape(chromaticities, (4, 2)).T.astype(np.float64)
    colours = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    return colours[:, :3] * np.linalg.solve(colours[:, :3], colours[:, 3])
