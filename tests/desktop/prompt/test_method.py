import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from desktop.prompt.method import MethodSection, groups
from engine.options import options_of
from engine.text2live.settings import OPEN_QUALITIES, STARTER_QUALITIES

STANDARD = STARTER_QUALITIES["standard"]
PAPER = OPEN_QUALITIES["paper"]


@pytest.fixture
def section(qtbot: QtBot) -> MethodSection:
    section = MethodSection(STANDARD)
    qtbot.addWidget(section)
    return section


def test_every_option_is_shown_once_with_its_help() -> None:
    shown = [choice for group in groups(STANDARD) for choice in group.choices]
    assert sorted(choice.name for choice in shown) == sorted(choice.name for choice in options_of(STANDARD))
    assert [group.title for group in groups(STANDARD)] == ["Weights", "Views", "Training"]


def test_a_field_says_what_it_is_and_what_it_takes(section: MethodSection) -> None:
    tip = section.rows["learning_rate"].field.toolTip()
    assert "How fast the painting network learns" in tip
    assert "learning_rate: 1e-06 to 1" in tip
    assert "adam or madgrad" in section.rows["optimizer"].label.toolTip()


def test_at_first_nothing_differs(section: MethodSection) -> None:
    assert section.options() == ()
    assert not section.reset_button.isEnabled()
    assert section.fold.text() == "Method"


def test_only_what_differs_is_an_option_and_is_marked(section: MethodSection) -> None:
    section.rows["structure"].field.set_own(STANDARD.weights.structure)  # the default, typed
    section.rows["edges"].field.set_own(0.25)
    assert section.options() == (("edges", 0.25),)
    assert section.rows["edges"].label.text() == "• Edges"
    assert section.rows["structure"].label.text() == "Structure"
    assert section.fold.text() == "Method (1 changed)"


def test_a_choice_follows_the_default_until_one_is_made(section: MethodSection, qtbot: QtBot) -> None:
    box = section.rows["schedule"].field
    assert box.currentText() == "cosine"
    section.show_defaults(PAPER)
    assert box.currentText() == "exponential"
    assert section.options() == ()

    with qtbot.waitExposed(section):
        section.show()
    section.fold.click()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert section.options() == (("schedule", "cosine"),)
    section.show_defaults(STANDARD)  # whose own is the same
    assert section.options() == ()
    section.show_defaults(PAPER)
    assert section.options() == (("schedule", "cosine"),)
    qtbot.keyClick(box, Qt.Key.Key_Down)  # the default's turn again
    section.show_defaults(STANDARD)
    assert box.currentText() == "cosine"


def test_options_go_in_and_come_out_as_they_were(section: MethodSection) -> None:
    options = (("example_share", 74 / 75), ("optimizer", "madgrad"), ("warm_up", 3.0))
    section.set_options(options)
    assert sorted(section.options()) == sorted(options)
    section.set_options((("edges", 2.0),))
    assert section.options() == (("edges", 2.0),)


def test_unknown_options_and_choices_are_kept_for_the_engine_to_refuse(section: MethodSection) -> None:
    section.set_options((("sharpness", 2.0), ("optimizer", "sgd")))
    assert section.options() == (("sharpness", 2.0), ("optimizer", "sgd"))
    section.reset_button.click()
    assert section.options() == ()


def test_the_wheel_scrolls_past_a_choice(section: MethodSection, qtbot: QtBot) -> None:
    box = section.rows["optimizer"].field
    wheel = QWheelEvent(
        QPointF(2, 2),
        QPointF(2, 2),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    box.wheelEvent(wheel)
    assert not wheel.isAccepted()
    assert box.currentText() == "adam"
