"""How near Blender's render of a hand-off comes to Patina's own composite, as JSON: PSNR in decibels, a case a line.

Each case writes moving footage and layers with Patina's writers and the Blender script, lets Blender build and render
it, and compares all frames. The cases are the formats of a layer, the blend modes, and a stack of several.

    python tests/benchmarks/blender_handoff.py [--keep DIR] [--blender PROGRAM | --bpy PYTHON] [CASE ...]

``--bpy`` is a Python that has the package bpy, which is tried in Blender's place.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from engine.blending import BlendMode
from engine.colour import from_uint, to_uint16
from engine.compositing import Placed, composite
from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.write import write_handoff
from engine.keyframes import Keys
from engine.media.formats import FORMATS, FormatName
from engine.media.writers.exr import write_exr
from engine.media.writers.movie import open_movie
from engine.media.writers.png import write_png
from engine.media.writers.slate import Slate
from engine.media.writers.tiff import write_tiff

SIZE, FRAMES, FIRST = (160, 90), 6, 1001
RATE = Fraction(24000, 1001)
SLATE = Slate(SIZE, RATE, first=FIRST)
NUMBERS = range(FIRST, FIRST + FRAMES)
FADE: Keys = ((FIRST, 1.0), (FIRST + 3, 0.25), (FIRST + 5, 0.75))
LAYER_FORMATS: tuple[FormatName, ...] = (
    "png", "png8", "tiff", "exr", "exr32", "prores4444", "cineform", "ffv1", "animation", "vp9",
)  # fmt: skip
Pictures = Callable[[int], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="names as the result has them; default: all")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the files")
    parser.add_argument("--blender", default="blender")
    parser.add_argument("--bpy", help="a Python that has the package bpy")
    given = parser.parse_args()
    start = [given.bpy] if given.bpy else [given.blender, "--background", "--python-exit-code", "1", "--python"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        for name, make in _cases().items():
            if not given.cases or name in given.cases:
                found = _measured(make(folder / name), folder / name, start)
                print(json.dumps({"case": name, **found}), flush=True)


def _cases() -> dict[str, Callable[[Path], Composition]]:
    formats = {f"format {name}": _format_case(name) for name in LAYER_FORMATS}
    straight = {f"format {name} {mode}": _format_case(name, mode) for name, mode in (("exr", "straight"),)}
    modes = {f"blend {mode}": _blend_case(mode) for mode in BlendMode}
    return {**formats, **straight, **modes, "stack": _stack}


def _format_case(name: FormatName, alpha: str = "") -> Callable[[Path], Composition]:
    def make(folder: Path) -> Composition:
        layer = CompLayer("Layer", _deliver(folder, "disc", name, alpha), FIRST + 1, FIRST + 4, 1.0, FADE)
        return _composition(folder, [layer])

    return make


def _blend_case(mode: BlendMode) -> Callable[[Path], Composition]:
    def make(folder: Path) -> Composition:
        media = _deliver(folder, "colours", "exr32")
        return _composition(folder, [CompLayer("Layer", media, FIRST, FIRST + FRAMES - 1, 0.8, (), mode)])

    return make


def _stack(folder: Path) -> Composition:
    """Three layers of three formats and modes, one of which shows at some frames only."""
    return _composition(
        folder,
        [
            CompLayer("Half", _deliver(folder, "disc", "exr"), FIRST, FIRST + 5, 0.9, FADE),
            CompLayer("16 bits", _deliver(folder, "colours", "png"), FIRST + 2, FIRST + 9, 0.5, (), BlendMode.HUE),
            CompLayer(
                "Movie “4444”",
                _deliver(folder, "disc", "prores4444"),
                FIRST,
                FIRST + 3,
                1.0,
                ((FIRST, 0.0), (FIRST + 3, 1.0)),
                BlendMode.SOFT_LIGHT,
            ),
        ],
    )


def _composition(folder: Path, layers: Sequence[CompLayer]) -> Composition:
    source = _deliver(folder / "foot age", "source", "png")
    return Composition("Tést 'one'", *SIZE, RATE, FIRST, FRAMES, source, tuple(layers))


def _deliver(folder: Path, name: str, format_name: FormatName, alpha: str = "") -> Media:
    """Write the pictures of that name; those with four channels by the format's convention, or as asked."""
    pictures = PICTURES[name]
    folder.mkdir(parents=True, exist_ok=True)
    known = FORMATS[format_name]
    has_alpha = pictures(0).shape[2] == 4
    mode = alpha or known.alpha or "straight"
    if known.is_movie:
        path = folder / f"{name}{known.suffix}"
        with open_movie(path, SLATE, format_name, mode, has_alpha) as movie:
            for place in range(FRAMES):
                movie.write(pictures(place))
    else:
        path = folder / f"{name}.%04d{known.suffix}"
        for place, number in enumerate(NUMBERS):
            _write(folder / f"{name}.{number:04d}{known.suffix}", format_name, pictures(place), mode, number)
    return Media(
        path=path,
        kind="movie" if known.is_movie else "sequence",
        begins=FIRST,
        first=1 if known.is_movie else FIRST,
        frames=FRAMES,
        rate=RATE,
        alpha=mode if has_alpha else "none",
        is_linear=known.is_linear,
        bits=known.bits,
    )


