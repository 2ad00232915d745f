"""The Blender script as text; tests/benchmarks/blender_handoff.py lets Blender render it."""

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.handoff.blender import blender_script
from engine.handoff.composition import Composition
from tests.engine.handoff.compositions import delivered, linear_sequence

ROOT = Path("/show 1")
FOLDER = ROOT / "delivery"


def data_of(comp: Composition) -> dict[str, Any]:
    """Return what the script is told of the composition."""
    tree = ast.parse(blender_script(comp, FOLDER), feature_version=(3, 10))  # that of Blender 3.4
    assigned = [node for node in tree.body if isinstance(node, ast.AnnAssign)]
    (value,) = [node.value for node in assigned if ast.unparse(node.target) == "COMPOSITION" and node.value]
    data: dict[str, Any] = ast.literal_eval(value)
    return data


def test_the_script_holds_the_scene_and_its_layers() -> None:
    data = data_of(delivered(ROOT))
    glow, fire, fur = data["layers"]

    assert (data["name"], data["size"], data["first"], data["last"]) == ("Çat “one”", (1920, 1080), 1001, 1048)
    assert data["fps"] / data["fps_base"] == pytest.approx(24000 / 1001)
    assert data["pixel_aspect"] == (pytest.approx(4 / 3), 1.0)
    assert data["source"]["places"] == ["../footage/cat 100%.mov", "/show 1/footage/cat 100%.mov"]
    assert (data["source"]["begins"], data["source"]["first"], data["source"]["frames"]) == (977, 1, 240)
    assert glow["media"]["places"][0] == "glow.1001.exr"
    assert (glow["media"]["alpha"], glow["media"]["is_linear"], glow["opacity"]) == (
        "premultiplied", True, [(1001, 0.5), (1048, 0.5)],
    )  # fmt: skip
    assert fire["opacity"] == [
        (1004, 0.0), (1005, 0.4), (1011, 1.0), (1016, 0.25), (1020, 0.25), (1021, 0.0),
    ]  # fmt: skip
    assert (fur["name"], fur["media"]["kind"]) == ("毛皮", "still")


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(1, 2), Fraction(2)])
def test_the_pixel_aspect_is_as_blender_takes_it(aspect: Fraction) -> None:
    across, down = data_of(replace(delivered(ROOT), pixel_aspect=aspect))["pixel_aspect"]

    assert across / down == aspect
    assert min(across, down) == 1


def test_names_that_blender_would_count_wrong_are_refused() -> None:
    comp = delivered(ROOT)
    layer = replace(comp.layers[0], media=linear_sequence(FOLDER, "glow.%04d_v2.exr"))

    with pytest.raises(UserError, match=r"glow\.%04d_v2\.exr has another one"):
        blender_script(replace(comp, layers=(layer,)), FOLDER)
    named = replace(layer, media=linear_sequence(FOLDER, "take2.%04d_final.jp2"))
    assert data_of(replace(comp, layers=(named,)))["layers"][0]["media"]["places"][0] == "take2.1001_final.jp2"


def test_numbers_that_blender_cannot_count_to_are_refused() -> None:
    with pytest.raises(UserError, match="the last one here is 1048575"):
        blender_script(replace(delivered(ROOT), first=1_048_528), FOLDER)
