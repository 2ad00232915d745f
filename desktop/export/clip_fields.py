"""What only clips have: which frames are exported, how their files are numbered, and sound."""

from typing import Literal

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QSpinBox

from desktop import theme
from desktop.export.choices import ExportSettings
from desktop.export.content_fields import FIELD_WIDTH
from desktop.export.grouped_box import GroupedBox
from desktop.export.plan import is_numbered
from desktop.export.rows import add_row
from desktop.theme import tint
from engine.jobs.deliveries import LARGEST_NUMBER
from engine.media.formats import FORMATS

FIRST_SHOT_FRAME = 1001  # where shots begin in visual effects
NUMBER_WIDTH = 84

Extent = Literal["work", "whole", "own"]


class ClipFields(QObject):
    """Speaks the source's own frame numbers."""

    changed = Signal()

    def __init__(self, work_area: range, frames: range, has_sound: bool) -> None:
        """``frames`` are the numbers of the whole clip, ``work_area`` those that are played."""
        super().__init__()
        self._has_sound = has_sound
        self._spans = {"work": work_area, "whole": frames}
        self.extent: GroupedBox[Extent] = GroupedBox(
            [
                (
                    "",
                    (
                        ("work", "Work area", "What the timeline plays"),
                        ("whole", "Whole clip", "All frames of the source"),
                        ("own", "From – to", "Frames by the source’s own numbers"),
                    ),
                )
            ],
            "Frames to export",
        )
        self.extent.setMinimumWidth(FIELD_WIDTH)
        self.first = _number_field("First frame", frames[0], frames[-1])
        self.last = _number_field("Last frame", frames[0], frames[-1])
        self.count = QLabel()
        tint(self.count, theme.DIM)
        self.numbering: GroupedBox[bool] = GroupedBox(
            [
                (
                    "",
                    (
                        (False, "The source’s own", "Files have the numbers that the frames have in the source"),
                        (True, "Start at", "The first file has this number, the others follow"),
                    ),
                )
            ],
            "Numbers of the files",
        )
        self.numbering.setMinimumWidth(FIELD_WIDTH)
        self.start = _number_field("Number of the first file", 0, LARGEST_NUMBER)
        self.start.setValue(FIRST_SHOT_FRAME)
        self.sound = QCheckBox("The source’s sound, in movies of the composite")
        self._connect()
        self._show_extent()
        self._show_numbering()

    @property
    def numbers(self) -> tuple[int, int] | None:
        """The first and the last frame where they are the user's own."""
        return (self.first.value(), self.last.value()) if self.extent.value == "own" else None

    @property
    def start_number(self) -> int | None:
        """The number of the first file, None for the source's own."""
        return self.start.value() if self.numbering.value else None

    def show_settings(self, settings: ExportSettings) -> None:
        """Show them."""
        self.extent.choose("whole" if settings.whole else "work")
        self.numbering.choose(settings.start is not None)
        self.start.setValue(FIRST_SHOT_FRAME if settings.start is None else settings.start)
        self.sound.setChecked(settings.sound)

    def enable_what_matters(self, settings: ExportSettings) -> None:
        """Enable what matters to the content and the format."""
        numbered = is_numbered(settings)
        self.numbering.setEnabled(numbered)
        self.start.setEnabled(numbered and self.numbering.value)
        takes_sound = FORMATS[settings.format].is_movie and settings.what == "composite"
        self.sound.setEnabled(takes_sound and self._has_sound)
        self.sound.setToolTip("" if self._has_sound else "The source has no sound")

    def add_to(self, rows: QFormLayout) -> None:
        """Add the frames."""
        add_row(rows, "Frames", self.extent, self.first, QLabel("–"), self.last, self.count)

    def add_more_to(self, rows: QFormLayout) -> None:
        """Add what few exports need."""
        add_row(rows, "Numbers", self.numbering, self.start)
        add_row(rows, "Sound", self.sound)

    def _show_extent(self) -> None:
        extent = self.extent.value
        if extent != "own":
            with QSignalBlocker(self.first), QSignalBlocker(self.last):
                self.first.setValue(self._spans[extent][0])
                self.last.setValue(self._spans[extent][-1])
        for field in (self.first, self.last):
            field.setEnabled(extent == "own")
        self._show_count()

    def _show_count(self) -> None:
        count = self.last.value() - self.first.value() + 1
        self.count.setText("" if count < 1 else f"{count} frame{'s' * (count > 1)}")

    def _show_numbering(self) -> None:
        self.start.setEnabled(self.numbering.value)

    def _connect(self) -> None:
        self.extent.chosen.connect(self._show_extent)
        self.numbering.chosen.connect(self._show_numbering)
        for field in (self.first, self.last):
            field.valueChanged.connect(self._show_count)
        for signal in (
            self.extent.chosen,
            self.numbering.chosen,
            self.first.valueChanged,
            self.last.valueChanged,
            self.start.valueChanged,
            self.sound.toggled,
        ):
            signal.connect(lambda *_: self.changed.emit())


def _number_field(name: str, least: int, most: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(least, most)
    field.setFixedWidth(NUMBER_WIDTH)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field
