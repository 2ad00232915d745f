"""Bringing the canvas up to date without ever holding the window for long."""

from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

BUDGET = 0.010  # seconds of drawing in a row, between which input is served


class Refresher(QObject):
    """Runs passes of drawing in slices.

    A pass that began is ended before the next begins, so that a stream of changes cannot starve the screen.
    """

    finished = Signal()

    def __init__(self, begin: Callable[[], Iterator[None]], parent: QObject) -> None:
        """``begin`` returns the drawing that brings everything up to date."""
        super().__init__(parent)
        self._begin = begin
        self._pass: Iterator[None] | None = None
        self._wanted = False
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._slice)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to draw."""
        return self._pass is None and not self._wanted

    def request(self) -> None:
        """Ask for a pass."""
        self._wanted = True
        self._timer.start()

    def settle(self) -> None:
        """Draw all that is left now."""
        while not self.settled:
            self._step()

    def _slice(self) -> None:
        deadline = perf_counter() + BUDGET
        while not self.settled and perf_counter() < deadline:
            self._step()
        if not self.settled:
            self._timer.start()

    def _step(self) -> None:
        if self._pass is None:
            self._wanted = False
            self._pass = self._begin()
        try:
            next(self._pass)
        except StopIteration:
            self._pass = None
            self.finished.emit()
