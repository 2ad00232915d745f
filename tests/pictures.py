"""Make the README's pictures: the real window, with the real engine, editing the sample photograph and the sample clip.

    python tests/pictures.py [--of still|clip] [--steps 160]

It needs a screen, or a virtual one such as Xvfb, and takes as long as the edits do.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from desktop import theme
from desktop.services import Services
from desktop.settings import Settings
from desktop.window import MainWindow
from engine.media.sample import SAMPLE_PROMPT, SAMPLE_SUBJECT, sample_clip, sample_clip_mask, sample_picture

FOLDER = Path(__file__).parent.parent / "resources" / "pictures"
SIZE = 1440, 900
PATIENCE = 3600.0  # seconds; machines without a graphics card are slow
SHOWN_FRAME = 25  # of the clip: the cat has turned its head by then

Story = Callable[[MainWindow, Services, int | None], Awaitable[None]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", choices=STORIES, help="which edit; both where none is named")
    parser.add_argument("--steps", type=int, help="training steps, fewer for a quick look")
    given = parser.parse_args()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("patina")
    app.setApplicationDisplayName("Patina")
    theme.apply(app)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with loop:
        for name in [given.of] if given.of else STORIES:
            _tell(STORIES[name], loop, given.steps)


def _tell(story: Story, loop: qasync.QEventLoop, steps: int | None) -> None:
    with tempfile.TemporaryDirectory() as data:
        services = Services.start(loop, Path(data), Settings(Path(data) / "settings.ini"))
        window = MainWindow(services, Path(data))
        window.resize(*SIZE)
        window.show()
        try:
            loop.run_until_complete(story(window, services, steps))
        finally:
            services.close()
            window.hide()


async def _edit_still(window: MainWindow, services: Services, steps: int | None) -> None:
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


async def _edit_clip(window: MainWindow, services: Services, steps: int | None) -> None:
    document = services.document
    window.start(sample_clip())
    await _until(lambda: document.is_open)
    window.subjects.load_mask(sample_clip_mask())
    await _until(lambda: window.subjects.current is not None)
    window.atlas.panel.fit.quality.choose("draft")
    window.prompt.quality.choose("draft")
    if steps is not None:
        window.prompt.settings.steps_field.setText(str(steps))
    window.prompt.prompt.set_text(SAMPLE_PROMPT)
    window.prompt.generate()
    await _until(lambda: len(document.project.layers) == 1)
    document.playhead.go(SHOWN_FRAME)
    await _until(lambda: window.clip_view.settled)
    window.actions_by_name["wipe"].trigger()
    window.viewer.set_wipe_at(0.28)  # between the eyes
    await _save(window, "clip.png")
    window.actions_by_name["wipe"].trigger()
    window.actions_by_name["atlas_view"].trigger()
    window.actions_by_name["overlay_mapping"].trigger()
    window.docks.atlas.raise_()
    await _until(lambda: window.viewer.scene is not None and window.viewer.scene.overlay is not None)
    await _save(window, "atlas.png")


STORIES: dict[str, Story] = {"still": _edit_still, "clip": _edit_clip}


async def _save(window: MainWindow, name: str) -> None:
    await asyncio.sleep(0.5)  # the curves and the list draw what came last
    for viewer in (window.viewer, window.atlas.view.viewer):
        viewer.settle()
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
