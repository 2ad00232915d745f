"""TIFF files, read again by other libraries than the one that writes them."""

import errno
import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from engine.errors import UserError
from engine.media.stills import read_still
from engine.media.tiff import write_tiff


def random_picture(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).random(shape, dtype=np.float32)


def read_by_another_library(path: Path, bits: int) -> np.ndarray:
    if bits == 8:  # of 8 bits, OpenCV multiplies the colour by the alpha
        with Image.open(path) as image:
            return np.asarray(image)
    samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return samples if samples.ndim == 2 else samples[..., [2, 1, 0, 3][: samples.shape[2]]]


@pytest.mark.parametrize("channels", [(), (3,), (4,)])
@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16)])
def test_another_library_reads_the_same_samples(
    tmp_path: Path, channels: tuple[int, ...], bits: int, dtype: type
) -> None:
    picture = random_picture(20, 30, *channels)
    write_tiff(tmp_path / "a.tif", picture, bits)
    decoded = read_by_another_library(tmp_path / "a.tif", bits)
    assert decoded.dtype == dtype
    np.testing.assert_array_equal(decoded, np.rint(picture * np.iinfo(dtype).max))


@pytest.mark.parametrize(("premultiplied", "tag"), [(False, 2), (True, 1)])
def test_alpha_is_declared_and_colour_is_tagged_as_srgb(tmp_path: Path, premultiplied: bool, tag: int) -> None:
    write_tiff(tmp_path / "a.tif", random_picture(20, 30, 4), 8, premultiplied)
    with Image.open(tmp_path / "a.tif") as image:
        assert image.tag_v2[338] == (tag,)  # ExtraSamples
        assert image.tag_v2[259] == 8  # zlib
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_our_own_reader_gives_straight_colour_back_either_way(tmp_path: Path) -> None:
    layer = random_picture(20, 30, 4)
    layer[..., 3] = 0.25 + 0.75 * layer[..., 3]
    premultiplied = layer.copy()
    premultiplied[..., :3] *= layer[..., 3:]
    write_tiff(tmp_path / "straight.tif", layer)
    write_tiff(tmp_path / "premultiplied.tif", premultiplied, 16, premultiplied=True)
    for name in ("straight.tif", "premultiplied.tif"):
        still = read_still(tmp_path / name)
        assert still.alpha is not None
        np.testing.assert_allclose(still.rgb, layer[..., :3], atol=5 / 65535)
        np.testing.assert_allclose(still.alpha, layer[..., 3], atol=1 / 65535)


def test_a_full_disk_keeps_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_tiff(tmp_path / "a.tif", np.zeros((20, 30), np.float32))
    before = (tmp_path / "a.tif").read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="no room left"):
        write_tiff(tmp_path / "a.tif", random_picture(20, 30, 4))
    assert (tmp_path / "a.tif").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


PICTURE = random_picture(24, 32, 4)


@pytest.mark.parametrize(
    ("dtype", "scale", "bits", "tolerance"),
    [
        (np.uint8, 255, 8, 1 / 255),
        (np.uint16, 65535, 16, 1 / 65535),
        (np.uint32, 2**32 - 1, 32, 1e-6),
        (np.float16, 1, 16, 1e-3),
        (np.float32, 1, 32, 0),
        (np.float64, 1, 64, 0),
    ],
)
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_every_depth_is_read(
    tmp_path: Path, dtype: type, scale: float, bits: int, tolerance: float, planar: str
) -> None:
    samples = (PICTURE.astype(np.float64) * scale).astype(dtype)
    stored = samples if planar == "contig" else np.moveaxis(samples, -1, 0)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar, extrasamples=["unassalpha"])
    still = read_still(tmp_path / "a.tif")
    assert still.bits == bits
    assert still.alpha is not None
    np.testing.assert_allclose(still.rgb, PICTURE[..., :3], atol=tolerance)
    np.testing.assert_allclose(still.alpha, PICTURE[..., 3], atol=tolerance)


@pytest.mark.parametrize("compression", ["lzw", "zlib", "packbits", "lzma", None])
def test_common_compressions_are_read(tmp_path: Path, compression: str | None) -> None:
    samples = np.rint(PICTURE[..., :3] * 255).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="rgb", compression=compression)
    np.testing.assert_allclose(read_still(tmp_path / "a.tif").rgb * 255, samples, atol=1e-4)


