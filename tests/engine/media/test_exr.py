"""Reading OpenEXR pictures, written by the official library as other programs write them."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from engine.errors import UserError
from engine.media.clips import open_clip
from engine.media.stills import picture_size, read_mask, read_still

HEIGHT, WIDTH = 20, 30
HEADER = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}


def light(channels: int = 4, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((HEIGHT, WIDTH, channels), dtype=np.float32)


def write(path: Path, channels: dict[str, np.ndarray], **header: object) -> Path:
    OpenEXR.File({**HEADER, **header}, channels).write(str(path))
    return path


def window(left: int, top: int, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array([left, top], np.int32), np.array([left + width - 1, top + height - 1], np.int32)


def display(linear: np.ndarray) -> np.ndarray:
    values = np.maximum(linear.astype(np.float64), 1e-12)
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(("kind", "bits", "tolerance"), [(np.float16, 16, 1e-3), (np.float32, 32, 2e-6)])
def test_premultiplied_light_becomes_straight_display_values(
    tmp_path: Path, kind: type, bits: int, tolerance: float
) -> None:
    straight = light()
    straight[..., 3] = 0.25 + 0.75 * straight[..., 3]
    stored = straight.copy()
    stored[..., :3] *= straight[..., 3:]
    still = read_still(write(tmp_path / "白鳥.exr", {"RGBA": stored.astype(kind)}))
    assert still.bits == bits
    assert still.alpha is not None
    np.testing.assert_allclose(still.rgb, display(straight[..., :3]), atol=tolerance)
    np.testing.assert_allclose(still.alpha, straight[..., 3], atol=tolerance)


def test_what_is_brighter_than_white_is_clipped_and_what_is_no_number_is_black(tmp_path: Path) -> None:
    stored = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    stored[0, :4, 0] = (7, -1, np.nan, np.inf)
    still = read_still(write(tmp_path / "a.exr", {"RGB": stored}))
    assert still.alpha is None
    np.testing.assert_allclose(still.rgb[0, :5, 0], [1, 0, 0, 1, display(np.array(0.5))], atol=1e-6)


def test_gray_is_read_from_its_luminance(tmp_path: Path) -> None:
    stored = light(1)[..., 0]
    still = read_still(write(tmp_path / "a.exr", {"Y": stored}))
    np.testing.assert_allclose(still.rgb, np.dstack([display(stored)] * 3), atol=2e-6)


def test_a_mask_is_data(tmp_path: Path) -> None:
    stored = light(1)[..., 0]
    write(tmp_path / "a.exr", {"RGB": np.dstack([stored] * 3)})
    np.testing.assert_allclose(read_mask(tmp_path / "a.exr", WIDTH, HEIGHT), stored, atol=1e-6)


def test_other_primaries_are_converted(tmp_path: Path) -> None:
    aces_cg = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
    patches = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    # The colour (0.2, 0.5, 0.3) of Rec.709, by the published matrix of ACES 1.3; and a gray.
    patches[:, :15], patches[:, 15:] = (0.306595, 0.476252, 0.319853), 0.4
    rgb = read_still(write(tmp_path / "a.exr", {"RGB": patches}, chromaticities=aces_cg)).rgb
    np.testing.assert_allclose(rgb[0, 0], display(np.array([0.2, 0.5, 0.3])), atol=1e-3)
    np.testing.assert_allclose(rgb[0, 20], display(np.full(3, 0.4)), atol=1e-4)


@pytest.mark.parametrize(
    ("left", "top"), [(0, 0), (3, 2), (-4, -5), (40, 5), (-100, -100)], ids=lambda value: str(value)
)
def test_the_display_window_is_the_picture(tmp_path: Path, left: int, top: int) -> None:
    stored = np.ones((HEIGHT, WIDTH, 4), np.float32)
    path = write(
        tmp_path / "a.exr",
        {"RGBA": stored},
        dataWindow=window(10 + left, 20 + top, WIDTH, HEIGHT),
        displayWindow=window(10, 20, 36, 28),
    )
    expected = np.zeros((28, 36))
    expected[max(top, 0) : max(top + HEIGHT, 0), max(left, 0) : max(left + WIDTH, 0)] = 1
    assert picture_size(path) == (36, 28)
    still = read_still(path)
    np.testing.assert_array_equal(still.alpha, expected)
    np.testing.assert_allclose(still.rgb[..., 1], expected, atol=1e-6)


def test_passes_beside_the_main_picture_are_left_alone(tmp_path: Path) -> None:
    main, other = light(3), light(4, 2)
    plain = read_still(write(tmp_path / "plain.exr", {"RGB": main}))
    still = read_still(write(tmp_path / "a.exr", {"RGB": main, "fg": other, "matte.A": other[..., 3].copy()}))
    np.testing.assert_array_equal(still.rgb, plain.rgb)
    assert still.alpha is None


def test_the_main_picture_is_found_among_parts(tmp_path: Path) -> None:
    depth = OpenEXR.Part({**HEADER}, {"Z": light(1)[..., 0]}, "depth")
    main = OpenEXR.Part({**HEADER}, {"RGBA": np.ones((HEIGHT, WIDTH, 4), np.float16)}, "rgba")
    OpenEXR.File([depth, main]).write(str(tmp_path / "a.exr"))
    assert read_still(tmp_path / "a.exr").rgb.min() == pytest.approx(1)


@pytest.mark.parametrize(
    ("channels", "sentence"),
    [
        ({"ViewLayer.Combined": light(), "ViewLayer.Depth.Z": light(1)[..., 0]}, "layers are ViewLayer.Combined, View"),
        ({"Z": light(1)[..., 0]}, r"layers are Z\)"),
        ({"RGB": np.ones((HEIGHT, WIDTH, 3), np.uint32)}, "of whole numbers"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_layers(
    tmp_path: Path, channels: dict[str, np.ndarray], sentence: str
) -> None:
    with pytest.raises(UserError, match=rf"a\.exr is an OpenEXR .*{sentence}.*; save it as one gray, RGB or CMYK"):
        read_still(write(tmp_path / "a.exr", channels))


def test_a_sound_header_that_reaches_far_beyond_its_frame_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.exr", {"Y": light(1)[..., 0]})
    data = path.read_bytes()
    small, vast = (
        b"".join(corner.tobytes() for corner in window(0, 0, *size)) for size in ((WIDTH, HEIGHT), (90_000,) * 2)
    )
    path.write_bytes(data.replace(small, vast, 1))  # the data window comes first
    with pytest.raises(UserError, match="reaches far beyond its frame"):
        picture_size(path)


def test_a_sequence_is_a_clip(tmp_path: Path) -> None:
    for number in (1001, 1002, 1003):
        level = np.full((HEIGHT, WIDTH, 3), (number - 1000) / 4, np.float16)
        write(tmp_path / f"shot.{number}.exr", {"RGB": level})
    with open_clip(tmp_path, Fraction(25)) as clip:
        assert (clip.info.first_frame, clip.info.frames, clip.info.bits, clip.info.codec) == (1001, 3, 16, "exr")
        np.testing.assert_allclose(clip.read(2) / 65535, display(np.array(0.75)), atol=1e-4)
