from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.prompt.guide import MORE, GuideBox
from engine.guidance.models.guides import GuideModel


def model(guide: str) -> GuideModel:
    return GuideModel(guide, f"the model of {guide}", "MIT", Path("/models"), 1)


STARTER, OPEN = model("starter"), model("openclip:tiny")


@pytest.fixture
def box(qtbot: QtBot) -> GuideBox:
    box = GuideBox()
    qtbot.addWidget(box)
    box.show_guides([STARTER, OPEN])
    return box


def texts(box: GuideBox) -> list[str]:
    return [text for place in range(box.count()) if (text := box.itemText(place))]


def test_it_offers_what_is_installed_and_the_way_to_more(box: GuideBox) -> None:
    assert texts(box) == ["starter", "openclip:tiny", MORE]
    assert box.guide == "starter"
    assert "MIT" in box.itemData(1, Qt.ItemDataRole.ToolTipRole)


def test_a_choice_is_told(box: GuideBox, qtbot: QtBot) -> None:
    with qtbot.waitSignal(box.guide_changed) as changed:
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert changed.args == ["openclip:tiny"]
    assert box.guide == "openclip:tiny"


def test_more_models_is_no_guide(box: GuideBox, qtbot: QtBot) -> None:
    box.set_guide("openclip:tiny")
    with qtbot.waitSignal(box.models_requested), qtbot.assertNotEmitted(box.guide_changed):
        qtbot.keyClick(box, Qt.Key.Key_End)
    assert box.guide == box.currentText() == "openclip:tiny"


def test_another_list_leaves_the_choice(box: GuideBox, qtbot: QtBot) -> None:
    box.set_guide("openclip:tiny")
    with qtbot.assertNotEmitted(box.guide_changed):
        box.show_guides([STARTER, model("openclip:other"), OPEN])
    assert box.currentText() == "openclip:tiny"

    box.show_guides([STARTER])  # it was removed
    assert box.guide == "openclip:tiny"
    assert box.currentText() == "openclip:tiny (not installed)"
    assert texts(box) == ["starter", "openclip:tiny (not installed)", MORE]

    box.show_guides([STARTER, OPEN])
    assert texts(box) == ["starter", "openclip:tiny", MORE]


def test_a_guide_in_a_folder_counts_as_there(box: GuideBox, tmp_path: Path) -> None:
    for name in ("open_clip_config.json", "open_clip_model.safetensors"):
        (tmp_path / name).touch()
    box.set_guide(f"openclip:{tmp_path}")
    assert box.currentText() == f"openclip:{tmp_path}"
