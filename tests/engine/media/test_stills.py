"""Reading stills and masks of all kinds, sound and broken."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import OpenEXR
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from engine.errors import UserError
from engine.media.stills import MAX_PIXELS, picture_size, read_mask, read_still
from tests.engine.media.profiles import ADOBE_GAMMA, ADOBE_RGB, DISPLAY_P3, as_srgb, gray_profile, rgb_profile

HEIGHT, WIDTH = 20, 30
ROOT = Path(__file__).parents[3]


def levels(*channels: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, *channels), np.uint8)


def smooth_levels() -> np.ndarray:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([rows * 12, columns * 8, (rows + columns) * 5], axis=-1).astype(np.uint8)


def saved(image: Image.Image, kind: str, **settings_: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **settings_)
    return buffer.getvalue()


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    """Return a PNG with one more chunk after its header."""
    body = name + content
    return png[:33] + struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body)) + png[33:]


# Every kind, and orientation


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_lossless_colour_is_read_exactly(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(saved(Image.fromarray(levels(3)), kind, **({"lossless": True} if kind == "WEBP" else {})))
    still = read_still(path)
    assert (still.bits, still.path, still.alpha) == (8, path, None)
    assert still.rgb.dtype == np.float32
    assert still.rgb.flags.c_contiguous
    np.testing.assert_allclose(still.rgb * 255, levels(3), atol=1e-4)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_straight_alpha_is_read_exactly(tmp_path: Path, kind: str) -> None:
    exact = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    (tmp_path / "picture").write_bytes(saved(Image.fromarray(levels(4)), kind, **exact))
    still = read_still(tmp_path / "picture")
    assert still.alpha is not None
    np.testing.assert_allclose(np.dstack([still.rgb, still.alpha]) * 255, levels(4), atol=1e-4)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpegs_are_read_as_another_library_reads_them(tmp_path: Path, mode: str) -> None:
    data = saved(Image.fromarray(smooth_levels()).convert(mode), "JPEG", quality=92)
    (tmp_path / "a.jpg").write_bytes(data)
    other = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    still = read_still(tmp_path / "a.jpg")
    assert still.rgb.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_allclose(still.rgb * 255, other, atol=1.01)


def test_a_cmyk_jpeg_becomes_colour(tmp_path: Path) -> None:
    patches = np.zeros((32, 64, 4), np.uint8)  # cyan, then magenta and yellow, on 8-pixel blocks
    patches[:, :32, 0], patches[:, 32:, 1:3] = 255, 255
    Image.fromarray(patches, "CMYK").save(tmp_path / "a.jpg", quality=95)
    rgb = read_still(tmp_path / "a.jpg").rgb
    np.testing.assert_allclose(rgb[16, 8], (0, 1, 1), atol=0.03)
    np.testing.assert_allclose(rgb[16, 56], (1, 0, 0), atol=0.03)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_8_bit_png_is_read_as_another_library_converts_it(tmp_path: Path, mode: str) -> None:
    image = (
        Image.fromarray(levels(4)).convert("RGB").quantize(9)
        if mode == "P"
        else Image.fromarray(levels(4)).convert(mode)
    )
    image.save(tmp_path / "a.png")
    still = read_still(tmp_path / "a.png")
    np.testing.assert_allclose(still.rgb * 255, np.asarray(image.convert("RGBA"))[..., :3], atol=1e-4)
    assert (still.alpha is not None) == mode.endswith("A")


def test_a_palette_keeps_its_transparency(tmp_path: Path) -> None:
    image = Image.fromarray(np.tile(np.uint8([0, 1]), (HEIGHT, WIDTH // 2)), "P")
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.save(tmp_path / "a.png", transparency=b"\x80\xff")
    still = read_still(tmp_path / "a.png")
    assert still.alpha is not None
    np.testing.assert_allclose(still.rgb[0, :2] * 255, [[10, 20, 30], [200, 100, 50]], atol=1e-4)
    np.testing.assert_allclose(still.alpha[0, :2] * 255, [128, 255], atol=1e-4)


@pytest.mark.parametrize("channels", [(), (2,), (3,), (4,)])
def test_16_bit_png_keeps_all_its_bits(tmp_path: Path, channels: tuple[int, ...]) -> None:
    deep = np.random.default_rng(1).integers(0, 65536, (HEIGHT, WIDTH, *channels), np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(deep))
    still = read_still(tmp_path / "a.png")
    assert still.bits == 16
    samples = deep.reshape(HEIGHT, WIDTH, -1)
    colours = 3 if samples.shape[2] >= 3 else 1
    np.testing.assert_array_equal(np.rint(still.rgb[..., :colours] * 65535), samples[..., :colours])
    if samples.shape[2] > colours:
        assert still.alpha is not None
        np.testing.assert_array_equal(np.rint(still.alpha * 65535), samples[..., -1])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_orientation_is_turned_upright(tmp_path: Path, kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "picture"
    path.write_bytes(saved(Image.fromarray(smooth_levels()), kind, exif=exif))
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    still = read_still(path)
    assert picture_size(path) == (still.rgb.shape[1], still.rgb.shape[0])
    assert still.rgb.flags.c_contiguous
    np.testing.assert_allclose(still.rgb * 255, expected, atol=1e-4)


def test_alpha_is_turned_with_the_colour(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(levels(4)).save(tmp_path / "a.png", exif=exif)
    still = read_still(tmp_path / "a.png")
    assert still.alpha is not None
    np.testing.assert_allclose(still.alpha * 255, np.rot90(levels(4)[..., 3], -1), atol=1e-4)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"Exif\0\0rubbish", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"Exif\0\0"])
def test_damaged_exif_data_does_not_hide_the_picture(tmp_path: Path, exif: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(Image.fromarray(smooth_levels()), "JPEG", exif=exif))
    assert read_still(tmp_path / "a.jpg").rgb.shape == (HEIGHT, WIDTH, 3)


# Colour profiles


@pytest.mark.parametrize(("primaries", "gamma"), [(DISPLAY_P3, None), (ADOBE_RGB, ADOBE_GAMMA)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", ["png", "tif"])
def test_an_embedded_profile_is_converted(
    tmp_path: Path, kind: str, dtype: type, primaries: tuple[tuple[float, float], ...], gamma: float | None
) -> None:
    samples = levels(3).astype(dtype) * (257 if dtype is np.uint16 else 1)
    profile = rgb_profile(primaries, gamma)
    path = tmp_path / f"a.{kind}"
    if kind == "tif":
        tifffile.imwrite(path, samples, photometric="rgb", iccprofile=profile)
    else:
        chunk = b"profile\0\0" + zlib.compress(profile)
        path.write_bytes(with_chunk(imagecodecs.png_encode(samples), b"iCCP", chunk))
    expected = as_srgb(levels(3) / 255, primaries, gamma)
    np.testing.assert_allclose(read_still(path).rgb, expected, atol=0.0025)
    assert np.abs(read_still(path).rgb - levels(3) / 255).max() > 0.05


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_lossy_photograph_with_a_profile_is_converted(tmp_path: Path, kind: str) -> None:
    profile = rgb_profile(DISPLAY_P3, None)
    for name, more in (("plain", {}), ("wide", {"icc_profile": profile})):
        (tmp_path / name).write_bytes(saved(Image.fromarray(smooth_levels()), kind, **more))
    plain, wide = (read_still(tmp_path / name).rgb for name in ("plain", "wide"))
    np.testing.assert_allclose(wide, as_srgb(plain, DISPLAY_P3, None), atol=0.0025)


# Refusals


def make_text(path: Path) -> None:
    path.write_text("This is a shopping list: milk, bread, butter.\n" * 20)


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_folder(path: Path) -> None:
    path.mkdir()


def make_nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_nothing, "There is no file"),
        (make_empty, "is empty"),
        (make_text, "is not a picture of a known kind"),
        pytest.param(
            make_folder,
            "is a folder",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows says that permission is denied"),
        ),
    ],
)
@pytest.mark.parametrize("read", [read_still, picture_size])
def test_what_is_no_picture_is_refused(
    tmp_path: Path, make: Callable[[Path], None], words: str, read: Callable[[Path], object]
) -> None:
    make(tmp_path / "a.jpg")
    with pytest.raises(UserError, match=words) as caught:
        read(tmp_path / "a.jpg")
    assert str(tmp_path / "a.jpg") in str(caught.value)
    assert "\n" not in str(caught.value)


def sound_files() -> dict[str, bytes]:
    image = Image.fromarray(smooth_levels()).resize((96, 64))
    deep = np.asarray(image).astype(np.uint16) * 257
    tiff = io.BytesIO()
    tifffile.imwrite(tiff, deep, photometric="rgb", compression="zlib")
    plain_tiff = io.BytesIO()
    tifffile.imwrite(plain_tiff, deep, photometric="rgb")
    exr = io.BytesIO()
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION}, {"RGB": (deep / 65535).astype(np.float16)}).write(exr)
    return {
        "jpeg": saved(image, "JPEG", icc_profile=rgb_profile(DISPLAY_P3, None)),
        "progressive jpeg": saved(image, "JPEG", progressive=True),
        "png": saved(image, "PNG", icc_profile=rgb_profile(DISPLAY_P3, None)),
        "palette png": saved(image.quantize(12), "PNG"),
        "16-bit png": imagecodecs.png_encode(deep),
        "tiff": tiff.getvalue(),
        "plain tiff": plain_tiff.getvalue(),
        "webp": saved(image, "WEBP"),
        "bmp": saved(image, "BMP"),
        "exr": exr.getvalue(),
    }


SOUND = sound_files()


@pytest.mark.parametrize("kind", SOUND)
@pytest.mark.parametrize("kept", [0.97, 0.6, 0.1])
def test_a_file_cut_short_is_refused(tmp_path: Path, kind: str, kept: float) -> None:
    data = SOUND[kind]
    (tmp_path / "a.png").write_bytes(data)
    assert read_still(tmp_path / "a.png").rgb.shape == (64, 96, 3)
    (tmp_path / "a.png").write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(UserError, match="damaged or cut short"):
        read_still(tmp_path / "a.png")


@pytest.mark.parametrize("kind", SOUND)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_damaged_file_is_read_or_refused_but_never_a_bug(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    damaged = bytearray(SOUND[kind])
    places = st.integers(0, len(damaged) - 1)
    # Headers hold the sizes, offsets and kinds, so most of the damage is done there.
    for place in data.draw(st.lists(st.one_of(st.integers(0, 120), places), min_size=1, max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bytes(damaged[: data.draw(st.one_of(st.just(len(damaged)), places))]))
    try:
        still = read_still(path)
    except UserError:
        return
    assert still.rgb.ndim == 3
    assert np.isfinite(still.rgb).all()
    assert 0 <= still.rgb.min() <= still.rgb.max() <= 1
    assert picture_size(path) == (still.rgb.shape[1], still.rgb.shape[0])


@pytest.mark.parametrize("decoder", ["imagecodecs", "tifffile"])
def test_decoders_leave_standard_error_to_the_caller(decoder: str) -> None:
    code = f"import logging, engine.media.stills; logging.getLogger({decoder!r}).warning('PNG warning: CRC error')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stderr == ""


@given(st.binary(max_size=300), st.sampled_from([b"", *(data[:8] for data in SOUND.values())]))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(start + rest)
    with pytest.raises(UserError):
        read_still(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_a_tiny_picture_is_refused(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    (tmp_path / "a").write_bytes(saved(Image.new("RGB", size), kind))
    with pytest.raises(UserError, match=f"only {size[0]} × {size[1]} pixels.* at least 16"):
        read_still(tmp_path / "a")


def test_the_smallest_picture_is_taken(tmp_path: Path) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png")
    assert read_still(tmp_path / "a.png").rgb.shape == (16, 16, 3)


def huge(kind: str) -> bytes:
    """Return a file whose header says 10,000 × 6,000, and which holds next to nothing."""
    if kind == "png":
        header = b"IHDR" + struct.pack(">II5B", 10_000, 6_000, 8, 2, 0, 0, 0)
        data = b"\0\0\0\x04IDATxxxx"
        return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\r" + header + struct.pack(">I", zlib.crc32(header)) + data
    if kind == "jpeg":
        small = saved(Image.new("RGB", (32, 16)), "JPEG")
        return small.replace(struct.pack(">HH", 16, 32), struct.pack(">HH", 6_000, 10_000), 1)
    if kind == "bmp":
        return saved(Image.new("RGB", (32, 16)), "BMP").replace(
            struct.pack("<ii", 32, 16), struct.pack("<ii", 10_000, 6_000)
        )
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((16, 32), np.uint8))
    buffer.seek(0)
    with tifffile.TiffFile(buffer, mode="r+") as tiff:
        tiff.pages.first.tags["ImageWidth"].overwrite(10_000)
        tiff.pages.first.tags["ImageLength"].overwrite(6_000)
        return buffer.getvalue()


@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "tiff"])
@pytest.mark.parametrize("read", [read_still, picture_size])
def test_a_huge_picture_is_refused_by_its_header_alone(
    tmp_path: Path, kind: str, read: Callable[[Path], object]
) -> None:
    (tmp_path / "a").write_bytes(huge(kind))
    with pytest.raises(UserError, match=r"60\.0 megapixels \(10000 × 6000\).* limit is 50"):
        read(tmp_path / "a")
    assert MAX_PIXELS == 50_000_000


# Masks


@pytest.mark.parametrize("alpha", [False, True])
def test_a_masks_luminance_counts_with_or_without_alpha(tmp_path: Path, alpha: bool) -> None:
    gray = levels()
    other = np.flip(gray)
    Image.fromarray(np.dstack([gray, other]) if alpha else gray).save(tmp_path / "a.png")
    mask = read_mask(tmp_path / "a.png", WIDTH, HEIGHT)
    assert mask.dtype == np.float32
    np.testing.assert_allclose(mask * 255, gray, atol=1e-3)


def test_a_mask_in_colour_is_weighed(tmp_path: Path) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    picture[:10] = (255, 255, 255, 0)
    picture[10:, :15] = (0, 255, 0, 255)
    Image.fromarray(picture).save(tmp_path / "a.png")
    mask = read_mask(tmp_path / "a.png", WIDTH, HEIGHT)
    np.testing.assert_allclose(mask[[0, -1, -1], [0, 0, -1]], [1, 0.7152, 0], atol=1e-5)
    assert mask.max() <= 1


def test_a_mask_of_two_levels_stays_exact(tmp_path: Path) -> None:
    picture = np.where(levels() > 127, 255, 0).astype(np.uint8)
    for kind in ("L", "1", "RGB"):
        Image.fromarray(picture).convert(kind).save(tmp_path / "a.png")
        np.testing.assert_array_equal(read_mask(tmp_path / "a.png", WIDTH, HEIGHT), picture > 127)


def test_a_masks_profile_is_left_alone(tmp_path: Path) -> None:
    Image.fromarray(levels()).save(tmp_path / "a.png", icc_profile=gray_profile(1.0))
    np.testing.assert_allclose(read_mask(tmp_path / "a.png", WIDTH, HEIGHT) * 255, levels(), atol=1e-3)


def test_a_16_bit_mask_keeps_its_steps(tmp_path: Path) -> None:
    deep = np.full((HEIGHT, WIDTH), 12_345, np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(deep))
    np.testing.assert_allclose(read_mask(tmp_path / "a.png", WIDTH, HEIGHT), 12_345 / 65535, atol=1e-6)


def test_a_mask_of_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    Image.fromarray(levels()).save(tmp_path / "a.png")
    with pytest.raises(UserError, match="is 30 × 20 pixels and its picture 60 × 40"):
        read_mask(tmp_path / "a.png", 60, 40)


def test_a_damaged_mask_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(SOUND["png"][:300])
    with pytest.raises(UserError, match="damaged or cut short"):
        read_mask(tmp_path / "a.png", 96, 64)
