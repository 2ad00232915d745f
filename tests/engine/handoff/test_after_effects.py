"""The After Effects script, run by a JavaScript engine against a mock of After Effects' object model."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from engine.blending import BlendMode
from engine.handoff.after_effects import after_effects_script
from engine.handoff.composition import CompLayer, Composition
from tests.engine.handoff.compositions import FILM, FIRST, delivered, straight_movie

MOCK = Path(__file__).with_name("after_effects_mock.js")
ROOT = Path("/show 1")
SCRIPT_PATH = "/show 1/delivery/cat.jsx"
FRAME = 1 / float(FILM)
LAYER_FILES = ("/show 1/delivery/glow.1001.exr", "/show 1/delivery/fire.mov", "/show 1/delivery/fur.png")
SOURCE_FILE = "/show 1/footage/cat 100%.mov"
# Later ECMAScript that an engine of today takes without a word.
NEWER_SYNTAX = re.compile(
    r"\b(let|const|class|of|async|await|yield|import|export)\b|=>|`|\.\.\.|\*\*|\?\?|\?\.|,\s*[\]}]"
)
STRINGS_AND_COMMENTS = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*')


@pytest.fixture
def engine() -> Iterator[MiniRacer]:
    with MiniRacer() as engine:
        keep = "var stringify = JSON.stringify;"
        engine.eval(keep + MOCK.read_text(encoding="utf-8"))
        yield engine


def run(
    engine: MiniRacer, comp: Composition, files: Sequence[str] = (*LAYER_FILES, SOURCE_FILE), before: str = ""
) -> dict[str, Any]:
    """Run the script of a composition where these files exist; return the mock's state."""
    script = after_effects_script(comp, ROOT / "delivery")
    assert script.isascii()
    disk = json.dumps(dict.fromkeys(files, True))
    engine.eval(f"disk = {disk}; $.fileName = {json.dumps(SCRIPT_PATH)}; {before}")
    engine.eval(script)
    state: dict[str, Any] = json.loads(str(engine.eval("stringify(state)")))
    assert state["open"] == 0
    return state


def opacity(layer: dict[str, Any]) -> dict[str, Any]:
    return layer["groups"]["ADBE Transform Group"]["children"][0]


def test_the_script_is_ecmascript_3(tmp_path: Path) -> None:
    code = STRINGS_AND_COMMENTS.sub("0", after_effects_script(delivered(tmp_path), tmp_path))

    assert NEWER_SYNTAX.findall(code) == []


def test_files_are_imported_with_their_rate_and_alpha(engine: MiniRacer) -> None:
    source, glow, fire, fur = run(engine, delivered(ROOT))["items"]

    assert [item["file"] for item in (source, glow, fire, fur)] == [SOURCE_FILE, *LAYER_FILES]
    assert [item["sequence"] for item in (source, glow, fire, fur)] == [False, True, False, False]
    assert source["mainSource"] == {"hasAlpha": False, "isStill": False, "conformFrameRate": pytest.approx(float(FILM))}
    assert glow["mainSource"]["alphaMode"] == "AlphaMode.PREMULTIPLIED"
    assert glow["mainSource"]["premulColor"] == [0, 0, 0]
    assert glow["mainSource"]["conformFrameRate"] == pytest.approx(24000 / 1001, abs=1e-9)
    assert fire["mainSource"]["alphaMode"] == "AlphaMode.STRAIGHT"
    assert "conformFrameRate" not in fur["mainSource"]
    assert {item["pixelAspect"] for item in (source, glow, fire, fur)} == {4 / 3}


