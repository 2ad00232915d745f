import json

import pytest

from desktop.export.choices import ExportSettings, settings_from_json

OWN = ExportSettings(
    what="layers",
    format="exr",
    alpha="straight",
    bake_opacity=False,
    passes=True,
    handoffs=("nuke", "otio"),
    sound=False,
    whole=True,
    start=1001,
    name="{layer}",
)


def test_settings_come_back_from_json() -> None:
    assert settings_from_json(json.loads(json.dumps(OWN.to_json())), ExportSettings()) == OWN


@pytest.mark.parametrize(
    "damage",
    [
        {"what": "sculpture"},
        {"format": 7},
        {"format": ["png"]},
        {"alpha": "associated"},
        {"bake_opacity": "yes"},
        {"handoffs": ["maya"]},
        {"handoffs": "nuke"},
        {"start": -1},
        {"start": True},
        {"name": "  "},
        {"what": ["layer"]},
        {"unknown": 1},
    ],
)
def test_what_is_damaged_is_as_usual(damage: dict[str, object]) -> None:
    assert settings_from_json(damage, OWN) == OWN


@pytest.mark.parametrize("values", [None, 3, "text", []])
def test_what_is_no_settings_is_as_usual(values: object) -> None:
    assert settings_from_json(values, OWN) == OWN
