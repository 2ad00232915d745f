import cv2
import numpy as np

from engine.atlas.motion.camera import camera_motion, object_motion
from engine.atlas.motion.flow import Flows
from engine.atlas.motion.links import transformed
from tests.engine.atlas.moving_clips import HEIGHT, WIDTH, moving_clip, texture

CORNERS = np.array([[0, 0], [WIDTH - 1, 0], [WIDTH - 1, HEIGHT - 1], [0, HEIGHT - 1]], np.float64)


def errors(found: np.ndarray, true: np.ndarray, points: np.ndarray, reference: int) -> np.ndarray:
    """Return how far ``points`` of each frame land from where they should in the reference frame."""
    return np.array(
        [
            np.linalg.norm(
                transformed(np.linalg.inv(found[reference]) @ ours, points)
                - transformed(np.linalg.inv(true[reference]) @ theirs, points),
                axis=1,
            ).mean()
            for ours, theirs in zip(found, true, strict=True)
        ]
    )


def turning_frames(degrees: float, count: int) -> np.ndarray:
    """Return frames of a camera with a wide lens that turns about itself inside a painted cylinder."""
    wall = texture(400, 1600, 5, (10, 10, 40), (250, 220, 200))
    x, y = np.meshgrid(np.arange(WIDTH) - WIDTH / 2, np.arange(HEIGHT) - HEIGHT / 2)
    focal = 0.7 * WIDTH
    frames = []
    for turn in np.deg2rad(np.linspace(-degrees / 2, degrees / 2, count)):
        angle, rise = np.arctan2(x, focal) + turn, y / np.hypot(x, focal)
        places = np.stack([800 + 300 * angle, 200 + 300 * rise], -1).astype(np.float32)
        frames.append(cv2.remap(wall, places, None, cv2.INTER_LINEAR))
    return np.stack(frames)


def reach(motion: np.ndarray) -> np.ndarray:
    """Return the width and height that the frames take on the reference, in frames."""
    ends = np.concatenate([transformed(matrix, CORNERS) for matrix in motion])
    return (ends.max(0) - ends.min(0)) / (WIDTH, HEIGHT)


def test_camera_motion_is_the_known_one_with_masks_and_without():
    clip = moving_clip(20, zoom=1.01)
    flows = Flows(clip.frames)
    for masks in (clip.mattes, None):
        found = camera_motion(clip.frames, flows, masks)
        assert np.allclose(found[10], np.eye(3), atol=1e-9)
        assert errors(found, clip.camera, CORNERS, 10).max() < 1.5


def test_object_motion_is_the_known_one():
    clip = moving_clip(16)
    found = object_motion(Flows(clip.frames), clip.mattes)
    y, x = np.nonzero(clip.mattes[8])
    inner = np.stack([x, y], 1)[::40].astype(np.float64)
    assert errors(found, clip.object, inner, 8).max() < 2


def test_object_motion_goes_on_across_frames_that_hide_it():
    clip = moving_clip(16, speed=1.5, turn=0)
    frames, mattes = clip.frames.copy(), clip.mattes.copy()
    frames[6:9], mattes[6:9] = (90, 90, 90), False
    found = object_motion(Flows(frames), mattes)
    middle = np.array([[127.5 - 8, 71.5]])
    assert errors(found, clip.object, middle, 12).max() < 2.5


def test_object_motion_of_nothing_is_none():
    clip = moving_clip(3)
    assert np.array_equal(object_motion(Flows(clip.frames), np.zeros_like(clip.mattes)), np.tile(np.eye(3), (3, 1, 1)))


def test_a_turning_camera_stays_bounded():
    frames = turning_frames(150, 48)
    found = camera_motion(frames, Flows(frames), None)
    width, height = reach(found)
    assert 1.9 < width < 5  # the turn is 2.1 lenses wide, besides the frame itself
    assert height < 2.5


def test_a_zoom_that_goes_on_stays_bounded():
    clip = moving_clip(40, zoom=1.08, camera_speed=0)
    found = camera_motion(clip.frames, Flows(clip.frames), clip.mattes)
    assert reach(found).max() < 5
    sizes = np.sqrt(np.abs(np.linalg.det(found[:, :2, :2])))
    assert (np.diff(sizes) > -0.02).all()  # it still grows from frame to frame


def test_frames_without_texture_keep_still():
    frames = np.full((5, HEIGHT, WIDTH, 3), 128, np.uint8)
    assert np.isfinite(camera_motion(frames, Flows(frames), None)).all()
