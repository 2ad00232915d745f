"""A material's shading of a subject: what the surface would look like were it made of that material.

After Khan, Reinhard, Fleming and Bülthoff, "Image-based material editing" (SIGGRAPH 2006): a relief from the
picture's own light and the matte's outline (section 4), normals from the relief, and an environment seen in
them (section 5). The environment is a studio of our own: a light above, a dark horizon and a bright floor.
"""

import cv2
import numpy as np

from engine.colour import luminance
from engine.filters import resize
from engine.guidance.materials import Material

BULGE, RELIEF = 1.1, 0.55  # heights of the outline's bulge and of the picture's light, relative to one another
LIGHT = np.array([-0.4, -0.65, 0.65], np.float32) / np.float32(np.linalg.norm([-0.4, -0.65, 0.65]))


def shaded(material: Material, picture: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """Return the (H, W, 3) picture's subject in ``material``, display space; meaningful where ``matte`` is above 0."""
    light = luminance(np.clip(picture, 0, 1)).astype(np.float32)
    smooth = cv2.bilateralFilter(light, d=-1, sigmaColor=0.08, sigmaSpace=0.01 * min(light.shape))
    tone = _tone(smooth, matte)
    normals = _normals(_relief(tone, matte))
    tone = (1 - 0.75 * material.metallic) * tone + 0.75 * material.metallic * _studio(normals)
    detail = light - cv2.GaussianBlur(light, (0, 0), 0.012 * min(light.shape))
    tone += material.texture * (0.6 + 0.6 * material.metallic) * detail / max(_spread(smooth, matte), 0.15)
    tone += material.grain * 0.35 * _mottling(light.shape)
    tone += material.gloss * 0.5 * np.clip(normals @ LIGHT, 0, 1).astype(np.float32) ** 24
    stops = np.linspace(0, 1, len(material.ramp))
    ramp = np.array(material.ramp, np.float32)
    channels = [np.interp(np.clip(tone, 0, 1), stops, ramp[:, channel]) for channel in range(3)]
    return np.stack(channels, -1).astype(np.float32)


def _tone(light: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """Return the light stretched over 0..1 within the matte: half by its rank, half by its value.

    By rank alone, a flat surface would turn into noise; by value alone, a black horse would stay black.
    """
    inside = np.sort(light[matte > 0.5])
    if inside.size < 2:
        return light
    rank = np.searchsorted(inside, light) / inside.size
    low, high = np.quantile(inside, (0.01, 0.99))
    value = np.clip((light - low) / max(high - low, 0.05), 0, 1)
    return (0.5 * rank + 0.5 * value).astype(np.float32)


def _spread(light: np.ndarray, matte: np.ndarray) -> float:
    inside = light[matte > 0.5]
    return float(np.subtract(*np.quantile(inside, (0.99, 0.01)))) if inside.size else 1.0


def _relief(tone: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """Return heights in pixels: the outline inflated, as a balloon would be, and the picture's light upon it."""
    shape = (matte > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(shape, cv2.DIST_L2, 5)
    deepest = max(float(depth.max()), 1.0)
    bulge = np.sqrt(np.clip(1 - (1 - depth / deepest) ** 2, 0, 1)) * deepest
    bulge = cv2.GaussianBlur(bulge.astype(np.float32), (0, 0), 0.15 * deepest + 1)
    fine = cv2.GaussianBlur(tone, (0, 0), 1.2)
    return BULGE * bulge + RELIEF * 0.35 * deepest * fine


def _normals(height: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) unit normals: x to the right, y down, z to the viewer."""
    across = cv2.Scharr(height, cv2.CV_32F, 1, 0) / 32
    down = cv2.Scharr(height, cv2.CV_32F, 0, 1) / 32
    normals = np.dstack([-across, -down, np.ones_like(height)])
    return normals / np.linalg.norm(normals, axis=2, keepdims=True)


def _studio(normals: np.ndarray) -> np.ndarray:
    """Return the light 0..1 that a mirror with these normals reflects to a viewer far away."""
    x, y, z = np.moveaxis(normals, 2, 0)
    up = -2 * z * y  # the reflected ray's direction upwards
    side = 2 * z * x
    sky = 1 / (1 + np.exp(-7 * (up - 0.05)))
    floor = 0.45 * np.exp(-(((up + 0.75) / 0.3) ** 2))
    horizon = 0.55 * np.exp(-(((up + 0.12) / 0.16) ** 2))
    window = 0.35 * np.exp(-(((up - 0.35) / 0.15) ** 2) - ((side + 0.35) / 0.4) ** 2)
    return np.clip(0.22 + 0.55 * sky + floor - horizon * 0.5 + window, 0, 1).astype(np.float32)


def _mottling(shape: tuple[int, ...]) -> np.ndarray:
    """Return smooth noise around 0 at four scales, the same for every picture of one size."""
    height, width = shape
    random = np.random.default_rng(0)
    total = np.zeros((height, width), np.float32)
    for octave in range(4):
        cells = 6 * 2**octave
        coarse = random.standard_normal((cells, max(1, round(cells * width / height)))).astype(np.float32)
        total += resize(coarse, width, height) / 2 ** (octave / 2)
    return total / max(float(np.abs(total).max()), 1e-6)
