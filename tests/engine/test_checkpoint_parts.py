import json
from pathlib import Path

import pytest

from engine.checkpoint_parts import PART_SUFFIX, PARTS_FILE, note_part, parts_of, remove_parts


def test_parts_go_with_their_checkpoint(tmp_path: Path) -> None:
    parts = [tmp_path / f".{name}{PART_SUFFIX}" for name in "ab"]
    for part in (*parts, parts[0]):
        part.mkdir(exist_ok=True)
        note_part(tmp_path, part)
    assert set(parts_of(tmp_path)) == set(parts)
    assert len(parts_of(tmp_path)) == 2
    remove_parts(tmp_path)
    assert not any(part.exists() for part in parts)
    remove_parts(tmp_path)  # what is gone already is no fault


def test_only_what_is_named_as_a_part_is_ever_removed(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    with pytest.raises(ValueError, match="not named as a part"):
        note_part(tmp_path, tmp_path / "holiday")
    (tmp_path / PARTS_FILE).write_text(json.dumps([str(tmp_path / "holiday"), 3, f"relative{PART_SUFFIX}"]))
    assert parts_of(tmp_path) == ()
    remove_parts(tmp_path)
    assert (tmp_path / "holiday").is_dir()


@pytest.mark.parametrize("text", ["", "{", "3", '{"a": 1}'])
def test_a_damaged_note_names_none(tmp_path: Path, text: str) -> None:
    (tmp_path / PARTS_FILE).write_text(text)
    assert parts_of(tmp_path) == ()
