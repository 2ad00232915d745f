"""A composition as a delivery makes it: a movie under three layers of different kinds."""

from fractions import Fraction
from pathlib import Path

from engine.blending import BlendMode
from engine.handoff.composition import CompLayer, Composition, Media

FILM = Fraction(24000, 1001)
FIRST, FRAMES = 1001, 48


def movie(path: Path, frames: int = 240, begins: int = 977) -> Media:
    return Media(path, "movie", begins=begins, frames=frames, rate=FILM, bits=8)


def linear_sequence(folder: Path, name: str = "glow.%04d.exr", begins: int = FIRST, first: int = FIRST) -> Media:
    return Media(folder / name, "sequence", begins, first, FRAMES, FILM, "premultiplied", is_linear=True, bits=16)


def straight_movie(folder: Path, begins: int = FIRST) -> Media:
    return Media(folder / "fire.mov", "movie", begins, 1, FRAMES, FILM, "straight", bits=10)


def delivered(root: Path, timecode: str = "") -> Composition:
    """Return a composition whose source lies in root/footage and whose layers in root/delivery."""
    folder = root / "delivery"
    return Composition(
        name="Çat “one”",
        width=1920,
        height=1080,
        rate=FILM,
        first=FIRST,
        frames=FRAMES,
        source=movie(root / "footage" / "cat 100%.mov"),
        layers=(
            CompLayer("Glow", linear_sequence(folder), FIRST, FIRST + 47, opacity=0.5),
            CompLayer(
                "Fire",
                straight_movie(folder),
                FIRST + 4,
                FIRST + 19,
                opacity_keys=((FIRST, 0.0), (FIRST + 10, 1.0), (FIRST + 15, 0.25)),
                blend=BlendMode.SCREEN,
            ),
            CompLayer("Never seen", straight_movie(folder), 1, 9),
            CompLayer("毛皮", Media(folder / "fur.png", "still", alpha="straight", bits=16), 1, 9999, 1.0),
        ),
        timecode=timecode,
        pixel_aspect=Fraction(4, 3),
        sidecar=folder / "cat.json",
        notices=("Frames 3 and 4 are damaged.",),
    )
