"""The frame rate of a sequence of stills, which only the user can know."""

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

COMMON = ("23.976", "24", "25", "29.97", "30", "48", "50", "59.94", "60")
SLOWEST, FASTEST = Fraction(1, 10), Fraction(1000)
NTSC = Fraction(1000, 1001)
ROUNDED = Fraction(1, 200)  # 23.976 and 23.98 are both meant as 24000/1001


def parse_rate(text: str) -> Fraction | None:
    """Return the rate that a text names, in frames a second, None where it names none.

    "23.976", "29.97" and the like are taken for the exact 24000/1001 and 30000/1001 that they are short for.
    """
    try:
        rate = Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None
    if not SLOWEST <= rate <= FASTEST:
        return None
    exact = round(rate / NTSC) * NTSC
    return exact if rate.denominator > 1 and "/" not in text and abs(rate - exact) < ROUNDED else rate


def ask_for_rate(parent: QWidget, present: Fraction, chosen: Callable[[Fraction], None]) -> QInputDialog:
    """Ask for another rate and return at once; ``chosen`` is called with it."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Frame Rate")
    dialog.setLabelText("Frames a second of these stills:")
    dialog.setComboBoxItems(list(COMMON))
    dialog.setComboBoxEditable(True)
    dialog.setTextValue(f"{round(float(present), 3):g}")

    def take(text: str) -> None:
        rate = parse_rate(text)
        if rate is not None:
            chosen(rate)

    dialog.textValueSelected.connect(take)
    dialog.open()
    return dialog