def test_jpeg_inside_a_tiff_is_read(tmp_path: Path) -> None:
    smooth = cv2.resize(PICTURE[:4, :4, :3], (64, 48), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    Image.fromarray((smooth * 255).astype(np.uint8)).save(tmp_path / "a.tif", compression="jpeg", quality=95)
    np.testing.assert_allclose(read_still(tmp_path / "a.tif").rgb, smooth, atol=0.06)


def test_gray_with_white_as_zero_is_turned_round_but_not_its_alpha(tmp_path: Path) -> None:
    samples = np.rint(PICTURE[..., 2:] * 255).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="miniswhite", extrasamples=["unassalpha"])
    still = read_still(tmp_path / "a.tif")
    np.testing.assert_allclose(still.rgb[..., 0], 1 - samples[..., 0] / 255, atol=1e-6)
    np.testing.assert_allclose(still.alpha, samples[..., 1] / 255, atol=1e-6)


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "I;16"])
def test_what_another_library_writes_is_read(tmp_path: Path, mode: str) -> None:
    levels = np.rint(PICTURE[..., :3] * 255).astype(np.uint8)
    image = Image.fromarray(levels) if mode in ("P", "CMYK") else Image.fromarray(levels[..., 0])
    if mode == "P":
        image = image.quantize(17)
    elif mode == "I;16":
        image = Image.fromarray(levels[..., 0].astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    image.save(tmp_path / "a.tif")
    expected = levels[..., :1].repeat(3, 2) if mode == "I;16" else np.asarray(image.convert("RGB"))
    np.testing.assert_allclose(read_still(tmp_path / "a.tif").rgb, expected / 255, atol=1e-6)


def test_a_palette_of_two_colours_in_one_bit_a_pixel_is_read(tmp_path: Path) -> None:
    places = np.random.default_rng(1).random((24, 32)) > 0.5
    palette = (320, "H", 6, (0, 65280, 257, 0, 0, 514), True)
    tifffile.imwrite(tmp_path / "a.tif", places, photometric="minisblack", extratags=[palette])
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tiff:
        tiff.pages.first.tags["PhotometricInterpretation"].overwrite(3)  # which the writer refuses for one bit
    expected = np.where(places[..., None], [255, 0, 2], [0, 1, 0])
    np.testing.assert_allclose(read_still(tmp_path / "a.tif").rgb * 255, expected, atol=1e-4)


def test_the_whole_range_of_12_bits_is_used(tmp_path: Path) -> None:
    levels = np.full((24, 32), 4095, np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", levels, photometric="minisblack", compression="none")
    path = tmp_path / "a.tif"
    packed = np.full(24 * 32 * 12 // 8, 255, np.uint8)
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tags = tiff.pages.first.tags
        offset = tags["StripOffsets"].value[0]
        tags["BitsPerSample"].overwrite(12)
        tags["StripByteCounts"].overwrite(packed.size)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(packed.tobytes())
    still = read_still(path)
    assert still.bits == 12
    np.testing.assert_array_equal(still.rgb, np.ones((24, 32, 3)))


def test_numbers_that_are_none_are_read_as_black_or_white(tmp_path: Path) -> None:
    samples = np.full((24, 32, 3), 0.5, np.float32)
    samples[0, :4, 0] = (np.nan, np.inf, -np.inf, 7)
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="rgb")
    np.testing.assert_array_equal(read_still(tmp_path / "a.tif").rgb[0, :5, 0], [0, 1, 0, 1, 0.5])


@pytest.mark.parametrize(
    ("samples", "photometric"),
    [
        (np.zeros((24, 32, 3), np.uint8), "cielab"),
        (np.zeros((24, 32), np.int16), "minisblack"),
        (np.zeros((24, 32), np.complex64), "minisblack"),
        (np.zeros((24, 32, 9), np.uint8), "minisblack"),
    ],
)
def test_other_kinds_are_refused_in_words(tmp_path: Path, samples: np.ndarray, photometric: str) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", samples, photometric=photometric, planarconfig="contig" if samples.ndim == 3 else None
    )
    with pytest.raises(UserError, match=r"a\.tif is a (TIFF|stack) .*; save it as one gray, RGB or CMYK picture first"):
        read_still(tmp_path / "a.tif")


def test_the_first_page_of_several_is_read(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(np.full((24, 32, 3), 255, np.uint8), photometric="rgb")
        writer.write(np.zeros((48, 64, 3), np.uint8), photometric="rgb")
    assert read_still(tmp_path / "a.tif").rgb.mean() == 1
