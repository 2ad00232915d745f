from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop.prompt.panel import PromptPanel
from engine.jobs import ImageEdit

PICTURE = Path("/pictures/horse.jpg")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> PromptPanel:
    panel = PromptPanel()
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.set_picture(PICTURE)
    return panel


def asked(qtbot: QtBot, panel: PromptPanel) -> ImageEdit:
    with qtbot.waitSignal(panel.edit_requested) as requested:
        QTest.mouseClick(panel.generate_button, LEFT)
    job = requested.args[0]
    assert isinstance(job, ImageEdit)
    return job


def test_a_prompt_alone_makes_a_standard_edit(qtbot: QtBot, panel: PromptPanel) -> None:
    QTest.keyClicks(panel.prompt.line, "golden")
    assert asked(qtbot, panel) == ImageEdit(picture=str(PICTURE), prompt="golden")


def test_everything_that_is_typed_is_in_the_job(qtbot: QtBot, panel: PromptPanel) -> None:
    panel.settings.fold.click()
    for field, text in (
        (panel.prompt.line, "a zebra"),
        (panel.subject.line, "horse"),
        (panel.settings.layer.line, "zebra"),
        (panel.settings.source.line, "a brown horse"),
        (panel.settings.avoid.line, "a tiger; a cat"),
        (panel.settings.spare.line, "dog"),
        (panel.settings.steps_field, "120"),
        (panel.settings.size_field, "192"),
        (panel.settings.seed_field, "7"),
    ):
        QTest.keyClicks(field, text)
    panel.settings.target.setCurrentIndex(1)
    QTest.mouseClick(panel.quality.button("draft"), LEFT)

    assert asked(qtbot, panel) == ImageEdit(
        picture=str(PICTURE),
        prompt="a zebra",
        layer="zebra",
        source="a brown horse",
        avoid="a tiger; a cat",
        subject="horse",
        spare="dog",
        target="background",
        quality="draft",
        steps=120,
        size=192,
        seed=7,
    )


def test_a_job_s_parameters_are_used_again(qtbot: QtBot, panel: PromptPanel) -> None:
    job = ImageEdit(
        picture=str(PICTURE),
        prompt="leopard",
        layer="leopard fur",
        source="a cat",
        avoid="a tiger",
        subject="cat",
        spare="eyes",
        target="background",
        guide="openclip:ViT-B-32",
        quality="paper",
        steps=11,
        size=256,
        seed=2**63 - 1,
        options=(("confinement", "none"), ("structure", 3.25)),
    )
    panel.set_job(job)
    assert panel.settings.layer.isVisible()  # unusual settings do not hide
    assert panel.settings.method.rows["structure"].field.isVisible()
    assert asked(qtbot, panel) == job


def test_a_usual_job_leaves_the_advanced_section_folded(panel: PromptPanel) -> None:
    panel.set_job(ImageEdit(picture=str(PICTURE), prompt="golden", seed=5))
    assert not panel.settings.layer.isVisible()
    panel.settings.fold.click()
    assert panel.settings.layer.isVisible()


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_return_in_the_prompt_generates_once(panel: PromptPanel, modifier: Qt.KeyboardModifier) -> None:
    panel.activateWindow()
    panel.focus_prompt()
    panel.prompt.set_text("golden")
    asked_for: list[ImageEdit] = []
    panel.edit_requested.connect(asked_for.append)
    QTest.keyClick(panel.prompt.line, Qt.Key.Key_Return, modifier)
    assert len(asked_for) == 1


def test_an_unknown_word_is_not_sent_but_explained(qtbot: QtBot, panel: PromptPanel) -> None:
    QTest.keyClicks(panel.prompt.line, "zebbra")
    with qtbot.assertNotEmitted(panel.edit_requested):
        QTest.mouseClick(panel.generate_button, LEFT)
    assert "zebbra" in panel.prompt.doubt_label.text()

    chip = next(chip for chip in panel.prompt.chips.findChildren(QPushButton) if chip.text() == "zebra")
    QTest.mouseClick(chip, LEFT)
    assert asked(qtbot, panel).prompt == "zebra"


def test_an_unknown_word_in_any_text_is_explained_where_it_stands(qtbot: QtBot, panel: PromptPanel) -> None:
    panel.prompt.set_text("golden")
    panel.settings.fold.click()
    for field in panel.settings.texts():
        field.line.setText("a xqzv")
        with qtbot.assertNotEmitted(panel.edit_requested):
            QTest.mouseClick(panel.generate_button, LEFT)
        assert "“xqzv”" in field.doubt_label.text()
        assert field.doubt_label.isVisible()
        field.set_text("")


