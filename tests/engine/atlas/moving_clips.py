"""Small clips whose every motion and matte is known."""

from dataclasses import dataclass

import cv2
import numpy as np

HEIGHT, WIDTH = 144, 256


@dataclass(frozen=True)
class MovingClip:
    """Frames (T, H, W, 3) uint8, the object's mattes (T, H, W) bool, and what takes frames' pixels to the texture's."""

    frames: np.ndarray
    mattes: np.ndarray
    camera: np.ndarray
    object: np.ndarray


def texture(height: int, width: int, seed: int, low: tuple[int, int, int], high: tuple[int, int, int]) -> np.ndarray:
    """Return a rough texture (H, W, 3) uint8 of several scales, between two colours."""
    random = np.random.default_rng(seed)
    mixed = np.zeros((height, width, 3), np.float32)
    for cell, weight in ((4, 0.3), (10, 0.35), (30, 0.35)):
        cells = random.random((height // cell + 2, width // cell + 2, 3)).astype(np.float32)
        mixed += weight * cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
    mixed = np.clip(0.5 + 1.6 * (mixed - 0.5), 0, 1)
    return (np.array(low) + mixed * (np.array(high) - np.array(low)) + 0.5).astype(np.uint8)


def similarity(x: float, y: float, degrees: float = 0.0, scale: float = 1.0) -> np.ndarray:
    """Return what turns and scales about a frame's middle and then shifts, (3, 3)."""
    middle = np.array([[1, 0, (WIDTH - 1) / 2], [0, 1, (HEIGHT - 1) / 2], [0, 0, 1]])
    turn = np.deg2rad(degrees)
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    return middle @ np.array([[cosine, -sine, x], [sine, cosine, y], [0, 0, 1]]) @ np.linalg.inv(middle)


def moving_clip(
    count: int = 16, speed: float = 2.5, camera_speed: float = 2.0, zoom: float = 1.0, turn: float = 1.0
) -> MovingClip:
    """Return a reddish round thing that goes right and turns, on greenish ground under a camera that goes left."""
    ground = texture(3 * HEIGHT, 3 * WIDTH, 1, (20, 60, 30), (140, 200, 150))
    thing = texture(HEIGHT, WIDTH, 2, (120, 10, 20), (250, 110, 90))
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    shape = (((x - 127.5) / 36) ** 2 + ((y - 71.5) / 26) ** 2 < 1).astype(np.float32)
    frames, mattes, cameras, objects = [], [], [], []
    onto = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for index in range(count):
        place = index - (count - 1) / 2
        camera = similarity(WIDTH, HEIGHT) @ similarity(-camera_speed * place, 0.4 * place, 0, zoom**place)
        to_thing = np.linalg.inv(similarity(speed * place, 0.3 * place, turn * place))
        size = (WIDTH, HEIGHT)
        matte = cv2.warpPerspective(shape, to_thing, size, flags=onto)
        behind = cv2.warpPerspective(ground, camera, size, flags=onto).astype(np.float32)
        before = cv2.warpPerspective(thing, to_thing, size, flags=onto, borderMode=cv2.BORDER_REFLECT)
        frame = behind + matte[..., None] * (before - behind)
        frames.append((frame + 0.5).astype(np.uint8))
        mattes.append(matte > 0.5)
        cameras.append(camera)
        objects.append(to_thing)
    return MovingClip(*(np.stack(part) for part in (frames, mattes, cameras, objects)))