def _write(path: Path, name: FormatName, picture: np.ndarray, alpha: str, number: int) -> None:
    if name in ("png", "png8"):
        write_png(path, picture, SLATE, alpha, bits=8 if name == "png8" else 16)
    elif name == "tiff":
        write_tiff(path, picture, SLATE, alpha)
    else:
        write_exr(path, picture, SLATE, alpha, half=name == "exr", number=number)


def _measured(comp: Composition, folder: Path, start: Sequence[str]) -> dict[str, float]:
    script = write_handoff(comp, "blender", folder, "scene")
    rendered = folder / "rendered"
    done = subprocess.run([*start, script, "--", "--render", rendered], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    errors, worst = [], 0.0
    for place, number in enumerate(NUMBERS):
        picture = cv2.imread(str(rendered / f"composite.{number:04d}.png"), cv2.IMREAD_UNCHANGED)
        if picture is None or picture.dtype != np.uint16:
            sys.exit(f"frame {number} was not rendered with 16 bits\n{done.stdout}{done.stderr}")
        error = from_uint(picture[..., ::-1]) - _expected(comp, place, number)
        errors.append(float(np.mean(error.astype(float) ** 2)))
        worst = max(worst, float(np.abs(error).max()))
    mean = max(float(np.mean(errors)), 1e-12)
    return {"psnr_db": round(-10 * np.log10(mean), 2), "largest_error": round(worst, 5)}


def _expected(comp: Composition, place: int, number: int) -> np.ndarray:
    placed = [
        Placed(PICTURES[layer.media.path.name.split(".")[0]](place), layer.opacity_at(number), layer.blend)
        for layer in comp.layers
        if layer.first <= number <= layer.last
    ]
    return composite(_footage(place), placed)


def _footage(place: int) -> np.ndarray:
    """Soft colours that move, (H, W, 3), black to white, with the values that 16 bits hold."""
    y, x = _grid()
    return from_uint(to_uint16(np.dstack([x, y, 0.5 + 0.5 * np.sin(9 * x + place)]).astype(np.float32)))


def _disc(place: int) -> np.ndarray:
    """A soft disc that moves, straight RGBA, of a colour that changes over the frame."""
    y, x = _grid()
    distance = np.hypot((x - 0.3 - 0.05 * place) * SIZE[0] / SIZE[1], y - 0.5)
    alpha = np.clip((0.4 - distance) * 6, 0, 1)
    return np.dstack([0.2 + 0.8 * y, 0.9 - 0.6 * x, 0.1 + 0.5 * x, alpha]).astype(np.float32)


def _colours(place: int) -> np.ndarray:
    """Colours of all hues and lightnesses, straight RGBA, alpha from clear to opaque."""
    y, x = _grid()
    hue = (x * 2 + place / 12) % 1
    rgb = np.clip(np.abs((hue[..., None] * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    return np.dstack([rgb * (1 - y[..., None]) + (1 - rgb) * y[..., None] ** 2, np.clip(1.4 * x - 0.2, 0, 1)]).astype(
        np.float32
    )


def _grid() -> tuple[np.ndarray, np.ndarray]:
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width]
    return y / (height - 1), x / (width - 1)


PICTURES: dict[str, Pictures] = {"source": _footage, "disc": _disc, "colours": _colours}

if __name__ == "__main__":
    main()