def test_another_guide_knows_other_words(qtbot: QtBot, panel: PromptPanel) -> None:
    panel.prompt.set_text("zebbra")
    assert panel.prompt.doubt is not None
    assert "any words" not in panel.prompt.line.placeholderText()
    panel.settings.guide.set_guide("openclip:ViT-B-32")
    assert panel.prompt.doubt is None
    assert "any words" in panel.prompt.line.placeholderText()
    assert panel.subject.line.placeholderText() == "anywhere"
    assert asked(qtbot, panel).guide == "openclip:ViT-B-32"


@pytest.mark.parametrize(("size", "words"), [("7", "size must be"), ("9999", "from 64 to 2048")])
def test_a_setting_out_of_range_is_explained_in_one_sentence(
    qtbot: QtBot, panel: PromptPanel, size: str, words: str
) -> None:
    panel.prompt.set_text("golden")
    panel.settings.size_field.setText(size)
    with qtbot.assertNotEmitted(panel.edit_requested):
        QTest.mouseClick(panel.generate_button, LEFT)
    assert words in panel.problem.text()
    assert panel.problem.isVisible()

    panel.settings.size_field.setText("256")
    assert not panel.problem.isVisible()
    assert asked(qtbot, panel).size == 256


def test_an_option_out_of_range_is_refused_in_the_engine_s_words(qtbot: QtBot, panel: PromptPanel) -> None:
    panel.prompt.set_text("golden")
    panel.settings.method.rows["structure"].field.setText("-3")
    with qtbot.assertNotEmitted(panel.edit_requested):
        QTest.mouseClick(panel.generate_button, LEFT)
    assert panel.problem.text() == "The option structure must be from 0 to 1000, not -3."
    panel.settings.method.reset_button.click()
    assert asked(qtbot, panel).options == ()


def test_own_options_survive_another_quality_and_another_guide(qtbot: QtBot, panel: PromptPanel) -> None:
    rows = panel.settings.method.rows
    panel.prompt.set_text("golden")
    rows["structure"].field.setText("30")
    assert rows["composition"].field.placeholderText() == "0.6"
    assert panel.settings.steps_field.placeholderText() == "160"

    panel.quality.button("paper").click()
    panel.settings.guide.set_guide("openclip:ViT-B-32")

    assert rows["composition"].field.placeholderText() == "1"
    assert rows["optimizer"].field.currentText() == "madgrad"
    assert panel.settings.steps_field.placeholderText() == "1000"
    assert asked(qtbot, panel).options == (("structure", 30.0),)


def test_an_empty_prompt_is_explained(qtbot: QtBot, panel: PromptPanel) -> None:
    with qtbot.assertNotEmitted(panel.edit_requested):
        QTest.mouseClick(panel.generate_button, LEFT)
    assert "prompt is empty" in panel.problem.text()


def test_number_fields_take_no_letters(panel: PromptPanel) -> None:
    panel.settings.fold.click()
    QTest.keyClicks(panel.settings.steps_field, "1x2-")
    assert panel.settings.values().steps == 12


def test_the_dice_draws_another_seed(panel: PromptPanel) -> None:
    panel.settings.fold.click()
    drawn = [panel.settings.values().seed]
    for _ in range(5):
        QTest.mouseClick(panel.settings.dice, LEFT)
        drawn.append(panel.settings.values().seed)
    assert all(one != following for one, following in pairwise(drawn))
    assert len(set(drawn)) > 3


def test_without_a_picture_nothing_can_be_asked_for(qtbot: QtBot, panel: PromptPanel) -> None:
    panel.set_picture(None)
    panel.prompt.set_text("golden")
    panel.subject.set_text("horse")
    assert not panel.generate_button.isEnabled()
    assert not panel.find_button.isEnabled()
    with qtbot.assertNotEmitted(panel.edit_requested), qtbot.assertNotEmitted(panel.matte_requested):
        panel.generate()
        panel.find_matte()


def test_the_subject_is_looked_for(qtbot: QtBot, panel: PromptPanel) -> None:
    QTest.keyClicks(panel.subject.line, "horse")
    with qtbot.waitSignal(panel.matte_requested) as requested:
        QTest.mouseClick(panel.find_button, LEFT)
    assert requested.args == ["horse"]


@pytest.mark.parametrize(("subject", "words"), [("", "Name the subject"), ("xqzv", "“xqzv”")])
def test_a_subject_that_cannot_be_looked_for_is_explained(
    qtbot: QtBot, panel: PromptPanel, subject: str, words: str
) -> None:
    panel.subject.line.setText(subject)
    with qtbot.assertNotEmitted(panel.matte_requested):
        QTest.mouseClick(panel.find_button, LEFT)
    assert words in panel.subject.doubt_label.text()


def test_matte_tools_are_the_window_s_actions(qtbot: QtBot, panel: PromptPanel) -> None:
    brush = QAction("Brush", panel, checkable=True)
    panel.add_matte_tools([brush])
    button = next(button for button in panel.findChildren(QToolButton) if button.defaultAction() is brush)
    with qtbot.waitExposed(panel):
        panel.show()
    QTest.mouseClick(button, LEFT)
    assert brush.isChecked()
