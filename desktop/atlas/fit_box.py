"""The part of the atlas panel that makes the atlas: how well, over which frames, and what there is."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.prompt.options import CalmBox
from desktop.theme import WARNING, sentence_label, tint
from desktop.widgets.segments import Segments
from engine.atlas.atlas import Atlas
from engine.colour import to_uint8
from engine.filters import resize
from engine.jobs import AtlasQuality, FlowName

QUALITIES: tuple[tuple[AtlasQuality, str, str], ...] = (
    ("draft", "Draft", "A first look at how well the clip comes apart"),
    ("standard", "Standard", "Good for most clips"),
    ("best", "Best", "Larger and longer, for what stays blurred otherwise"),
)
PREVIEW_HEIGHT = 84
USUAL: AtlasQuality = "standard"
RANGES = ((False, "Work area", "The frames between in and out (I and O)"), (True, "Whole clip", "All frames"))
FLOWS: tuple[tuple[FlowName, str], ...] = (("dis", "DIS (quick)"), ("raft", "RAFT (neural)"))


@dataclass(frozen=True)
class FitSettings:
    """How an atlas is to be fitted; ``whole`` asks for the whole clip in place of the work area."""

    quality: AtlasQuality = USUAL
    light: bool = True
    flow: FlowName = "dis"
    whole: bool = False


class FitBox(QWidget):
    """Settings, the button, and a line on the atlas that there is."""

    fit_requested = Signal()
    import_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quality = Segments(QUALITIES)
        self.quality.choose(USUAL)
        self.range = Segments(RANGES)
        self.light = QCheckBox("Light changes")
        self.light.setChecked(True)
        self.light.setToolTip("Let light and shadow change over the clip; edits are lit alike")
        self.flow = CalmBox()
        for value, text in FLOWS:
            self.flow.addItem(text, value)
        self.flow.setToolTip("How motion between frames is measured; RAFT needs its weights installed")
        self.area = QLabel()
        tint(self.area, theme.DIM)
        self.state = QLabel()
        self.state.setWordWrap(True)
        tint(self.state, theme.DIM)
        self.preview = QLabel()
        self.preview.setToolTip("A frame as the atlas that is being fitted explains it so far")
        self.preview.hide()
        self.problem = sentence_label(WARNING)
        self.fit_button = QPushButton("Fit the atlas")
        self.fit_button.setToolTip("Take the clip apart into background and objects, on which edits stick")
        self.fit_button.clicked.connect(self.fit_requested)
        self.import_button = QPushButton("Import…")
        self.import_button.setToolTip("Take over published Layered Neural Atlases of the frames chosen above")
        self.import_button.clicked.connect(self.import_requested)
        self.range.changed.connect(self._show_area)
        self._work_area = self._numbers = range(1, 2)
        self._lay_out()
        self.show_atlas(None)

    @property
    def settings(self) -> FitSettings:
        """What is chosen."""
        return FitSettings(self.quality.value, self.light.isChecked(), self.flow.currentData(), self.range.value)

    def show_range(self, work_area: range, numbers: range) -> None:
        """Say which frames will be fitted."""
        self._work_area, self._numbers = work_area, numbers
        self._show_area()

    def show_atlas(self, atlas: Atlas | None) -> None:
        """Say what there is."""
        self.state.setText(described(atlas))
        self.fit_button.setText("Fit the atlas" if atlas is None else "Fit the atlas again")

    def show_preview(self, rgba: np.ndarray | None) -> None:
        """Show what is being fitted, (h, w, 4) float32; None for nothing."""
        self.preview.setVisible(rgba is not None)
        if rgba is not None:
            self.preview.setPixmap(QPixmap.fromImage(_image(rgba)))

    def show_problem(self, sentence: str) -> None:
        """Say why nothing was asked for; an empty sentence takes that back."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _show_area(self) -> None:
        numbers = self._numbers if self.range.value else self._work_area
        self.area.setText(f"Frames {numbers[0]} to {numbers[-1]} ({len(numbers)})")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Flow", self.flow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        heading = QLabel("Atlas")
        tint(heading, theme.DIM)
        for widget in (heading, self.state, self.quality, self.range, self.area, self.light):
            layout.addWidget(widget)
        layout.addLayout(form)

    def foot(self) -> QVBoxLayout:
        """Return the buttons, and above them the places of preview and problem: for where they are always in sight."""
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 6, 10, 10)
        foot.setSpacing(6)
        foot.addWidget(self.preview)
        foot.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.fit_button, 1)
        buttons.addWidget(self.import_button)
        foot.addLayout(buttons)
        return foot


def _image(rgba: np.ndarray) -> QImage:
    """Return a small picture, over black."""
    scale = min(PREVIEW_HEIGHT / rgba.shape[0], 1.0)
    small = resize(rgba, round(rgba.shape[1] * scale), max(round(rgba.shape[0] * scale), 1))
    rgb = np.ascontiguousarray(to_uint8(np.clip(small[..., :3] * small[..., 3:], 0, 1)))
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()  # owns its pixels


def described(atlas: Atlas | None) -> str:
    """Return in words what an atlas holds."""
    if atlas is None:
        return "None yet. An edit makes one first."
    layers = ", ".join(f"{layer.name} {layer.size[0]} × {layer.size[1]}" for layer in atlas.layers)
    numbers = atlas.clip.numbers
    return f"Frames {numbers[0]} to {numbers[-1]}: {layers}"
