"""A field for a prompt: it offers words while one types, and says which it does not know."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.prompt.suggestions import Doubt, Suggester, Suggestion
from desktop.theme import WARNING, make_chip, sentence_label
from desktop.widgets.flow_layout import FlowLayout

KIND_ROLE, START_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
PAUSE_MS = 500  # of typing, after which the text is judged
POPUP = f"QListView {{ background: {theme.PANEL}; border: 1px solid {theme.LINE}; padding: 3px; }}"
Check = Callable[[str], Doubt | None]


class WordField(QWidget):
    """A line to type in, and below it, where there is one, a doubt with the nearest words to click on."""

    changed = Signal(str)
    submitted = Signal()

    def __init__(self, suggester: Callable[[], Suggester], check: Check, parent: QWidget | None = None) -> None:
        """``suggester`` is asked when the user first types: it reads files; ``check`` finds a text's doubt."""
        super().__init__(parent)
        self._check = check
        self.line = SuggestingLine(suggester)
        self.doubt_label = sentence_label(WARNING)
        self.chips = QWidget()
        self.chips.hide()
        self._chip_row = FlowLayout(self.chips)
        self._doubt: Doubt | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.check)
        self.line.textChanged.connect(self._note_change)
        self.line.left.connect(self.check)
        self.line.returnPressed.connect(self.submitted)
        self.setFocusProxy(self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.line, self.doubt_label, self.chips):
            layout.addWidget(widget)

    @property
    def text(self) -> str:
        """The text, without space around it."""
        return self.line.text().strip()

    @property
    def doubt(self) -> Doubt | None:
        """What is wrong with the text, as last checked."""
        return self._doubt

    def set_text(self, text: str) -> None:
        """Replace the text; it is checked at once."""
        self.line.setText(text)
        self.check()

    def check(self) -> bool:
        """Judge the text now, show the doubt, and return whether there is none."""
        self._pause.stop()
        self.show_doubt(self._check(self.text))
        return self._doubt is None

    def show_doubt(self, doubt: Doubt | None) -> None:
        """Show ``doubt``, or hide the one shown."""
        if doubt == self._doubt:
            return
        self._doubt = doubt
        self.doubt_label.setText(doubt.sentence if doubt else "")
        self.doubt_label.setVisible(doubt is not None)
        while item := self._chip_row.takeAt(0):
            if chip := item.widget():
                chip.deleteLater()
        for word in doubt.near if doubt else ():
            self._chip_row.addWidget(self._chip(word))
        self.chips.setVisible(doubt is not None and bool(doubt.near))

    def _chip(self, word: str) -> QPushButton:
        chip = QPushButton(word)
        make_chip(chip)
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        chip.setToolTip(f"Write “{word}” instead")
        chip.clicked.connect(lambda: self._take(word))
        return chip

    def _take(self, word: str) -> None:
        if self._doubt is not None:
            self.set_text(self._doubt.mended(self.line.text(), word))
            self.line.setFocus()

    def _note_change(self) -> None:
        # While a word is being typed it is not wrong yet; an old doubt goes as soon as it is mended.
        if self._doubt is not None:
            self.show_doubt(self._check(self.text) if self._doubt.near else None)
        self._pause.start()
        self.changed.emit(self.text)


class SuggestingLine(QLineEdit):
    """A line that offers words and phrases for what stands before the cursor."""

    left = Signal()

    def __init__(self, suggester: Callable[[], Suggester], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggester = suggester
        self._typed_to = 0  # where the cursor was when words were offered
        self._model = QStandardItemModel(self)
        self.popup = QListView()
        self.popup.setStyleSheet(POPUP)
        self._completer = QCompleter(self._model, self)
        self._completer.setPopup(self.popup)
        self.popup.setItemDelegate(_SuggestionDelegate(self.popup))  # setPopup has put in its own
        # Set with setWidget, not setCompleter: a choice replaces a part of the line, and the line knows which.
        self._completer.setWidget(self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated[QModelIndex].connect(self._take)  # type: ignore[index]  # Qt has two of that name
        self.textEdited.connect(self._suggest)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Return to the popup, which hands keys on to the line first, while a suggestion is marked."""
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and self.popup.isVisible() and self.popup.currentIndex().isValid():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the typing is over."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def _suggest(self) -> None:
        self._typed_to = self.cursorPosition()
        found = self._suggester().suggest(self.text()[: self._typed_to])
        self._model.clear()
        for suggestion in found:
            self._model.appendRow(_item(suggestion))
        if found and self.isVisible():
            self._completer.complete(QRect(0, 0, max(self.width(), 220), self.height() + 2))
            self.popup.setCurrentIndex(QModelIndex())  # Return takes what is marked, and nothing is yet
        else:
            self.popup.hide()

    def _take(self, index: QModelIndex) -> None:
        start, text = index.data(START_ROLE), index.data()
        self.setText(self.text()[:start] + text + self.text()[self._typed_to :])
        self.setCursorPosition(start + len(text))


class _SuggestionDelegate(QStyledItemDelegate):
    """Writes the kind of each suggestion, dim, at its right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(90, 6)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        box = option.rect.adjusted(0, 0, -8, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data(KIND_ROLE))
        painter.restore()


def _item(suggestion: Suggestion) -> QStandardItem:
    item = QStandardItem(suggestion.text)
    item.setData(suggestion.kind, KIND_ROLE)
    item.setData(suggestion.start, START_ROLE)
    return item