def test_the_composition_has_its_layers_in_order_and_in_time(engine: MiniRacer) -> None:
    state = run(engine, delivered(ROOT))
    (comp,) = state["comps"]
    fur, fire, glow, source = comp["stack"]

    assert state["undo"] == ["Build Çat “one”"]
    assert state["alerts"] == []
    assert (comp["name"], comp["width"], comp["height"], comp["comment"]) == (
        "Çat “one”", 1920, 1080, "Frames 3 and 4 are damaged.",
    )  # fmt: skip
    assert comp["frameRate"] == pytest.approx(24000 / 1001)
    assert comp["duration"] == pytest.approx(48 * FRAME)
    assert comp["displayStartTime"] == pytest.approx(1001 * FRAME)
    assert [layer["name"] for layer in comp["stack"]] == ["毛皮", "Fire", "Glow", "cat 100%.mov"]
    times = {
        layer["name"]: [round(layer[key] / FRAME, 6) for key in ("startTime", "inPoint", "outPoint")]
        for layer in comp["stack"]
    }
    assert times == {"cat 100%.mov": [-24, 0, 48], "Glow": [0, 0, 48], "Fire": [0, 4, 20], "毛皮": [0, 0, 48]}
    assert [layer["blendingMode"] for layer in (glow, fire, fur)] == [
        "BlendingMode.NORMAL", "BlendingMode.SCREEN", "BlendingMode.NORMAL",
    ]  # fmt: skip
    assert "blendingMode" not in source


def test_opacity_is_in_percent_with_linear_keys_on_whole_frames(engine: MiniRacer) -> None:
    fur, fire, glow, _ = run(engine, delivered(ROOT))["comps"][0]["stack"]

    assert (opacity(glow)["value"], opacity(fur)["value"]) == (50, 100)
    keys = opacity(fire)["keys"]
    assert [(round(key["time"] / FRAME, 6), key["value"]) for key in keys] == [(0, 0), (10, 100), (15, 25)]
    assert all(key["interpolation"] == ["KeyframeInterpolationType.LINEAR"] * 2 for key in keys)


def test_every_blend_mode_has_its_own(engine: MiniRacer) -> None:
    comp = replace(
        delivered(ROOT),
        layers=tuple(
            CompLayer(mode, straight_movie(ROOT / "delivery"), FIRST, FIRST, blend=mode) for mode in BlendMode
        ),
    )

    stack = run(engine, comp)["comps"][0]["stack"]

    found = {layer["name"]: layer["blendingMode"] for layer in stack if "blendingMode" in layer}
    assert found == {mode.value: "BlendingMode." + mode.name.replace("COLOUR", "COLOR") for mode in BlendMode}


def test_linear_layers_get_display_values_only_where_the_project_does_not(engine: MiniRacer) -> None:
    managed = 'app.project.workingSpace = "sRGB IEC61966-2.1";'
    _, _, glow, source = run(engine, delivered(ROOT))["comps"][0]["stack"]
    curve, clip = glow["groups"]["ADBE Effect Parade"]["children"]

    assert source["groups"]["ADBE Effect Parade"]["children"] == []
    assert [effect["matchName"] for effect in (curve, clip)] == ["ADBE Easy Levels2"] * 2
    assert [(knob["matchName"][-4:], knob["value"]) for knob in curve["children"]] == [("0005", 2.4), ("0006", -0.055)]
    assert [(knob["matchName"][-4:], knob["value"]) for knob in clip["children"]] == [("0008", 2)]
    again = run(engine, delivered(ROOT), before=managed)["comps"][1]["stack"][2]
    assert again["groups"]["ADBE Effect Parade"]["children"] == []


@pytest.mark.parametrize(
    ("timecode", "drops", "frames"), [("01:00:00:00", False, 86400), ("", False, 1001), ("25:61", False, 1001)]
)
def test_the_display_starts_at_the_timecode_or_else_the_number(
    engine: MiniRacer, timecode: str, drops: bool, frames: int
) -> None:
    state = run(engine, delivered(ROOT, timecode))
    (comp,) = state["comps"]

    assert comp["displayStartTime"] == pytest.approx(frames * FRAME)
    assert comp["dropFrame"] is drops
    shown = engine.eval("app.project.timeDisplayType")
    assert shown == ("TimeDisplayType.FRAMES" if frames == 1001 else "TimeDisplayType.TIMECODE")


