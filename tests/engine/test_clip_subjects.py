from pathlib import Path

import pytest

from engine.clip_subjects import ClipSubject
from engine.errors import UserError
from engine.jobs import Subject

FOLDER = Path("/project")


def test_a_frame_has_one_mask_of_its_own() -> None:
    swan = ClipSubject("a", "swan").with_key(7, "mattes/a.png").with_key(3, "mattes/b.png")
    assert swan.key_numbers == (3, 7)
    assert swan.key(7) == "mattes/a.png"
    assert swan.key(5) == ""
    again = swan.with_key(7, "mattes/c.png")
    assert again.keys == ((3, "mattes/b.png"), (7, "mattes/c.png"))
    assert again.with_key(3, "").key_numbers == (7,)
    assert again.with_key(5, "") == again


def test_masks_win_over_a_folder_and_a_folder_over_a_word() -> None:
    word = ClipSubject("a", "swan", text=" black swan ")
    folder = ClipSubject("a", "swan", text="black swan", masks="/masks")
    keys = folder.with_key(3, "mattes/b.png")
    assert word.subject(FOLDER) == Subject(text="black swan")
    assert folder.subject(FOLDER) == Subject(masks="/masks")
    assert keys.subject(FOLDER) == Subject(keys=((3, "/project/mattes/b.png"),))
    assert all(each.can_be_found for each in (word, folder, keys))


def test_what_nothing_is_known_of_cannot_be_asked_for() -> None:
    nothing = ClipSubject("a", "swan", text="  ")
    assert not nothing.can_be_found
    with pytest.raises(UserError):
        nothing.subject(FOLDER)
