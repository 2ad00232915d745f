"""The section of the prompt panel that holds every option of the method."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.prompt.fold import FoldButton
from desktop.prompt.options import OptionRow
from desktop.theme import tint
from engine.jobs import Options
from engine.options import Choice, options_of
from engine.text2live.settings import Settings

TITLE = "Method"


@dataclass(frozen=True)
class Group:
    """Options that belong together."""

    title: str
    choices: tuple[Choice, ...]


def groups(settings: Settings) -> Iterator[Group]:
    """Yield all options of ``settings``: first those of its parts, then its own."""
    parts = {"Weights": settings.weights, "Views": settings.views}
    taken: set[str] = set()
    for title, part in parts.items():
        choices = tuple(options_of(part))
        taken |= {choice.name for choice in choices}
        yield Group(title, choices)
    yield Group("Training", tuple(choice for choice in options_of(settings) if choice.name not in taken))


class MethodSection(QWidget):
    """Folds; shows what the quality and the guide bring, and keeps apart from that what the user changed."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, OptionRow] = {}
        self._unknown: Options = ()
        self._body = QWidget()
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Give every option back to the quality")
        self.reset_button.setAutoDefault(False)
        self.reset_button.clicked.connect(self.reset)
        self._lay_out(settings)
        self.fold = FoldButton(TITLE, "Every option of the method", self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.fold)
        layout.addWidget(self._body)
        self._count()

    def options(self) -> Options:
        """Return what differs from what the quality and the guide bring."""
        own = ((name, row.own) for name, row in self.rows.items())
        return self._unknown + tuple((name, value) for name, value in own if value is not None)

    def set_options(self, options: Options) -> None:
        """Show the ``options`` of a job, and no others; unknown ones are kept, for the engine to refuse."""
        given = dict(options)
        self._unknown = tuple(option for option in options if option[0] not in self.rows)
        for name, row in self.rows.items():
            row.field.set_own(given.get(name))
        self._count()

    def show_defaults(self, settings: Settings) -> None:
        """Show what another quality or guide brings; what the user changed stays."""
        for choice in options_of(settings):
            self.rows[choice.name].show_default(choice.value)
        self._count()

    def reset(self) -> None:
        """Drop all that the user changed."""
        self.set_options(())

    def _lay_out(self, settings: Settings) -> None:
        form = QFormLayout(self._body)
        form.setContentsMargins(0, 2, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for group in groups(settings):
            heading = QLabel(group.title)
            tint(heading, theme.DIM)
            heading.setContentsMargins(0, 6, 0, 0)
            form.addRow(heading)
            for choice in group.choices:
                row = self.rows[choice.name] = OptionRow(choice)
                row.field.edited.connect(self._count)
                form.addRow(row.label, row.field)
        form.addRow(self.reset_button)

    def _count(self) -> None:
        count = len(self.options())
        self.reset_button.setEnabled(count > 0)
        self.fold.setText(f"{TITLE} ({count} changed)" if count else TITLE)
        self.changed.emit()
