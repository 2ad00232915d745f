"""Time one training step against a reference step, and print the ratio of whole edits as JSON.

The reference is built here from the published method's own counts: 66 pictures encoded a step, 49 of them with
gradients, one picture a call, augmented one at a time, over 1,000 steps; same guide, same generator, same size.

    python tests/benchmarks/edit_step.py [--quality standard] [--repeats 5]
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from engine.devices import set_up_command_line
from engine.filters import resize
from engine.guidance.starter import StarterGuide
from engine.guidance.views import jitter, sample, view_frames
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.text2live import losses
from engine.text2live.examples import Example, training_size
from engine.text2live.generator import Generator
from engine.text2live.settings import Settings, settings_for
from engine.text2live.trainer import ImageTrainer, Texts

REFERENCE_STEPS = 1000
ENCODED, WITH_GRADIENTS = 66, 49


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", default="standard", choices=("draft", "standard", "best"))
    parser.add_argument("--repeats", type=int, default=5, help="timed steps of each kind")
    given = parser.parse_args()
    set_up_command_line()
    guide, settings = StarterGuide(), settings_for(given.quality, None, None, StarterGuide.input_size)
    whole = _sample(settings)
    ours = _median(_our_step(guide, whole, settings, given.repeats), given.repeats)
    reference = _median(_reference_step(guide, whole, settings), max(2, given.repeats // 2))
    figures = {
        "quality": given.quality,
        "training_size": whole.size,
        "threads": torch.get_num_threads(),
        "step_seconds": round(ours, 3),
        "reference_step_seconds": round(reference, 3),
        "steps": settings.steps,
        "reference_steps": REFERENCE_STEPS,
        "edit_seconds": round(ours * settings.steps, 1),
        "reference_edit_seconds": round(reference * REFERENCE_STEPS, 1),
        "times_less_work": round(reference * REFERENCE_STEPS / (ours * settings.steps), 1),
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


def _sample(settings: Settings) -> Example:
    picture = read_still(sample_picture()).rgb
    width, height = training_size(picture.shape[1], picture.shape[0], settings.size)
    source = torch.from_numpy(np.ascontiguousarray(resize(picture, width, height).transpose(2, 0, 1)))[None]
    return Example(source, torch.ones_like(source[:, :1]))


def _our_step(guide: StarterGuide, whole: Example, settings: Settings, repeats: int) -> Callable[[], object]:
    text = guide.read("leopard")
    # One more for the warm-up.
    trainer = ImageTrainer(guide, Texts(text, text), whole, replace(settings, steps=repeats + 1), seed=0)
    run = trainer.train(None, 0)
    return lambda: next(run)


def _reference_step(guide: StarterGuide, whole: Example, settings: Settings) -> Callable[[], object]:
    generator, text = Generator().to(memory_format=torch.channels_last), guide.read("leopard")
    draws, side = torch.Generator().manual_seed(0), guide.input_size

    def view(picture: torch.Tensor) -> torch.Tensor:
        frame = view_frames(1, whole.size, whole.region[0, 0], settings.views, draws)
        return jitter(sample(picture, frame, side), settings.views, draws)

    def step() -> None:
        composite = losses.over(generator(whole.source), whole.source)
        total = torch.stack([guide.distance(guide.see(view(composite)), text).sum() for _ in range(WITH_GRADIENTS)])
        with torch.no_grad():
            for _ in range(ENCODED - WITH_GRADIENTS):
                guide.see(view(whole.source))
        total.mean().backward()

    return step


def _median(step: Callable[[], object], repeats: int) -> float:
    step()  # the first pays for allocations
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
