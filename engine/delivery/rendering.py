"""Rendering a delivery into its part folder, frame by frame; pictures that are there already are left as they are."""

import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from engine.delivery.contents import Contents
from engine.delivery.encoders import Encoders, Write
from engine.delivery.naming import frame_file
from engine.delivery.outputs import DeliveryPlan, Output, Shown
from engine.delivery.passes import passes_of
from engine.delivery.pictures import write_picture
from engine.delivery.sources import Source
from engine.delivery.texts import texts_of
from engine.events import Notice, Progress
from engine.jobs.deliveries import ClipDelivery, Delivery
from engine.media.writers.movie import MovieWriter, open_movie
from engine.media.writers.slate import Slate
from engine.media.writers.st_map import write_st_map
from engine.project import EditLayer, Footage, Project

PHASE = "export"
LEAST_ALPHA = 0.5 / 65535  # less is rounded to none
SHOWN_NUMBERS = 5

Movies = Mapping[Path, MovieWriter]


class Rendering:
    """What a delivery renders; ``notices`` is what the user should read of it, complete once `write` has ended."""

    def __init__(self, job: Delivery, project: Project, footage: Footage, plan: DeliveryPlan, source: Source) -> None:
        self.notices: list[str] = []
        self._job, self._project, self._plan, self._source = job, project, plan, source
        self._contents = Contents(job, project)
        self._frames = range(footage.first_frame, footage.first_frame + 1) if plan.numbers is None else plan.numbers
        self._of_frames = [output for output in plan.outputs if not output.shown.is_of_no_frame]
        self._stills = [output for output in plan.outputs if output.shown.is_of_no_frame]
        # Made once: of a long clip whose rate varies, a slate holds thousands of times.
        self._slates = {output.path: self.slate(self._layers_of(output.shown)) for output in self._of_frames}
        self._visible: set[Path] = set()
        self._without_passes: set[Path] = set()

    def slate(self, layers: tuple[EditLayer, ...] = ()) -> Slate:
        """Return what the delivered files say, of pictures and movies that show these layers."""
        start = self._job.start if isinstance(self._job, ClipDelivery) else None
        return self._source.slate(self._frames, start, texts_of(layers))

    def write(self, part: Path) -> Generator[Progress | Notice, None, None]:
        """Write all that lacks in the folder ``part``; raises UserError as `engine.delivery.run` says."""
        yield from self._noted(self._hidden())
        there = frozenset(path.name for path in part.iterdir())
        frames = self._frames if self._of_frames else range(0)
        steps, seconds, rendered = len(self._stills) + len(frames), 0.0, 0
        with Encoders() as encoders, ExitStack() as stack:
            movies = {
                output.path: stack.enter_context(self._movie(output, part))
                for output in self._of_frames
                if output.format.is_movie
            }
            for done, output in enumerate(self._stills, 1):
                encoders.write(partial(self._write_still, output, part))
                yield Progress(PHASE, done, steps, seconds)
            for place, number in enumerate(frames):
                began = time.monotonic()  # anew each frame: a run can be paused wherever it yields
                rendered += self._write_frame(place, number, part, there, movies, encoders)
                seconds += time.monotonic() - began
                done = len(self._stills) + place + 1
                yield Progress(PHASE, done, steps, seconds, seconds / rendered * (steps - done) if rendered else None)
            encoders.finish()
        yield from self._noted(self._found())

    def _write_frame(
        self, place: int, number: int, part: Path, there: frozenset[str], movies: Movies, encoders: Encoders
    ) -> bool:
        """Write what lacks of a frame; returns whether anything did."""
        names = {output.path: _name_at(output, place) for output in self._of_frames}
        lacking = [each for each in self._of_frames if each.path in movies or names[each.path] not in there]
        self._visible.update(each.path for each in self._of_frames if each not in lacking)
        if not lacking:
            return False
        source = self._source.read(number)
        for output in lacking:
            if output.path in movies:
                picture = self._picture(output, number, source)
                movies[output.path].write(np.dstack([picture] * 3) if picture.ndim == 2 else picture)
            else:
                encoders.write(self._picture_writer(output, place, number, source, part / names[output.path]))
        return True

    def _picture_writer(self, output: Output, place: int, number: int, source: np.ndarray, file: Path) -> Write:
        """Render a frame, and return what writes it."""
        shown, slate = output.shown, self._slates[output.path]
        index = None if output.numbers is None else output.numbers[place]
        if shown.kind == "uv":
            uv, matte = self._contents.uv(shown, number, source)
            return partial(write_st_map, file, uv, matte, slate, index)
        picture, passes = self._picture(output, number, source), self._passes(output, number, source)
        return partial(write_picture, file, picture, output.format, slate, self._job.alpha_mode, index, passes)

    def _picture(self, output: Output, number: int, source: np.ndarray) -> np.ndarray:
        picture = self._contents.picture(output.shown, number, source)
        if output.shown.kind in ("layer", "alpha"):
            alpha = picture[..., 3] if picture.ndim == 3 else picture
            if output.path not in self._visible and float(alpha.max()) > LEAST_ALPHA:
                self._visible.add(output.path)
        return picture

    def _passes(self, output: Output, number: int, source: np.ndarray) -> Mapping[str, np.ndarray]:
        if not self._job.passes:
            return {}
        passes = passes_of(self._contents, output.shown, number, source)
        if not passes:
            self._without_passes.add(output.path)
        return passes

    def _write_still(self, output: Output, part: Path) -> None:
        picture = self._contents.still_picture(output.shown)
        size = picture.shape[1], picture.shape[0]
        slate = Slate(size, texts=texts_of(self._layers_of(output.shown)))
        write_picture(part / output.path.name, picture, output.format, slate, self._job.alpha_mode)

    def _movie(self, output: Output, part: Path) -> MovieWriter:
        wants_sound = isinstance(self._job, ClipDelivery) and self._job.sound and output.shown.kind == "composite"
        sound = self._source.sound(self._frames[0]) if wants_sound else None
        return open_movie(
            part / output.path.name,
            self._slates[output.path],
            output.format.name,
            self._job.alpha_mode,
            has_alpha=output.shown.kind == "layer",
            sound=None if sound is None else sound[0],
            sound_start=Fraction(0) if sound is None else sound[1],
        )

    def _layers_of(self, shown: Shown) -> tuple[EditLayer, ...]:
        if shown.kind == "composite":
            return self._project.seen_layers()
        return () if shown.layer is None else (shown.layer,)

    def _noted(self, sentences: list[str]) -> Generator[Notice, None, None]:
        self.notices += sentences
        yield from map(Notice, sentences)

    def _hidden(self) -> list[str]:
        seen = {layer.id for layer in self._project.seen_layers()}
        layers = [output.shown.layer for output in self._of_frames if output.shown.layer is not None]
        return [
            f"The layer “{layer.name}” is hidden in the project; it is exported all the same."
            for layer in layers
            if layer.id not in seen
        ]

    def _found(self) -> list[str]:
        """Return what was found while rendering."""
        sentences = [
            f"“{output.shown.label}” is empty: nothing of it shows in what was exported."
            for output in self._of_frames
            if output.shown.kind in ("layer", "alpha") and output.path not in self._visible
        ]
        sentences += [
            f"“{output.shown.label}” has no matte, so its files hold no passes."
            for output in self._of_frames
            if output.path in self._without_passes
        ]
        return [*sentences, *self._found_in_source()]

    def _found_in_source(self) -> list[str]:
        sentences = []
        if damaged := self._source.damaged(self._frames):
            shown = ", ".join(map(str, damaged[:SHOWN_NUMBERS])) + (" …" if len(damaged) > SHOWN_NUMBERS else "")
            sentences.append(f"Frames that could not be decoded show their predecessors: {shown}.")
        varies = self._source.info is not None and self._source.info.times is not None
        if varies and any(output.numbers is not None for output in self._of_frames):
            sentences.append("The clip's frame rate varies; the times of its frames are in the sidecar.")
        return sentences


def _name_at(output: Output, place: int) -> str:
    return output.path.name if output.numbers is None else frame_file(output.path, output.numbers[place]).name
