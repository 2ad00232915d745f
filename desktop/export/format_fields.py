"""The format, how colour lies under alpha in it, and what else only some formats hold."""

from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout

from desktop import theme
from desktop.export.choices import ExportSettings
from desktop.export.content_fields import FIELD_WIDTH
from desktop.export.grouped_box import GroupedBox
from desktop.export.rows import add_row
from desktop.export.words import ALPHAS, alpha_hint, format_groups
from desktop.theme import tint
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.segments import Segments
from engine.jobs.deliveries import PASSES_CONTENTS, RGBA_CONTENTS, Content
from engine.media.formats import FORMATS, FormatName
from engine.media.writers.slate import AlphaMode

ALPHA_WIDTH = 270
LINEAR = tuple(name for name, format_ in FORMATS.items() if format_.is_linear)


class FormatFields(QObject):
    """Alpha follows the format's convention until another is chosen."""

    changed = Signal()

    def __init__(self, of_clip: bool) -> None:
        super().__init__()
        self.format: GroupedBox[FormatName] = GroupedBox(format_groups(of_clip), "Format")
        self.format.setMinimumWidth(FIELD_WIDTH)
        self.format_hint = ElidedLabel("")
        self.alpha: Segments[AlphaMode] = Segments(ALPHAS)
        self.alpha.setFixedWidth(ALPHA_WIDTH)
        self.alpha_hint = ElidedLabel("")
        self.passes = QCheckBox("Foreground, background and matte as further layers of the OpenEXR files")
        for hint in (self.format_hint, self.alpha_hint):
            tint(hint, theme.DIM)
        self.format.chosen.connect(self._change_format)
        self.alpha.changed.connect(self.changed)
        self.passes.toggled.connect(lambda _on: self.changed.emit())

    @property
    def own_alpha(self) -> AlphaMode | Literal[""]:
        """How colour lies under alpha, empty where that is the format's convention."""
        convention = FORMATS[self.format.value].alpha
        return "" if convention in (None, self.alpha.value) else self.alpha.value

    def show_settings(self, settings: ExportSettings) -> None:
        """Show them; a format that is not offered gives way to the first one."""
        self.format.choose(settings.format)
        self._choose_alpha(settings.alpha)
        self.passes.setChecked(settings.passes)

    def show_content(self, what: Content) -> None:
        """Enable what matters to ``what``."""
        name, format_ = self.format.value, FORMATS[self.format.value]
        self.format_hint.set_text(self.format.tip)
        has_alpha = what in RGBA_CONTENTS
        self.alpha.setEnabled(has_alpha and format_.alpha is not None)
        self.alpha_hint.set_text(alpha_hint(format_, self.own_alpha, has_alpha))
        self.passes.setEnabled(name in LINEAR and what in PASSES_CONTENTS)

    def add_to(self, rows: QFormLayout) -> None:
        """Add what every export needs."""
        add_row(rows, "Format", self.format, self.format_hint, wide=self.format_hint)
        add_row(rows, "Alpha", self.alpha, self.alpha_hint, wide=self.alpha_hint)

    def add_more_to(self, rows: QFormLayout) -> None:
        """Add what few exports need."""
        add_row(rows, "Passes", self.passes)

    def _change_format(self) -> None:
        self._choose_alpha("")
        self.changed.emit()

    def _choose_alpha(self, alpha: AlphaMode | Literal[""]) -> None:
        wanted = alpha or FORMATS[self.format.value].alpha or "straight"
        self.alpha.choose("premultiplied" if wanted == "premultiplied" else "straight")
