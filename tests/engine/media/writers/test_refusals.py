"""What the disk refuses: one sentence, and nothing left."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.media.writers.st_map import write_st_map
from tests.engine.media.writers.charts import SLATE, ramped_chart
from tests.engine.media.writers.test_straight import FORMATS

WRITERS = {
    **{
        name: lambda path, write=write: write(path, ramped_chart(), SLATE, "straight")
        for name, write in FORMATS.items()
    },
    "uv.exr": lambda path: write_st_map(path, np.zeros((8, 8, 2), np.float32), np.ones((8, 8), np.float32), SLATE),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_folder_that_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"^The folder .*白鳥 does not exist; make it or choose another one\.$"):
        WRITERS[name](tmp_path / "白鳥" / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", WRITERS)
def test_a_folder_that_may_not_be_written(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(UserError, match="may not be written"):
        WRITERS[name](tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", WRITERS)
def test_a_disk_that_fills_up_keeps_the_older_file(tmp_path: Path, name: str) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limits")
    (tmp_path / name).write_bytes(b"older")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
    try:
        with pytest.raises(UserError, match="too large for this disk"):
            WRITERS[name](tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / name).read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == [name]
