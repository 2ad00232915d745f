"""The export dialog: one picture out of the project, or the frames of its work area."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.export.plan import TOKENS, AnyFormat, ExportChoices, ExportPlan, plan, size_text
from desktop.export.settings import keep_choices, load_choices
from desktop.messages import Choice, Role, ask
from desktop.theme import WARNING, make_chip, sentence_label, tint
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.segments import Segments
from engine.errors import UserError
from engine.jobs import AlphaMode, BitDepth, Content
from engine.project import Footage, Project

CONTENTS: tuple[tuple[Content, str, str], ...] = (
    ("layer", "Edit layer", "Colour and opacity of one layer"),
    ("composite", "Composite", "The picture with all visible layers"),
    ("alpha", "Alpha", "The layer's opacity as a gray picture"),
    ("greenscreen", "Green screen", "The layer over a green ground, for programs without alpha"),
)
FORMATS: tuple[tuple[AnyFormat, str, str], ...] = (
    ("png", "PNG", "Read by everything"),
    ("tiff", "TIFF", "Says itself whether its alpha is straight"),
)
CLIP_FORMATS: tuple[tuple[AnyFormat, str, str], ...] = (
    ("png", "PNG", "One picture a frame, with alpha, numbered as the source's frames are"),
    ("prores", "ProRes", "ProRes 422 HQ, with the source's rate, timecode, colour tags and sound"),
    ("h264", "H.264", "Small, for showing, with the source's rate, colour tags and sound"),
)
BITS: tuple[tuple[BitDepth, str, str], ...] = (
    (16, "16 bits", "For further work: no banding"),
    (8, "8 bits", "Smaller; for showing"),
)
ALPHAS: tuple[tuple[AlphaMode, str, str], ...] = (
    ("straight", "Straight", "The usual for PNG and TIFF: colour is kept apart from opacity"),
    ("premultiplied", "Premultiplied", "Colour is multiplied by opacity, as Nuke and Blender expect it"),
)


class ExportDialog(QDialog):
    """Asks what to export and where to; `export_requested` carries a complete job."""

    export_requested = Signal(object)  # a StillExport or a ClipExport

    def __init__(self, project: Project, folder: Path, current_layer: str, parent: QWidget | None = None) -> None:
        """``folder`` is where the project is saved as it is now; the export reads it there."""
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._project = project
        self._project_folder = folder
        self._of_clip = project.footage is not None and project.footage.is_clip
        self.what = Segments(CONTENTS)
        self.layer = QComboBox()
        self.format = Segments(CLIP_FORMATS if self._of_clip else FORMATS)
        self.bits = Segments(BITS)
        self.alpha = Segments(ALPHAS)
        self.folder = QLineEdit()
        self.browse_button = QPushButton("Browse…")
        self.name = QLineEdit()
        self.file_label = ElidedLabel("")
        self.size_label = QLabel()
        self.problem = sentence_label(WARNING)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._plan: ExportPlan
        self._fill(current_layer)
        self._lay_out()
        self._connect()
        self.refresh()

    def choices(self) -> ExportChoices:
        """Return what is chosen now."""
        return ExportChoices(
            what=self.what.value,
            layer=self.layer.currentData() or "",
            format=self.format.value,
            bits=self.bits.value,
            alpha=self.alpha.value,
            folder=Path(self.folder.text().strip()).expanduser(),
            name=self.name.text(),
        )

    def refresh(self) -> None:
        """Look again where the export would go, and show it."""
        choices = self.choices()
        self._plan = plan(choices, self._project)
        self.layer.setEnabled(choices.what != "composite")
        self.alpha.setEnabled(choices.what == "layer")
        self.bits.setEnabled(choices.format in ("png", "tiff"))
        self.file_label.set_text(self._plan.file_words())
        self.size_label.setText(self._size_words())
        warning = f"{self._plan.path.name} exists; you are asked before it is replaced." if self._plan.replaces else ""
        self._show_problem(self._plan.problem or warning)
        self.export_button.setEnabled(not self._plan.problem)

    def export(self) -> None:
        """Send the job, after asking where a file would be replaced."""
        self.refresh()  # the disk may have changed since the last look
        if self._plan.problem:
            return
        if self._plan.replaces:
            choices = [Choice("Replace", Role.AcceptRole, self._send), Choice("Cancel", Role.RejectRole)]
            ask(self, f"Replace {self._plan.path.name}?", f"It is in {self._plan.path.parent}.", choices)
        else:
            self._send()

    def _send(self) -> None:
        choices = self.choices()
        try:
            job = self._plan.job(choices, self._project_folder)
        except UserError as error:
            self._show_problem(str(error))
            return
        keep_choices(choices, self._of_clip)
        self.export_requested.emit(job)
        self.accept()

    def _show_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _size_words(self) -> str:
        footage, free = self._project.footage, self._plan.free
        parts = [f"{footage.width} × {footage.height} pixels"] if footage else []
        if self._plan.frames is not None:
            parts.append(f"frames {self._plan.frames[0]} to {self._plan.frames[-1]}")
        parts.append(f"at most {size_text(self._plan.size)}")
        return " · ".join([*parts, *([] if free is None else [f"{size_text(free)} free"])])

    def _fill(self, current_layer: str) -> None:
        for layer in reversed(self._project.layers):
            self.layer.addItem(layer.name, layer.id)
        self.layer.setCurrentIndex(max(self.layer.findData(current_layer), 0))
        footage = self._project.footage
        kept = load_choices(_first_folder(footage), current_layer, self._of_clip)
        self.what.choose(kept.what if self._project.layers else "composite")
        for content in ("layer", "alpha", "greenscreen"):
            self.what.button(content).setEnabled(bool(self._project.layers))
        self.format.choose(kept.format)
        self.bits.choose(kept.bits)
        self.alpha.choose(kept.alpha)
        self.folder.setText(str(kept.folder))
        self.name.setText(kept.name)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to", self.folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _connect(self) -> None:
        for segments in (self.what, self.format, self.bits, self.alpha):
            segments.changed.connect(self.refresh)
        self.layer.currentIndexChanged.connect(self.refresh)
        self.folder.textChanged.connect(self.refresh)
        self.name.textChanged.connect(self.refresh)
        self.browse_button.clicked.connect(self._browse)
        self.export_button.clicked.connect(self.export)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        self.browse_button.setAutoDefault(False)
        self.export_button.setDefault(True)
        folder = QHBoxLayout()
        folder.setSpacing(6)
        folder.addWidget(self.folder, 1)
        folder.addWidget(self.browse_button)
        depth = QHBoxLayout()
        depth.setSpacing(14)
        depth.addWidget(self.format, 1)
        depth.addWidget(self.bits, 1)
        for label in (self.size_label, self.file_label):
            tint(label, theme.DIM)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(10)
        form.addRow("Content", self.what)
        form.addRow("Layer", self.layer)
        form.addRow("Format", depth)
        form.addRow("Alpha", self.alpha)
        form.addRow("Folder", folder)
        form.addRow("Name", self.name)
        form.addRow("", self._token_row())
        form.addRow("File", self.file_label)
        form.addRow("Size", self.size_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(560)

    def _token_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for token in TOKENS:
            chip = QPushButton(token)
            make_chip(chip)
            chip.setAutoDefault(False)
            chip.setToolTip(f"Put {token} in the name")
            chip.clicked.connect(lambda _checked=False, token=token: self.name.insert(token))
            row.addWidget(chip)
        row.addStretch()
        return row


def _first_folder(footage: Footage | None) -> Path:
    """Return a folder beside the footage: never among a clip's own frames."""
    if footage is None:
        return Path.home()
    folder = footage.path.parent
    is_pattern = footage.is_clip and not footage.path.exists()
    return folder.parent if is_pattern else folder
