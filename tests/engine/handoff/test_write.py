"""Files of hand-offs: their names, and what cannot be written."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from engine.errors import UserError
from engine.handoff.write import write_handoff
from engine.jobs.deliveries import HandoffName
from tests.engine.handoff.compositions import delivered


def test_each_program_gets_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "delivery" / "new"

    paths = [write_handoff(delivered(tmp_path), kind, folder, "cat_v1.2") for kind in get_args(HandoffName)]

    assert [path.name for path in paths] == ["cat_v1.2.jsx", "cat_v1.2.nk", "cat_v1.2.py", "cat_v1.2.otio"]
    assert sorted(folder.iterdir()) == sorted(paths)
    assert all(path.stat().st_size > 500 for path in paths)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "delivery").touch()

    with pytest.raises(UserError, match="is a file, not a folder"):
        write_handoff(delivered(tmp_path), "nuke", tmp_path / "delivery", "cat")


def test_names_that_are_no_unicode_are_refused(tmp_path: Path) -> None:
    comp = delivered(tmp_path)
    odd = replace(comp, source=replace(comp.source, path=tmp_path / "cat\udcff.mov"))

    with pytest.raises(UserError, match=r"cat\\udcff\.mov is no valid Unicode"):
        write_handoff(odd, "otio", tmp_path / "delivery", "cat")
    assert not (tmp_path / "delivery").exists()
