"""When a layer shows, how opaque it is then, and how media name their files."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.handoff.composition import CompLayer, Composition, Media, pattern_of
from engine.keyframes import value_at
from engine.media.sequences import sequence_files
from tests.engine.handoff.compositions import FILM, FIRST, FRAMES, delivered, linear_sequence, movie

ROOT = Path("/show").absolute()
NUMBERS = st.integers(FIRST - 5, FIRST + FRAMES + 5)


def test_a_layer_shows_where_its_range_its_pictures_and_the_composition_meet() -> None:
    comp = delivered(ROOT)
    late = CompLayer("Late", linear_sequence(ROOT, begins=FIRST + 40), FIRST + 10, FIRST + 99)

    assert [comp.shown(layer) for layer in comp.layers] == [
        range(FIRST, FIRST + 48),
        range(FIRST + 4, FIRST + 20),
        range(FIRST, 10),
        range(FIRST, FIRST + 48),
    ]
    assert comp.shown(late) == range(FIRST + 40, FIRST + 48)
    assert [layer.name for layer in comp.seen_layers] == ["Glow", "Fire", "毛皮"]


@given(NUMBERS, NUMBERS, st.dictionaries(NUMBERS, st.floats(0, 1), max_size=4), st.floats(0, 1))
def test_an_opacity_curve_is_right_at_every_frame(one: int, other: int, keys: dict[int, float], opacity: float) -> None:
    comp = delivered(ROOT)
    media = linear_sequence(ROOT)
    layer = CompLayer("Layer", media, min(one, other), max(one, other), opacity, tuple(keys.items()))
    if not comp.shown(layer):
        return

    curve = comp.opacity_curve(layer)

    for number in range(comp.first, comp.last + 1):
        expected = layer.opacity_at(number) if number in comp.shown(layer) else 0.0
        assert value_at(curve, number) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "parts", "file"),
    [
        ("a.%04d.png", ("a.", 4, ".png"), "a.1001.png"),
        ("%d.exr", ("", 1, ".exr"), "1001.exr"),
        ("100%d_%06d_b.tif", ("100%d_", 6, "_b.tif"), "100%d_001001_b.tif"),
    ],
)
def test_a_sequence_names_its_files(name: str, parts: tuple[str, int, str], file: str) -> None:
    media = linear_sequence(ROOT, name)

    assert media.name_parts == parts
    assert media.first_file == ROOT / file


def test_a_folder_of_stills_becomes_a_pattern(tmp_path: Path) -> None:
    for number in (8, 9, 10):
        (tmp_path / f"shot{number:03d}_x.png").touch()

    pattern = pattern_of(sequence_files(tmp_path)[0])

    assert pattern == tmp_path / "shot%03d_x.png"
    assert Media(pattern, "sequence", first=8, frames=3, rate=FILM).first_file.exists()


def test_what_makes_no_sense_is_refused() -> None:
    comp, media = delivered(ROOT), movie(ROOT / "a.mov")
    for wrong in (
        lambda: Media(Path("a.mov"), "movie", rate=FILM),
        lambda: Media(ROOT / "a.mov", "movie", rate=None),
        lambda: Media(ROOT / "a.png", "sequence", rate=FILM),
        lambda: CompLayer("Layer", media, 5, 4),
        lambda: CompLayer("Layer", media, 4, 5, opacity_keys=((1, 0.0), (1, 1.0))),
        lambda: replace(comp, frames=0),
        lambda: Composition("A", 8, 8, Fraction(0), 1, 1, media),
    ):
        with pytest.raises(ValueError, match=r"."):
            wrong()
