"""What measurements in the real window share: the program's start, and figures as JSON."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtWidgets import QApplication

from desktop import theme

Measure = Callable[[asyncio.AbstractEventLoop, Path], Awaitable[dict[str, Any]]]


def write_figures(measure: Measure) -> None:
    """Run ``measure`` with a loop for windows and an empty folder, and write what it returns."""
    app = QApplication([])
    app.setApplicationName("patina")
    theme.apply(app)
    loop = qasync.QEventLoop(app)
    with tempfile.TemporaryDirectory() as folder, loop:
        figures = loop.run_until_complete(measure(loop, Path(folder)))
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
