"""Python's collector of cyclic garbage, kept to the window's thread."""

import gc
import sys

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000
MANY_MODULES = 100


class GarbageKeeper(QObject):
    """Collects on the thread that made it, until closed, in place of whichever thread happens to fill a quota.

    Another thread would destroy the widgets and timers that it finds in a cycle, which Qt allows on their own only.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._modules = 0
        self._frozen_modules = 0
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def close(self) -> None:
        """Let Python collect by itself again, if it did before, and all that was kept out of its sight."""
        self._timer.stop()
        if self._frozen_modules:
            gc.unfreeze()  # else torch's libraries complain, on the way out, of all that was kept
        if self._was_enabled:
            gc.enable()

    def collect(self) -> None:
        """Collect the oldest generation that has filled its quota, as Python would have done by now."""
        quotas = gc.get_threshold()
        full = [old for old, count in enumerate(gc.get_count()) if 0 < quotas[old] < count]
        if full:
            gc.collect(full[-1])

    def _tick(self) -> None:
        before, self._modules = self._modules, len(sys.modules)
        if before == self._modules and before - self._frozen_modules > MANY_MODULES:
            # What torch's import brought stays for good, and looking through all of it takes a quarter of a second.
            gc.freeze()
            self._frozen_modules = before
        self.collect()
