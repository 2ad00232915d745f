from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.delivery.naming import (
    LONGEST_STEM,
    NameParts,
    footage_name,
    frame_file,
    safe_part,
    stem_of,
    version_after,
)
from engine.errors import UserError
from engine.project import Footage

PARTS = NameParts("old horse", "golden: 50/50", "003", date(2026, 3, 9))


def test_tokens_become_names() -> None:
    assert stem_of("{clip}_{layer}_v{version}", PARTS) == "old_horse_golden__50_50_v003"
    assert stem_of("{picture} {date}", PARTS) == "old_horse 2026-03-09"
    assert stem_of("final.v2", PARTS) == "final.v2"


@pytest.mark.parametrize("pattern", ["gold.####", "gold.%04d", "gold_#", "gold"])
def test_a_number_s_place_at_the_end_is_the_sequence_s_own(pattern: str) -> None:
    assert stem_of(pattern, PARTS) == "gold"


def test_letters_of_all_scripts_stay() -> None:
    assert safe_part("größer 金の白鳥 лебедь") == "größer_金の白鳥_лебедь"
    assert safe_part("e\u0301tude") == "étude"  # as one character, as other systems write it


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
        ("50% #gold", "50___gold"),
        ("{layer}", "(layer)"),
        (" .hidden. ", "hidden"),
        ("one\ntwo\x00three\u2028four\ud800", "one_two_three_four"),
        ("", "unnamed"),
        ("...", "unnamed"),
    ],
)
def test_what_some_system_forbids_is_replaced(text: str, part: str) -> None:
    assert safe_part(text) == part


@pytest.mark.parametrize(("layer", "stem"), [("con", "con_"), ("LPT1", "LPT1_"), ("console", "console")])
def test_names_of_devices_are_no_names(layer: str, stem: str) -> None:
    parts = NameParts("clip", layer, "001", PARTS.day)
    assert stem_of("{layer}", parts) == stem
    assert stem_of("{layer}.v1", parts) == f"{stem}.v1"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "empty"),
        (" . ", "empty"),
        ("{colour}", "{colour}"),
        ("a/b", "“/”"),
        ("what?", "“?”"),
        ("tab\t", "cannot be seen|some systems forbid"),
        ("ä" * 120, "too long"),
    ],
)
def test_a_bad_pattern_is_explained(pattern: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        stem_of(pattern, PARTS)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_of_a_layer_gives_a_name_that_every_system_takes(clip: str, layer: str) -> None:
    stem = stem_of("{clip}_{layer}_v{version}", NameParts(clip, layer, "001", PARTS.day))
    assert stem == Path(stem).name
    assert len(stem.encode()) <= LONGEST_STEM
    assert not stem.startswith((".", " "))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/clips/shot.%04d.png", "shot"),
        ("/clips/shot_####.png", "shot"),
        ("/clips/%04d.png", "clips"),
        ("/clips/take.2.mov", "take.2"),
        ("/clips/swan/frames/%05d.jpg", "swan"),
        ("/clips/swan/frame.####.png", "swan"),
        ("/frames", "frames"),
    ],
)
def test_footage_is_called_without_its_ending_and_number(path: str, name: str) -> None:
    assert footage_name(Footage(Path(path), 8, 8)) == name


def test_a_folder_of_frames_gives_its_whole_name(tmp_path: Path) -> None:
    (tmp_path / "shot.v2" / "Frames").mkdir(parents=True)
    assert footage_name(Footage(tmp_path / "shot.v2" / "Frames", 8, 8)) == "shot.v2"
    assert footage_name(Footage(tmp_path / "shot.v2", 8, 8)) == "shot.v2"


def test_frames_have_four_digits_or_more() -> None:
    assert frame_file(Path("out/gold.v2.exr"), 7) == Path("out/gold.v2.0007.exr")
    assert frame_file(Path("out/gold.exr"), 1234567).name == "gold.1234567.exr"


def test_the_next_version_follows_the_last() -> None:
    names = [
        "old_horse_v001.png",
        "OLD_HORSE_V004.PNG",
        "old_horse_v007.mov",
        "old_horse_v1.png",
        "old_horse_v009x.png",
    ]
    assert version_after(names, "{clip}_v{version}", PARTS, ".png") == 5
    assert version_after(["old_horse_v002.1001.png"], "{clip}_v{version}", PARTS, ".png") == 3
    assert version_after([], "{clip}_v{version}", PARTS, ".png") == 1
    assert version_after(names, "{clip}", PARTS, ".png") == 1
    assert version_after(["v003/v003.png", "v003_v003.png"], "v{version}_v{version}", PARTS, ".png") == 4
