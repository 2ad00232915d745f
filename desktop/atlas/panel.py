"""The atlas panel: the objects of a clip, the fitting of its atlas, and what of it is shown."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from desktop.atlas.fit_box import FitBox
from desktop.atlas.subject_box import SubjectBox
from desktop.matte.subjects import Subjects
from engine.atlas.atlas import Atlas
from engine.project import Project

FOR_CLIPS = "Atlases are for clips.\nOpen a movie or a folder of frames."


class AtlasPanel(QWidget):
    """Shown for clips; a still has no atlas, and the panel says so."""

    fit_requested = Signal(object)  # FitSettings

    def __init__(self, subjects: Subjects, guide: Callable[[], str], parent: QWidget | None = None) -> None:
        """``guide`` tells the guide that finds objects by their words."""
        super().__init__(parent)
        self.subjects = SubjectBox(subjects, guide)
        self.fit = FitBox()
        self.fit.fit_requested.connect(lambda: self.fit_requested.emit(self.fit.settings))
        self._empty = QLabel(FOR_CLIPS)
        self._empty.setEnabled(False)
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(16, 16, 16, 16)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._scrolled(), 1)
        body.addLayout(self.fit.foot())
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._body)

    def show_project(self, project: Project) -> None:
        """Follow the footage and the work area."""
        footage = project.footage
        is_clip = footage is not None and footage.is_clip
        self._stack.setCurrentWidget(self._body if is_clip else self._empty)
        if footage is not None and is_clip:
            self.fit.show_range(project.work_area, footage.numbers)

    def show_atlas(self, atlas: Atlas | None) -> None:
        """Say what atlas there is."""
        self.fit.show_atlas(atlas)

    def _scrolled(self) -> QScrollArea:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(10, 8, 10, 8)
        rows.setSpacing(10)
        rows.addWidget(self.subjects)
        rows.addWidget(self.fit)
        rows.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        return scroll
