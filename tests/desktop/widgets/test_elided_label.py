from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop.widgets.elided_label import ElidedLabel


def drawn(label: ElidedLabel, width: int) -> QImage:
    label.resize(width, 24)
    return label.grab().toImage()


def test_a_long_text_ends_in_dots_and_asks_for_no_room(qtbot: QtBot) -> None:
    label = ElidedLabel("an old statue in the evening sun")
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() == 0
    cut = drawn(label, 80)
    label.set_text("an old statue, which ends in another way")
    assert drawn(label, 80) == cut
    assert label.toolTip() == "an old statue, which ends in another way"


def test_a_text_that_fits_is_whole(qtbot: QtBot) -> None:
    label = ElidedLabel("zebra one")
    qtbot.addWidget(label)
    one = drawn(label, 200)
    label.set_text("zebra two")
    assert drawn(label, 200) != one
