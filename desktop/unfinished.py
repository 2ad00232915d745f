"""Offers the edits that the last session left unfinished."""

from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.bridge import EngineBridge
from desktop.job_words import title
from engine.jobs import Job


class UnfinishedBanner(QFrame):
    """Shown while there are such jobs. Those of the open picture can go on, from where they stopped.

    Jobs of other pictures wait until theirs is open: a layer needs the project that it belongs to.
    """

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._picture: Path | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.continue_button = QPushButton("Continue")
        self.continue_button.setToolTip("Go on from where the edit stopped")
        self.discard_button = QPushButton("Discard")
        self.discard_button.setToolTip("Forget all unfinished edits")
        self.continue_button.clicked.connect(self._continue)
        self.discard_button.clicked.connect(self._discard)
        self.setObjectName("unfinished")
        self.setStyleSheet(f"#unfinished {{ background: {theme.BASE}; border-left: 3px solid {theme.ACCENT}; }}")
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.continue_button)
        buttons.addWidget(self.discard_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 6)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self._show()

    def set_picture(self, picture: Path | None) -> None:
        """Say which picture is open."""
        self._picture = picture
        self._show()

    def _continue(self) -> None:
        for job in self._bridge.unfinished():
            if self._is_of_the_picture(job):
                self._bridge.submit(job)
        self._show()

    def _discard(self) -> None:
        self._bridge.forget_unfinished()
        self._show()

    def _is_of_the_picture(self, job: Job) -> bool:
        return self._picture is not None and getattr(job, "picture", None) == str(self._picture)

    def _show(self) -> None:
        jobs = self._bridge.unfinished()
        self.setVisible(bool(jobs))
        if not jobs:
            return
        can_go_on = any(self._is_of_the_picture(job) for job in jobs)
        self.continue_button.setVisible(can_go_on)
        names = ", ".join(f"“{title(job)}”" for job in jobs)
        pictures = ", ".join(dict.fromkeys(Path(getattr(job, "picture", "")).name for job in jobs))
        advice = "" if can_go_on else f" Open {pictures} to go on."
        self.text.setText(f"Unfinished since the last time: {names}.{advice}")
