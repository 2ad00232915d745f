"""How well the real window plays a 1080p clip with two edit layers on an atlas, as JSON.

A movie is made, panning over the sample photograph, with an atlas that knows the pan. It is played three times through
its work area: in the mode "every frame" with an empty cache, then from the cache in both modes. Paints are counted,
not ticks. Ratios to the clip's rate say what matters: 1.0 is held.

    python tests/benchmarks/playback.py [--frames 72] [--layers 2] [--loops 3] [--zoom 0]
"""

import argparse
import asyncio
import os
import statistics
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import psutil
import qasync
from PySide6.QtCore import QEvent, QObject
from real_window import write_figures

from desktop.pixels import with_thumbnail
from desktop.playback.pace import Mode
from desktop.services import Services
from desktop.session_files import StoredLayer
from desktop.settings import Settings
from desktop.window import FIRST_SIZE, MainWindow
from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer
from engine.atlas.atlas_folder import save_atlas
from engine.clip_frames import layers_at
from engine.devices import core_count
from engine.media.png import write_png
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.project import EditLayer

SIZE, FITTED = (1920, 1080), (768, 432)
RATE = Fraction(24)
STEP = 6  # pixels a frame
PATIENCE = 600.0  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=72)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--loops", type=int, default=3, help="times through the clip, from the cache")
    parser.add_argument("--zoom", type=float, default=0.0, help="screen pixels a picture pixel; 0 fits the window")
    given = parser.parse_args()
    write_figures(lambda loop, folder: _measure(loop, folder, given))


async def _measure(loop: qasync.QEventLoop, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    services = Services.start(loop, folder, Settings(folder / "settings.ini"))
    window = MainWindow(services, folder)
    window.resize(*FIRST_SIZE)
    window.show()
    movie = _write_movie(folder / "pan.mp4", given.frames)
    try:
        window.start(movie)
        await _until(lambda: services.document.is_open)
        if given.zoom:
            window.viewer.set_zoom(given.zoom)
        _add_layers(window, given.layers)
        await _until(lambda: window.clip_view.settled and len(window.viewer.scene.layers) == given.layers)
        exact = _seconds_of_exact_frames(window)
        passes = {
            "every frame, uncached": await _play(window, Mode.EVERY_FRAME, 1),
            "every frame, cached": await _play(window, Mode.EVERY_FRAME, given.loops),
            "real time, cached": await _play(window, Mode.REAL_TIME, given.loops),
        }
        return {
            "clip": {"size": SIZE, "rate": float(RATE), "frames": given.frames, "layers": given.layers},
            "cores": core_count(),
            "load": os.getloadavg()[0],
            "shown at": list(services.frames.moving(services.document.playhead.area[0]).shape[1::-1]),
            "seconds to render a frame for playback": round(services.frames.seconds_a_frame, 4),
            "seconds to render an exact frame": exact,
            **passes,
            "memory_mb": round(psutil.Process().memory_info().rss / 2**20),
        }
    finally:
        services.close()
        window.hide()


async def _play(window: MainWindow, mode: Mode, loops: int) -> dict[str, Any]:
    """Play through the clip, and return how it went."""
    player, playhead = window.services.player, window.document.playhead
    playhead.go(playhead.numbers[0])
    player.set_mode(mode)
    paints = _Paints(window.clip_view.moving_picture)
    shown, dropped = [], []
    player.paced.connect(lambda pace: dropped.append(pace.dropped))
    playhead.moved.connect(shown.append)
    frames = loops * len(playhead.numbers)
    start = time.perf_counter()
    player.play(1)
    if mode is Mode.EVERY_FRAME:
        await _until(lambda: len(shown) >= frames)
    else:
        await _until(lambda: time.perf_counter() - start >= frames / float(RATE))
    seconds = time.perf_counter() - start
    player.pause()
    gaps = np.diff(paints.times)
    return {
        "fps": round(len(shown) / seconds, 2),
        "ratio": round(len(shown) / seconds / float(RATE), 3),
        "painted ratio": round(len(paints.times) / seconds / float(RATE), 3),
        "dropped": dropped[-1],
        "longest gap in frames": round(float(gaps.max() * RATE), 2),
        "jitter in frames": round(float(gaps.std() * RATE), 3),
    }


class _Paints(QObject):
    """The times at which a widget was painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.times: list[float] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False


def _seconds_of_exact_frames(window: MainWindow) -> float:
    """Return how long the full size takes with all layers, as for a frame at rest or a delivery."""
    material = window.services.frames.material
    assert material is not None
    source = window.document.source()
    seconds = []
    for number in window.document.playhead.numbers[:4]:
        start = time.perf_counter()
        layers_at(material.project, number, source, material.pictures, material.atlases)
        seconds.append(time.perf_counter() - start)
    return round(statistics.median(seconds), 4)


def _write_movie(path: Path, frames: int) -> Path:
    wide = read_still(sample_picture()).rgb
    width = SIZE[0] + STEP * frames
    wide = cv2.resize(wide, (width, round(width * wide.shape[0] / wide.shape[1])), interpolation=cv2.INTER_CUBIC)
    wide = (np.clip(wide[: SIZE[1]], 0, 1) * 255).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "fast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for index in range(frames):
            part = np.ascontiguousarray(wide[:, index * STEP : index * STEP + SIZE[0]])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(part, "rgb24")))
        container.mux(stream.encode(None))
    return path


def _add_layers(window: MainWindow, count: int) -> None:
    document = window.document
    footage = document.project.footage
    assert footage is not None
    atlas = _atlas(footage.path, footage.numbers)
    save_atlas(atlas, document.folder / "atlases" / "pan")
    document.apply("Fit", document.project.with_atlas("atlases/pan"))
    random = np.random.default_rng(0)
    for place in range(count):
        layer = atlas.layers[place % len(atlas.layers)]
        rgba = np.dstack([random.random((*layer.texture.shape[:2], 3), np.float32), layer.coverage * 0.6])
        rgba = cv2.resize(rgba.astype(np.float32), None, fx=2, fy=2)
        name = f"layers/{place}.png"
        write_png(document.folder / name, rgba)
        document.add_layer(
            StoredLayer(EditLayer(str(place), layer.name, name, atlas_layer=layer.name), with_thumbnail(rgba))
        )


def _atlas(clip: Path, numbers: range) -> Atlas:
    width, height = FITTED
    x, y = np.meshgrid(np.linspace(0, width - 1, 40), np.linspace(0, height - 1, 24))
    nodes = np.stack([x, y], -1)
    step = STEP * width / SIZE[0]
    moving = np.stack([nodes + np.array([step * index, 0]) for index in range(len(numbers))]).astype(np.float32)
    still = np.broadcast_to(nodes, moving.shape).astype(np.float32)
    wide = round(width + step * len(numbers))
    layers = tuple(
        AtlasLayer(name, np.zeros((height, across, 3), np.float32), np.ones((height, across), np.float32), mapping)
        for name, across, mapping in (("background", wide, moving), ("foreground", width, still))
    )
    mattes = np.zeros((len(numbers), 1, height, width), np.uint8)
    cv2.circle(matte := np.zeros((height, width), np.uint8), (width // 2, height // 2), height // 3, 255, -1)
    mattes[:] = cv2.GaussianBlur(matte, (0, 0), 3)
    light = np.ones((len(numbers), 5, 8, 3), np.float32)
    return Atlas(AtlasClip(clip, numbers, RATE, SIZE), FITTED, layers, mattes, light)


async def _until(condition: Any) -> None:
    deadline = time.perf_counter() + PATIENCE
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError("the window did not get there")
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    main()
