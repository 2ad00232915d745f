"""The Nuke script: read as Nuke reads it, its graph makes the picture that Patina composites."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.blending import BlendMode
from engine.colour import srgb_to_linear
from engine.compositing import Placed, composite, premultiply
from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.nuke import nuke_script
from engine.handoff.nuke_text import literal, quoted, written
from tests.engine.handoff.compositions import FILM, FIRST, FRAMES, delivered, linear_sequence, straight_movie
from tests.engine.handoff.nuke_reader import commands, picture, read_nuke, substituted

ROOT = Path("/show 1")
FOLDER = ROOT / "delivery"
SHAPE = (6, 8)


def read_delivered(comp: Composition, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the source and the composite of all layers at a number as Patina makes it, and as Nuke does."""
    seen = {layer.media.path: layer.media for layer in comp.layers}
    files = {}
    for place in range(-30, FRAMES + 300):
        for media in seen.values():
            files[file_of(media, place)] = stored(media, rgba(media, place))
        files[file_of(comp.source, place)] = np.dstack([footage(place), np.ones(SHAPE)])
    _, top = read_nuke(nuke_script(comp, FOLDER))
    found = picture(top, number, FOLDER, lambda path: files[path.as_posix()])
    placed = [
        Placed(rgba(layer.media, number - layer.media.begins), layer.opacity_at(number), layer.blend)
        for layer in comp.layers
        if number in comp.shown(layer)
    ]
    return srgb_to_linear(composite(footage(number - comp.source.begins), placed)), found[..., :3]


def file_of(media: Media, place: int) -> str:
    if media.kind == "sequence":
        return replace(media, first=media.first + place).first_file.as_posix()
    return f"{media.path.as_posix()}#{1 if media.kind == 'still' else media.first + place}"


def footage(place: int) -> np.ndarray:
    return np.random.default_rng(1000 + place).random((*SHAPE, 3), dtype=np.float32)


def rgba(media: Media, place: int) -> np.ndarray:
    seed = 0 if media.kind == "still" else 2000 + place
    return np.random.default_rng(seed).random((*SHAPE, 4), dtype=np.float32)


def stored(media: Media, straight: np.ndarray) -> np.ndarray:
    """Return a layer's picture as its file holds it."""
    held = straight.copy()
    if media.is_linear:
        held[..., :3] = srgb_to_linear(held[..., :3])
    return premultiply(held) if media.alpha == "premultiplied" else held


@pytest.mark.parametrize("number", [FIRST, FIRST + 4, FIRST + 12, FIRST + 20, FIRST + 47])
def test_the_graph_makes_the_composite(number: int) -> None:
    comp = delivered(ROOT)
    comp = replace(comp, source=replace(comp.source, path=ROOT / "footage" / "cat.mov"))

    patina, nuke = read_delivered(comp, number)

    np.testing.assert_allclose(nuke, patina, atol=2e-6)


@pytest.mark.parametrize("mode", BlendMode)
def test_every_blend_mode_is_patinas(mode: BlendMode) -> None:
    layer = CompLayer("Layer", linear_sequence(FOLDER), FIRST, FIRST + 3, 0.7, ((FIRST, 0.2), (FIRST + 2, 0.9)), mode)
    source = replace(delivered(ROOT).source, path=ROOT / "cat.mov")
    comp = Composition("A", 8, 6, FILM, FIRST, 6, source, (layer,))

    for number in (FIRST, FIRST + 1, FIRST + 4):
        patina, nuke = read_delivered(comp, number)
        np.testing.assert_allclose(nuke, patina, atol=1e-5)


def test_frames_that_start_elsewhere_are_moved() -> None:
    layer = CompLayer("Layer", linear_sequence(FOLDER, begins=FIRST, first=25), FIRST, FIRST + 5)
    movie = CompLayer("Movie", straight_movie(FOLDER), FIRST, FIRST + 5)
    comp = replace(delivered(ROOT), layers=(layer, movie), pixel_aspect=Fraction(1), notices=())

    nodes, _ = read_nuke(nuke_script(comp, FOLDER))

    keys = ("first", "last", "frame_mode", "frame")
    assert [nodes["Layer1"].knobs[key] for key in keys] == ["25", "72", "start at", "1001"]
    assert [nodes["Layer2"].knobs[key] for key in keys] == ["1", "48", "start at", "1001"]
    assert [nodes["Source"].knobs[key] for key in keys] == ["1", "240", "start at", "977"]


def test_layers_move_with_the_script_and_the_source_stays() -> None:
    nodes, _ = read_nuke(nuke_script(delivered(ROOT), FOLDER))
    moved = Path("/elsewhere/[1] $HOME")

    assert substituted(nodes["Layer2"].knobs["file"], moved) == "/elsewhere/[1] $HOME/fire.mov"
    assert substituted(nodes["Source"].knobs["file"], moved) == "/show 1/footage/cat 100%.mov"


def test_the_root_has_the_compositions_size_and_timing() -> None:
    nodes, _ = read_nuke(nuke_script(delivered(ROOT), FOLDER))
    root = nodes["Root"].knobs

    assert (root["first_frame"], root["last_frame"]) == ("1001", "1048")
    assert float(root["fps"]) == pytest.approx(24000 / 1001, abs=1e-7)
    assert root["format"] == "1920 1080 0 0 1920 1080 1.333333333 Patina"
    assert substituted(nodes["About"].knobs["label"], FOLDER).endswith("Frames 3 and 4 are damaged.")
    assert nodes["Layer3"].knobs["label"] == "毛皮"


@given(st.text())
def test_any_text_is_one_word_that_reads_back(text: str) -> None:
    assert commands(quoted(text)) == [[text]]
    assert commands(f"knob {written(text)}\nother 1") == [["knob", text], ["other", "1"]]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0%#"), min_size=1))
def test_any_file_is_found_whatever_tcl_sees_in_its_name(name: str) -> None:
    assert substituted(f"[file dirname [value root.name]]/{literal(name)}", FOLDER) == f"{FOLDER.as_posix()}/{name}"
    assert substituted(literal(name), FOLDER) == name
