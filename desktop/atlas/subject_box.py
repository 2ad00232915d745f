"""The objects of a clip in the atlas panel: the list, and how the current one is found."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.matte.subjects import Subjects
from desktop.prompt.suggestions import doubt_subject, subject_suggester
from desktop.prompt.word_field import WordField
from desktop.theme import make_chip, tint
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.flow_layout import FlowLayout
from engine.clip_subjects import ClipSubject

LIST_HEIGHT = 66
ID_ROLE = Qt.ItemDataRole.UserRole
HELP = "Paint the object on one frame (D), draw a box round it (X), load masks, or write its word."


class SubjectBox(QWidget):
    """Follows the objects, and asks for changes of them."""

    frame_asked = Signal(int)
    mask_asked = Signal()
    folder_asked = Signal()

    def __init__(self, subjects: Subjects, guide: Callable[[], str], parent: QWidget | None = None) -> None:
        """``guide`` tells the guide that will find an object by its word."""
        super().__init__(parent)
        self._subjects = subjects
        self.list = _list()
        self.add_button = _small("plus", "Add an object in front of the others")
        self.remove_button = _small("delete", "Remove the object")
        self.keys = QWidget()
        self._chips = FlowLayout(self.keys)
        self.help = QLabel(HELP)
        self.help.setWordWrap(True)
        tint(self.help, theme.DIM)
        self.word = WordField(lambda: subject_suggester(guide()), lambda text: doubt_subject(text, guide()))
        self.word.line.setPlaceholderText("its word, if it has no mask")
        self.word.line.setToolTip("What the object is, for instance “black swan”: it is then found in every frame")
        self.load_button = QPushButton("Load a mask…")
        self.load_button.setToolTip("Take a picture file as the object's mask on this frame")
        self.folder_button = QPushButton("Mask folder…")
        self.folder_button.setToolTip("Take a folder with one mask a frame, named like the frames or in their order")
        self.folder_label = ElidedLabel("")
        self.forget_button = _small("cancel", "Use the folder of masks no more")
        self._tools = QHBoxLayout()
        self._lay_out()
        self._connect()
        self._show()

    def add_tools(self, actions: Iterable[QAction]) -> None:
        """Put a button for each action under the list."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            self._tools.addWidget(button)
        self._tools.addStretch()

    def _connect(self) -> None:
        subjects = self._subjects
        subjects.changed.connect(self._show)
        self.add_button.clicked.connect(subjects.add)
        self.remove_button.clicked.connect(subjects.remove)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemChanged.connect(lambda item, _column: subjects.rename(item.data(0, ID_ROLE), item.text(0)))
        self.word.submitted.connect(self._take_word)
        self.word.line.left.connect(self._take_word)
        self.load_button.clicked.connect(self.mask_asked)
        self.folder_button.clicked.connect(self.folder_asked)
        self.forget_button.clicked.connect(subjects.forget_folder)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self._subjects.choose(item.data(0, ID_ROLE))

    def _take_word(self) -> None:
        current = self._subjects.current
        if self.word.text != (current.text if current else ""):
            self._subjects.set_text(self.word.text)

    def _show(self) -> None:
        current = self._subjects.current
        self._show_list(current)
        self._show_keys(current)
        self.remove_button.setEnabled(current is not None)
        if not self.word.line.hasFocus():
            self.word.set_text(current.text if current else "")
        masks = current.masks if current else ""
        self.folder_label.set_text(f"One mask a frame: {masks}" if masks else "")
        self.folder_label.setVisible(bool(masks))
        self.forget_button.setVisible(bool(masks))

    def _show_list(self, current: ClipSubject | None) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for subject in reversed(self._subjects.all):  # the nearest on top, as layers lie
                item = QTreeWidgetItem([subject.name, found_by(subject)])
                item.setData(0, ID_ROLE, subject.id)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setForeground(1, self.palette().placeholderText())
                self.list.addTopLevelItem(item)
                if subject == current:
                    self.list.setCurrentItem(item)

    def _show_keys(self, current: ClipSubject | None) -> None:
        while item := self._chips.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        numbers = current.key_numbers if current else ()
        for number in numbers:
            chip = QPushButton(str(number))
            make_chip(chip)
            chip.setToolTip(f"Frame {number} has a mask; go there")
            if number == self._subjects.number:
                chip.setStyleSheet(chip.styleSheet() + f"QPushButton {{ border-color: {theme.ACCENT_LIGHT}; }}")
            chip.clicked.connect(lambda _checked=False, number=number: self.frame_asked.emit(number))
            self._chips.addWidget(chip)
        self.keys.setVisible(bool(numbers))
        self.help.setVisible(current is None or not current.can_be_found)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = QLabel("Objects")
        tint(title, theme.DIM)
        head.addWidget(title, 1)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        masks = QHBoxLayout()
        masks.addWidget(self.load_button)
        masks.addWidget(self.folder_button)
        folder = QHBoxLayout()
        folder.addWidget(self.folder_label, 1)
        folder.addWidget(self.forget_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.list)
        layout.addWidget(self.help)
        layout.addWidget(self.keys)
        layout.addLayout(self._tools)
        layout.addLayout(masks)
        layout.addLayout(folder)
        layout.addWidget(self.word)


def found_by(subject: ClipSubject) -> str:
    """Return in a few words how an object is found."""
    if subject.keys:
        return "1 mask" if len(subject.keys) == 1 else f"{len(subject.keys)} masks"
    if subject.masks:
        return "a mask a frame"
    return f"“{subject.text}”" if subject.text else "not found yet"


def _list() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setColumnCount(2)
    tree.setHeaderHidden(True)
    tree.setRootIsDecorated(False)
    tree.setFixedHeight(LIST_HEIGHT)
    tree.setEditTriggers(QTreeWidget.EditTrigger.DoubleClicked | QTreeWidget.EditTrigger.EditKeyPressed)
    tree.setToolTip("The objects before the background, the nearest on top; double click renames")
    return tree


def _small(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(16, 16))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
