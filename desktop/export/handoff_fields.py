"""Scripts that build the composition in other programs, and who sets the layers' opacity."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout

from desktop import theme
from desktop.export.choices import ExportSettings
from desktop.export.rows import add_row
from desktop.export.words import HANDOFFS, OPACITIES
from desktop.theme import tint
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.segments import Segments
from engine.jobs.deliveries import HANDOFF_CONTENTS, OF_ONE_LAYER, Content, HandoffName

OPACITY_CONTENTS = (*OF_ONE_LAYER, *HANDOFF_CONTENTS)


class HandoffFields(QObject):
    """A script sets the layers' opacity itself, where it stays open to changes; without one there is a choice."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[HandoffName, QCheckBox] = {}
        for name, text, tip in HANDOFFS:
            box = QCheckBox(text)
            box.setToolTip(tip)
            box.setAccessibleName(f"Script for {text}")
            box.toggled.connect(lambda _on: self.changed.emit())
            self.boxes[name] = box
        self.baked: Segments[bool] = Segments(OPACITIES)
        self.baked.changed.connect(self.changed)
        self.opacity_hint = ElidedLabel("")
        # It stands alone in its row where a script is asked for.
        self.opacity_hint.setMinimumHeight(self.baked.sizeHint().height())
        tint(self.opacity_hint, theme.DIM)

    @property
    def handoffs(self) -> tuple[HandoffName, ...]:
        """The scripts that are asked for."""
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    def show_settings(self, settings: ExportSettings) -> None:
        """Show them."""
        for name, box in self.boxes.items():
            box.setChecked(name in settings.handoffs)
        self.baked.choose(settings.bake_opacity)

    def show_content(self, what: Content) -> None:
        """Enable what matters to ``what``."""
        for box in self.boxes.values():
            box.setEnabled(what in HANDOFF_CONTENTS)
        by_script = what in HANDOFF_CONTENTS and bool(self.handoffs)
        self.baked.setVisible(not by_script)
        self.baked.setEnabled(what in OPACITY_CONTENTS)
        self.opacity_hint.set_text("Left to the script, in which it stays open to changes" if by_script else "")

    def add_to(self, rows: QFormLayout) -> None:
        """Add the scripts."""
        add_row(rows, "Scripts", *self.boxes.values())

    def add_more_to(self, rows: QFormLayout) -> None:
        """Add the opacity."""
        add_row(rows, "Opacity", self.baked, self.opacity_hint, wide=self.opacity_hint)
