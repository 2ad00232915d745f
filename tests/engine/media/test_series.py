from pathlib import Path

import numpy as np
import pytest

from engine.media.clips import probe_clip
from engine.media.png import write_png
from engine.media.series import are_one_series, series_of


def write(folder: Path, *names: str, width: int = 32) -> None:
    for name in names:
        write_png(folder / name, np.zeros((24, width, 3), np.float32), 8)


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["a.0998.png", "a.0999.png", "a.1000.png"], "a.%04d.png"),
        (["8.png", "9.png", "10.png"], "%d.png"),
        (["00008.png", "00009.png", "00010.png"], "%05d.png"),
        (["shot 2 - 007 end.png", "shot 2 - 008 end.png", "shot 2 - 009 end.png"], "shot 2 - %03d end.png"),
    ],
)
def test_a_numbered_still_belongs_to_its_series(tmp_path: Path, names: list[str], pattern: str) -> None:
    write(tmp_path, *names, "other.png")
    for name in names:
        assert series_of(tmp_path / name) == tmp_path / pattern
    assert probe_clip(tmp_path / pattern).frames == 3
    assert series_of(tmp_path / "other.png") is None


def test_stills_that_make_no_clip_are_left_alone(tmp_path: Path) -> None:
    write(
        tmp_path, "pair.1.png", "pair.2.png", "gap.1.png", "gap.2.png", "gap.4.png", "%d.1.png", "%d.2.png", "%d.3.png"
    )
    write(tmp_path, "size.1.png", "size.3.png")
    write(tmp_path, "size.2.png", width=40)
    for name in ("pair.1.png", "gap.1.png", "size.2.png", "%d.2.png"):
        assert series_of(tmp_path / name) is None
    assert series_of(tmp_path / "missing.1.png") is None
    (tmp_path / "notes1.txt").touch()
    assert series_of(tmp_path / "notes1.txt") is None


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (["/a/s.1.png", "/a/s.2.png", "/a/s.10.png"], True),
        (["/a/s.1.png"], False),
        (["/a/s.1.png", "/a/s.1.png"], False),
        (["/a/s.1.png", "/b/s.2.png"], False),
        (["/a/s.1.png", "/a/t.2.png"], False),
        (["/a/s.png", "/a/t.png"], False),
        (["/a/s.1.mov", "/a/s.2.mov"], False),
        ([], False),
    ],
)
def test_several_paths_are_one_series_where_only_the_number_differs(names: list[str], one: bool) -> None:
    assert are_one_series([Path(name) for name in names]) is one
