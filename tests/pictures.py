"""Make the README's pictures: the real window, with the real engine, editing the sample photograph.

    python tests/pictures.py [--steps 160]

It needs a screen, or a virtual one such as Xvfb, and takes as long as the edit does.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from desktop import theme
from desktop.services import Services
from desktop.settings import Settings
from desktop.window import MainWindow
from engine.media.sample import SAMPLE_PROMPT, SAMPLE_SUBJECT, sample_picture

FOLDER = Path(__file__).parent.parent / "resources" / "pictures"
SIZE = 1440, 900
PATIENCE = 3600.0  # seconds; machines without a graphics card are slow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, help="training steps, fewer for a quick look")
    given = parser.parse_args()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("patina")
    app.setApplicationDisplayName("Patina")
    theme.apply(app)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as data, loop:
        services = Services.start(loop, Path(data), Settings(Path(data) / "settings.ini"))
        window = MainWindow(services, Path(data))
        window.resize(*SIZE)
        window.show()
        try:
            loop.run_until_complete(_pictures(window, services, given.steps))
        finally:
            services.close()
            window.hide()


async def _pictures(window: MainWindow, services: Services, steps: int | None) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    document, previews = services.document, []
    window.start(sample_picture())
    await _until(lambda: document.is_open)
    window.prompt.prompt.set_text(SAMPLE_PROMPT)
    window.prompt.subject.set_text(SAMPLE_SUBJECT)
    await _save(window, "window.png")
    if steps is not None:
        window.prompt.settings.steps_field.setText(str(steps))
    services.bridge.previewed.connect(lambda _job, preview: previews.append(preview.step))
    window.prompt.generate()
    wanted = (steps or 160) // 3
    await _until(lambda: bool(previews) and previews[-1] >= wanted)
    await _save(window, "training.png")
    await _until(lambda: len(document.project.layers) == 1)
    window.actions_by_name["wipe"].trigger()
    await _save(window, "wipe.png")


async def _save(window: MainWindow, name: str) -> None:
    await asyncio.sleep(0.5)  # the curves and the list draw what came last
    window.viewer.settle()
    await asyncio.sleep(0.1)
    window.grab().save(str(FOLDER / name))


async def _until(condition: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not condition():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError("the window did not get there")
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
