"""ICC profiles made byte by byte, and the sRGB that colours in them are, by plain arithmetic."""

import struct

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
D65 = np.array([0.95047, 1.0, 1.08883])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
ADOBE_GAMMA = 563 / 256

Primaries = tuple[tuple[float, float], ...]


def rgb_profile(primaries: Primaries, gamma: float | None) -> bytes:
    """Return an RGB profile of white D65; a ``gamma`` of None is sRGB's curve."""
    columns = (_adaptation(D65, D50) @ to_xyz(primaries)).T
    curve = _srgb_curve() if gamma is None else _gamma_curve(gamma)
    tags = {b"wtpt": _xyz(D50)}
    for name, column in zip((b"r", b"g", b"b"), columns, strict=True):
        tags[name + b"XYZ"] = _xyz(column)
        tags[name + b"TRC"] = curve
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def gray_profile(gamma: float) -> bytes:
    """Return a gray profile."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz(D50), b"kTRC": _gamma_curve(gamma)})


def cmyk_profile(corners: np.ndarray) -> bytes:
    """Return a CMYK profile from the Lab (D50) of the 16 inks at none or all: (2, 2, 2, 2, 3) by C, M, Y, K."""
    table = np.rint(corners * (2.55, 1, 1) + (0, 128, 128)).astype(np.uint8).tobytes()
    identity = struct.pack(">9i", *(0x10000 if index % 4 == 0 else 0 for index in range(9)))
    ramp = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + table + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(D50), b"A2B0": lut})


def to_xyz(primaries: Primaries) -> np.ndarray:
    """Return the matrix from linear RGB to XYZ, white D65."""
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in primaries]).T
    return columns * np.linalg.solve(columns, D65)


def as_srgb(colour: np.ndarray, primaries: Primaries, gamma: float | None) -> np.ndarray:
    """Return colours 0..1 of an RGB space as sRGB, clipped."""
    linear = _decoded(colour.astype(float)) if gamma is None else colour.astype(float) ** gamma
    return encoded(linear @ (np.linalg.inv(to_xyz(SRGB)) @ to_xyz(primaries)).T)


def lab_as_srgb(lab: np.ndarray) -> np.ndarray:
    """Return Lab (D50) as sRGB, clipped."""
    middle = (lab[..., 0] + 16) / 116
    roots = np.stack([middle + lab[..., 1] / 500, middle, middle - lab[..., 2] / 200], axis=-1)
    xyz = D50 * np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29))
    return encoded(xyz @ (np.linalg.inv(to_xyz(SRGB)) @ _adaptation(D50, D65)).T)


def encoded(linear: np.ndarray) -> np.ndarray:
    """Return linear light as sRGB, clipped."""
    clipped = np.clip(linear, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)


def _decoded(display: np.ndarray) -> np.ndarray:
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)


def _adaptation(white: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    cones = np.diag((BRADFORD @ wanted) / (BRADFORD @ white))
    return np.linalg.inv(BRADFORD) @ cones @ BRADFORD


def _fixed(numbers: np.ndarray | tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _xyz(colour: np.ndarray) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(colour)


def _gamma_curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def _srgb_curve() -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed((2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = struct.pack(">I", offset + len(body))
    version = bytes((4 if b"para" in body else 2, 0x20, 0, 0))
    header = size + bytes(4) + version + kind + space + connection + bytes(12) + b"acsp" + bytes(28) + _fixed(D50)
    return header.ljust(128, b"\0") + table + body
