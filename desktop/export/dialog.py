"""The export dialog: what goes where, for whom, and in which format."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QVBoxLayout, QWidget

from desktop import theme
from desktop.export.choices import ExportChoices, ExportSettings
from desktop.export.clip_fields import ClipFields
from desktop.export.content_fields import ContentFields
from desktop.export.destination_bar import DestinationBar
from desktop.export.destinations import CUSTOM, destination_choices, summary, usual_settings
from desktop.export.format_fields import FormatFields
from desktop.export.handoff_fields import HandoffFields
from desktop.export.memory import ExportMemory
from desktop.export.place_fields import PlaceFields
from desktop.export.plan import ExportPlan, ExportSource, plan
from desktop.export.preset_menu import PresetButton
from desktop.export.rows import form
from desktop.export.summary import Summary
from desktop.messages import Choice, Role, ask
from desktop.prompt.fold import FoldButton
from engine.project import Footage

WIDTH = 760


class ExportDialog(QDialog):
    """Asks what to export and where to; `export_requested` carries a complete job."""

    export_requested = Signal(object)  # a StillDelivery or a ClipDelivery

    def __init__(self, source: ExportSource, current_layer: str, parent: QWidget | None = None) -> None:
        """``current_layer`` is the id of the layer that is chosen at first, empty for none."""
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._source = source
        self._of_clip = source.footage.is_clip
        self._memory = ExportMemory(self._of_clip)
        self._is_filling = False
        self._preset = ""  # the user's own, while nothing in it is changed
        self._plan: ExportPlan
        self.presets = PresetButton(self._memory)
        self.destinations = DestinationBar(destination_choices(self._of_clip), self.presets)
        self.content = ContentFields(source.project, current_layer)
        self.format = FormatFields(self._of_clip)
        self.clip = _clip_fields(source) if self._of_clip else None
        self.handoff = HandoffFields()
        self.place = PlaceFields()
        self.summary = Summary()
        self._more = QWidget()
        self.fold = FoldButton("More", "Opacity, passes, numbering and sound", self._more)
        self.buttons = QDialogButtonBox()
        # A standard button would bring the desktop's own icon.
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        self.export_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self._connect()
        self.place.folder.setText(str(self._memory.folder() or _first_folder(source.footage)))
        self._go_to(self._memory.destination())
        self.content.what.setFocus()

    def settings(self) -> ExportSettings:
        """Return what is chosen now, good for any project."""
        shown = ExportSettings(
            what=self.content.what.value,
            format=self.format.format.value,
            alpha=self.format.own_alpha,
            bake_opacity=self.handoff.baked.value,
            passes=self.format.passes.isChecked(),
            handoffs=self.handoff.handoffs,
            name=self.place.name.text(),
        )
        if self.clip is None:
            return shown
        clip = self.clip
        return replace(shown, whole=clip.extent.value == "whole", start=clip.start_number, sound=clip.sound.isChecked())

    def choices(self) -> ExportChoices:
        """Return all that is chosen now."""
        return ExportChoices(
            settings=self.settings(),
            layer=self.content.layer_id,
            folder=self.place.path,
            version=self.place.own_version,
            numbers=self.clip.numbers if self.clip else None,
        )

    def refresh(self) -> None:
        """Look again where the export would go, and show it."""
        what = self.content.what.value
        self.format.show_content(what)
        self.handoff.show_content(what)
        choices = self.choices()
        self._plan = plan(choices, self._source)
        if self.clip is not None:
            self.clip.enable_what_matters(choices.settings)
        self.place.show_version(self._plan.version)
        self.summary.show_plan(self._plan)
        self.export_button.setEnabled(self._plan.job is not None)
        self._show_destination(choices.settings)

    def export(self) -> None:
        """Send the job, after asking where files would be replaced."""
        self.refresh()  # the disk may have changed since the last look
        if self._plan.job is None:
            return
        if replaced := self._plan.replaced:
            choices = [Choice("Replace", Role.AcceptRole, self._send), Choice("Cancel", Role.RejectRole)]
            what = replaced[0].name if len(replaced) == 1 else f"{replaced[0].name} and {len(replaced) - 1} more files"
            ask(self, f"Replace {what}?", f"In {self.place.path}.", choices)
        else:
            self._send()

    def _send(self) -> None:
        self._memory.keep(self.destinations.value, self.settings(), self.place.path)
        self.export_requested.emit(self._plan.job)
        self.accept()

    def _show_destination(self, settings: ExportSettings) -> None:
        destination = self.destinations.value
        words = f"Your preset “{self._preset}” · {summary(settings)}" if self._preset else summary(settings)
        self.destinations.show_state(destination != CUSTOM and settings != self._usual(destination), words)

    def _usual(self, destination: str) -> ExportSettings:
        """Return a destination's own settings, with a content that the project has."""
        usual = usual_settings(destination, self._of_clip)
        offered = self.content.what.values()
        return usual if usual.what in offered else replace(usual, what=offered[0])

    def _go_to(self, destination: str) -> None:
        """Show a destination with what was remembered for it."""
        self.destinations.choose(destination)
        self._take_destination()

    def _take_destination(self) -> None:
        if not self._is_filling:
            destination = self.destinations.value
            self._fill(self._memory.settings(destination, self._usual(destination)))

    def _take_preset(self, name: str, settings: ExportSettings) -> None:
        self._is_filling = True
        self.destinations.choose(CUSTOM)
        self._fill(settings, name)

    def _keep_preset(self, name: str) -> None:
        self._memory.keep_preset(name, self.settings())
        self._preset = name
        self.refresh()

    def _reset(self) -> None:
        self._fill(self._usual(self.destinations.value))

    def _fill(self, settings: ExportSettings, preset: str = "") -> None:
        self._is_filling = True
        self._preset = preset
        self.content.choose(settings.what)
        self.format.show_settings(settings)
        self.handoff.show_settings(settings)
        if self.clip is not None:
            self.clip.show_settings(settings)
        self.place.name.setText(settings.name)
        self._is_filling = False
        self.refresh()

    def _change(self) -> None:
        if not self._is_filling:
            self._preset = ""
            self.refresh()

    def _keep_precision(self) -> None:
        if self.content.what.value == "uv" and not self._is_filling:
            self.format.format.choose("exr32")  # nothing else holds UV maps

    def _unfold(self) -> None:
        self.resize(self.width(), 0)  # as low as it can be

    def _connect(self) -> None:
        self.content.changed.connect(self._keep_precision)
        for fields in (self.content, self.format, self.clip, self.handoff, self.place):
            if fields is not None:
                fields.changed.connect(self._change)
        self.destinations.chosen.connect(self._take_destination)
        self.destinations.reset_asked.connect(self._reset)
        self.presets.taken.connect(self._take_preset)
        self.presets.save_asked.connect(self._keep_preset)
        self.fold.toggled.connect(self._unfold)
        self.export_button.clicked.connect(self.export)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        what, more, where = form(), form(), form()
        self.content.add_to(what)
        self.format.add_to(what)
        if self.clip is not None:
            self.clip.add_to(what)
        self.handoff.add_to(what)
        self.place.add_to(where)
        self.handoff.add_more_to(more)
        if self.clip is not None:
            self.clip.add_more_to(more)
        self.format.add_more_to(more)
        self._more.setLayout(more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.destinations)
        layout.addWidget(_line())
        layout.addLayout(what)
        layout.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._more)
        layout.addWidget(_line())
        layout.addLayout(where)
        layout.addWidget(self.summary)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setFixedWidth(WIDTH)
        self.export_button.setDefault(True)


def _clip_fields(source: ExportSource) -> ClipFields:
    return ClipFields(source.project.work_area, source.footage.numbers, source.has_sound)


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {theme.LINE};")
    return line


def _first_folder(footage: Footage) -> Path:
    """Return a folder beside the footage: never among a clip's own frames."""
    folder = footage.path.parent
    is_pattern = footage.is_clip and not footage.path.exists()
    return folder.parent if is_pattern else folder
