"""Sequences of stills: folders and patterns, and what is wrong with them."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import UserError
from engine.media.clips import is_clip, open_clip, probe_clip
from engine.media.png import write_png

HEIGHT, WIDTH = 20, 30


def picture(number: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    return np.random.default_rng(number).random((height, width, 3)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shot = tmp_path / "shot"
    shot.mkdir()
    for number in range(998, 1004):
        write_png(shot / f"shot_v02.{number:04}.png", picture(number), 8)
    return shot


def levels(number: int, top: int = 255) -> np.ndarray:
    return np.rint(picture(number) * top)


@pytest.mark.parametrize("name", ["", "shot_v02.%04d.png", "shot_v02.%d.png", "shot_v02.####.png", "shot_v02.#.png"])
def test_frames_come_by_number(folder: Path, name: str) -> None:
    with open_clip(folder / name) as clip:
        info = clip.info
        assert (info.frames, info.first_frame, info.last_frame) == (6, 998, 1003)
        assert (info.width, info.height, info.bits, info.codec) == (WIDTH, HEIGHT, 8, "png")
        assert (info.rate, info.times, info.has_audio, info.timecode) == (Fraction(24), None, False, "")
        for place in (3, 0, 5, 5, 1):
            frame = clip.read(place)
            assert frame.dtype == np.uint8
            assert np.array_equal(frame, levels(info.number(place)))
        for place in (-1, 6):
            with pytest.raises(IndexError):
                clip.read(place)


def test_a_sequence_has_the_rate_that_it_is_given(folder: Path) -> None:
    info = probe_clip(folder, Fraction(30000, 1001))
    assert info.rate == Fraction(30000, 1001)
    assert info.duration == Fraction(6 * 1001, 30000)


def test_numbers_are_ordered_as_numbers(tmp_path: Path) -> None:
    for number in (8, 9, 10, 11):
        write_png(tmp_path / f"{number}.png", picture(number), 8)
    with open_clip(tmp_path) as clip:
        assert clip.info.first_frame == 8
        assert np.array_equal(clip.read(2), levels(10))


def test_a_pattern_of_four_digits_takes_numbers_that_have_outgrown_them(tmp_path: Path) -> None:
    for number in (9999, 10000):
        write_png(tmp_path / f"a.{number}.png", picture(number), 8)
    assert probe_clip(tmp_path / "a.%04d.png").frames == 2


def test_sixteen_bits_are_kept(tmp_path: Path) -> None:
    write_png(tmp_path / "a.1.png", picture(1), 16)
    with open_clip(tmp_path) as clip:
        frame = clip.read(0)
        assert (clip.info.bits, frame.dtype) == (16, np.uint16)
        assert np.array_equal(frame, levels(1, 65535))


def test_other_files_in_the_folder_do_not_matter(folder: Path) -> None:
    (folder / "notes.txt").write_text("take two")
    (folder / ".hidden.0001.png").write_bytes(b"")
    (folder / "old.0001.png").mkdir()
    assert probe_clip(folder).frames == 6


def test_a_damaged_still_gets_its_predecessor(folder: Path) -> None:
    for number, share in ((1000, 0.1), (1001, 0.9)):  # without a whole header, and without the last rows
        path = folder / f"shot_v02.{number}.png"
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with open_clip(folder) as clip:
        assert clip.damaged == (2,)
        assert np.array_equal(clip.read(3), levels(999))
        assert np.array_equal(clip.read(2), levels(999))
        assert np.array_equal(clip.read(4), levels(1002))
        assert clip.damaged == (2, 3)


def test_a_damaged_first_still_gets_its_successor(folder: Path) -> None:
    path = folder / "shot_v02.0998.png"
    path.write_bytes(path.read_bytes()[:200])
    with open_clip(folder) as clip:
        assert clip.info.bits == 8
        assert np.array_equal(clip.read(0), levels(999))


def damage_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (lambda folder: (folder / "shot_v02.1001.png").unlink(), "", "lacks frame 1001; add the missing frames"),
        (lambda folder: (folder / "shot_v02.0999.png").unlink(), "shot_v02.%04d.png", "lacks frame 999;"),
        (
            lambda folder: write_png(folder / "shot_v02.1002.png", picture(1, 21, 31), 8),
            "",
            "shot_v02.1002.png is 31 × 21 pixels and the frames before it 30 × 20; give frames of one size",
        ),
        (lambda folder: write_png(folder / "shot_v02.998.png", picture(1), 8), "", "have the same number"),
        (lambda folder: write_png(folder / "matte.1004.png", picture(1), 8), "", "holds more than one sequence"),
        (lambda folder: write_png(folder / "cover.png", picture(1), 8), "", "has no frame number in its name"),
        (lambda folder: [path.unlink() for path in folder.iterdir()], "", "holds no pictures; choose a folder of PNG"),
        (lambda folder: None, "shot.%04d.png", "No files are named like"),
        (shutil.rmtree, "shot.%04d.png", "cannot be read; check its name and permissions"),
        (shutil.rmtree, "", "There is no file"),
        (damage_all, "", "is damaged or cut short"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    folder: Path, spoil: Callable[[Path], object], name: str, words: str
) -> None:
    spoil(folder)
    with pytest.raises(UserError, match=words) as refusal, open_clip(folder / name) as clip:
        clip.read(0)
    assert "\n" not in str(refusal.value)


def test_jpegs_are_turned_upright(tmp_path: Path) -> None:
    rows = np.mgrid[:32, :48][0].astype(np.uint8) * 7
    cv2.imwrite(str(tmp_path / "1.jpg"), rows)
    with open_clip(tmp_path) as clip:
        assert np.abs(clip.read(0)[..., 0].astype(int) - rows).max() <= 2


def test_clips_are_known_by_their_looks(folder: Path, tmp_path: Path) -> None:
    still = folder / "shot_v02.1001.png"
    assert is_clip(folder)
    assert is_clip(folder / "shot_v02.%04d.png")
    assert is_clip(Path("holiday.MP4"))
    assert not is_clip(still)
    assert not is_clip(tmp_path)
    assert not is_clip(tmp_path / "missing")


def test_a_still_is_no_clip(folder: Path) -> None:
    with pytest.raises(UserError, match="is a still"):
        open_clip(folder / "shot_v02.1001.png")