def test_a_project_that_is_in_use_keeps_its_settings(engine: MiniRacer) -> None:
    state = run(engine, delivered(ROOT), before="app.project.numItems = 3; app.project.linearBlending = true;")

    assert engine.eval("app.project.bitsPerChannel") == 8
    assert engine.eval("app.project.timeDisplayType") == "TimeDisplayType.TIMECODE"
    (text,) = state["alerts"]
    assert "set 32 in its settings" in text
    assert "blends in linear light" in text


def test_an_empty_project_gets_the_depth_of_the_files(engine: MiniRacer) -> None:
    run(engine, delivered(ROOT))

    assert engine.eval("app.project.bitsPerChannel") == 32


def test_nothing_is_built_where_a_layer_is_missing(engine: MiniRacer) -> None:
    state = run(engine, delivered(ROOT), files=[SOURCE_FILE, *LAYER_FILES[:1]])

    assert (state["items"], state["comps"], state["undo"]) == ([], [], [])
    (text,) = state["alerts"]
    assert "fire.mov\nfur.png" in text
    assert "glow" not in text


def test_a_missing_source_leaves_a_placeholder(engine: MiniRacer) -> None:
    state = run(engine, delivered(ROOT), files=LAYER_FILES)

    assert state["items"][0]["placeholder"] == "cat 100%.mov"
    assert state["items"][0]["duration"] == pytest.approx(240 * FRAME)
    assert state["comps"][0]["stack"][-1]["source"] == state["items"][0]
    assert SOURCE_FILE in state["alerts"][0]


def test_a_delivery_can_move_and_its_source_is_found_where_it_was(engine: MiniRacer) -> None:
    moved = [file.replace("/show 1/delivery", "/Volumes/disk #2/from a friend") for file in LAYER_FILES]
    script = after_effects_script(delivered(ROOT), ROOT / "delivery")
    disk = json.dumps(dict.fromkeys([*moved, SOURCE_FILE], True))

    engine.eval(f"disk = {disk}; $.fileName = '/Volumes/disk #2/from a friend/cat.jsx'; {script}")

    items = json.loads(str(engine.eval("stringify(state.items)")))
    assert [item["file"] for item in items] == [SOURCE_FILE, *moved]


def test_an_error_closes_the_undo_group_and_is_told(engine: MiniRacer) -> None:
    state = run(engine, replace(delivered(ROOT), width=2))

    assert "could not be finished (After Effects error: bad composition)" in state["alerts"][0]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: PurePosixPath(name).name == name and name != ".."
)


@given(st.lists(NAMES, min_size=3, max_size=3))
@settings(max_examples=30, deadline=None)
def test_any_name_reaches_after_effects_as_it_is(names: list[str]) -> None:
    folder, file, layer = names
    comp = delivered(Path("/") / folder)
    source = replace(comp.source, path=Path("/") / folder / file)
    comp = replace(comp, source=source, layers=(replace(comp.layers[1], name=layer),), name=layer)
    script = after_effects_script(comp, Path("/") / folder / "delivery")
    disk = json.dumps({str(source.path): True, f"/{folder}/delivery/fire.mov": True})
    with MiniRacer() as engine:
        engine.eval("var stringify = JSON.stringify;" + MOCK.read_text(encoding="utf-8"))
        engine.eval(f"disk = {disk}; $.fileName = {json.dumps('/' + folder + '/delivery/cat.jsx')};")
        engine.eval("$.fileName = encodeURI($.fileName);" + script)
        items, comps = json.loads(str(engine.eval("stringify([state.items, state.comps])")))
    assert items[0]["file"] == str(source.path)
    assert (comps[0]["name"], comps[0]["stack"][0]["name"]) == (layer, layer)
