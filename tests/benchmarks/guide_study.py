"""Measure what each guide costs: seconds a step and an edit, peak memory, beside the published method's workload.

The guides are `starter` and open_clip's architectures with random weights: time and memory do not depend on the
weights. The reference is built here from the published method's counts: 66 pictures encoded a step, 49 of them with
gradients, one picture a call, augmented one at a time, over 1,000 steps; same guide, same generator, same size. Each
guide runs in a process of its own, so that its peak memory is its own. Prints a Markdown table, and JSON with --json.

    python tests/benchmarks/guide_study.py [--guides starter,ViT-B-32] [--quality standard] [--size 512] [--device cpu]
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from engine.devices import set_up_command_line
from engine.filters import resize
from engine.guidance.guide import Guide
from engine.guidance.starter import StarterGuide
from engine.guidance.views import draw_views
from engine.jobs import ImageEdit
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.report import peak_memory_mb
from engine.text2live import losses
from engine.text2live.examples import Example, PictureExamples, training_size
from engine.text2live.generator import Generator
from engine.text2live.settings import Settings, settings_for
from engine.text2live.texts import Texts
from engine.text2live.trainer import LayerTrainer

REFERENCE_STEPS = 1000
ENCODED, WITH_GRADIENTS = 66, 49
GUIDES = "starter,MobileCLIP2-S0,MobileCLIP2-S2,RN50,ViT-B-32,ViT-B-16"
COLUMNS = {
    "guide": "guide",
    "training_size": "trained at",
    "step_seconds": "s a step",
    "steps": "steps",
    "edit_seconds": "s an edit",
    "peak_memory_mb": "peak MB",
    "reference_step_seconds": "reference, s a step",
    "times_less_work": "times less",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guides", default=GUIDES, help=f"parted by commas; default: {GUIDES}")
    parser.add_argument("--quality", default="standard", choices=("draft", "standard", "best"))
    parser.add_argument("--size", type=int, help="the short side in training, instead of the quality's own")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--precision", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--repeats", type=int, default=8, help="timed steps")
    parser.add_argument("--no-reference", action="store_true", help="leave the slow reference out")
    parser.add_argument("--json", action="store_true", help="print the figures instead of a table")
    given = parser.parse_args()
    names = given.guides.split(",")
    if len(names) == 1 and given.json:
        print(json.dumps(_study(names[0], given)))
        return
    rows = [_in_its_own_process(name) for name in names]
    print(json.dumps(rows, indent=2) if given.json else _table(rows))


def _in_its_own_process(name: str) -> dict[str, object]:
    kept = [argument for argument in sys.argv[1:] if argument != "--json"]
    command = [sys.executable, __file__, *kept, "--guides", name, "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _study(name: str, given: argparse.Namespace) -> dict[str, object]:
    set_up_command_line()
    guide = StarterGuide(given.device) if name == "starter" else _random_guide(name, given.device)
    asked = "starter" if name == "starter" else f"openclip:{name}"
    job = ImageEdit(
        str(sample_picture()),
        "leopard",
        guide=asked,
        quality=given.quality,
        size=given.size,
        options=(("precision", given.precision),),
    )
    settings = settings_for(job, guide.input_size)
    whole = _sample(settings, given.device)
    ours = _mean_seconds(_our_step(guide, whole, settings, given.repeats), given.repeats, given.device)
    figures = {
        "guide": name,
        "device": torch.cuda.get_device_name() if given.device == "cuda" else f"cpu, {torch.get_num_threads()} threads",
        "training_size": "{} × {}".format(*whole.size),
        "step_seconds": round(ours, 3),
        "steps": settings.steps,
        "edit_seconds": round(ours * settings.steps, 1),
        "peak_memory_mb": round(_peak_memory(given.device)),
    }
    if not given.no_reference:
        reference = _mean_seconds(_reference_step(guide, whole, settings), max(1, given.repeats // 4), given.device)
        figures["reference_step_seconds"] = round(reference, 2)
        figures["times_less_work"] = round(reference * REFERENCE_STEPS / (ours * settings.steps), 1)
    return figures


def _random_guide(name: str, device: str) -> Guide:
    import open_clip

    from engine.guidance.openclip.guide import OpenClipGuide

    model, tokenizer = open_clip.create_model(name), open_clip.get_tokenizer(name)
    seen = model.visual.preprocess_cfg
    return OpenClipGuide(model, tokenizer, f"openclip:{name}", "none", seen["mean"], seen["std"], device)


def _sample(settings: Settings, device: str) -> Example:
    picture = read_still(sample_picture()).rgb
    width, height = training_size(picture.shape[1], picture.shape[0], settings.size)
    small = np.ascontiguousarray(resize(picture, width, height).transpose(2, 0, 1))
    source = torch.from_numpy(small)[None].to(device)
    return Example(source, torch.ones_like(source[:, :1]))


def _our_step(guide: Guide, whole: Example, settings: Settings, repeats: int) -> Callable[[], object]:
    text, source = guide.read("leopard"), guide.read("tabby cat")
    # One more for the warm-up. With a source text, so that nothing the method has is left out; its views are encoded
    # in as many of these steps as in a whole edit.
    pool = round((repeats + 1) * settings.view_pool / settings.steps)
    settings = replace(settings, steps=repeats + 1, view_pool=max(2, pool))
    examples = PictureExamples(whole, settings)
    run = LayerTrainer(guide, Texts(text, text, source), examples, settings, seed=0).train(None, 0)
    return lambda: next(run)


def _reference_step(guide: Guide, whole: Example, settings: Settings) -> Callable[[], object]:
    generator = Generator().to(whole.source.device).to(memory_format=torch.channels_last)
    text, draws = guide.read("leopard"), torch.Generator().manual_seed(0)
    views = replace(settings.views, sides=(guide.input_size,))

    def view(picture: torch.Tensor) -> torch.Tensor:
        return draw_views(1, whole.size, whole.region[0, 0], views, draws).of(picture)

    def step() -> None:
        composite = losses.over(generator(whole.source), whole.source)
        total = torch.stack([guide.distance(guide.see(view(composite)), text).sum() for _ in range(WITH_GRADIENTS)])
        with torch.no_grad():
            for _ in range(ENCODED - WITH_GRADIENTS):
                guide.see(view(whole.source))
        total.mean().backward()

    return step


def _mean_seconds(step: Callable[[], object], repeats: int, device: str) -> float:
    """Return the mean over ``repeats``, as steps differ: the structure is not looked at in each."""
    step()  # the first pays for allocations
    began = time.perf_counter()
    for _ in range(repeats):
        step()
    if device == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - began) / repeats


def _peak_memory(device: str) -> float:
    return torch.cuda.max_memory_reserved() / 2**20 if device == "cuda" else peak_memory_mb()


def _table(rows: list[dict[str, object]]) -> str:
    shown = [key for key in COLUMNS if any(key in row for row in rows)]
    lines = [[COLUMNS[key] for key in shown], ["---"] * len(shown)]
    lines += [[str(row.get(key, "")) for key in shown] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
