"""Whether a guide can see: the sample photograph against ten captions, of which one is right."""

import time
from collections.abc import Generator, Sequence

import numpy as np
import torch
from torch.nn import functional as F

from engine.context import RunContext
from engine.events import Progress, RunEvent
from engine.guidance.guide import Guide, TextCode
from engine.guidance.loading import load_guide
from engine.jobs import ModelCheck
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.results import CheckResult

RIGHT = "a cat"
CAPTIONS = (
    RIGHT,
    "a horse",
    "a goldfish",
    "an elephant",
    "a castle",
    "a pizza",
    "a bicycle",
    "an airliner",
    "a piano",
    "a volcano",
)
TEMPLATE = "a photo of {}."
# What contrastive models multiply their cosines with before the softmax (Radford et al., ICML 2021, section 2.5).
LOGIT_SCALE = 100.0
# A guide sees when it is this sure, and a gray picture in the photograph's place costs it this share of that.
SURE, LOST = 0.5, 0.5
STEPS = 3


def run_model_check(job: ModelCheck, context: RunContext) -> Generator[RunEvent, None, CheckResult]:
    """Do the job; raises UserError where the guide or the sample photograph is not installed, or cannot be read."""
    start = time.monotonic()
    yield Progress(f"loading {job.guide}", 0, STEPS, 0.0)
    photograph = _photograph()
    # Networks are made with random numbers before their weights are read; a training may rely on the same ones.
    with torch.random.fork_rng():
        guide = load_guide(job.guide, context.device)
    return (yield from check_guide(guide, photograph.to(context.device), start))


def check_guide(guide: Guide, photograph: torch.Tensor, start: float) -> Generator[RunEvent, None, CheckResult]:
    """Return what ``guide`` sees in ``photograph`` (1, 3, H, W), of a cat; ``start`` is that of the monotonic clock.

    A blind guide can be right by chance, one time in ten; but it then finds the cat in a plain gray picture, too.
    """
    yield Progress(f"checking {guide.name}", 1, STEPS, time.monotonic() - start)
    captions = [guide.read(caption, (TEMPLATE,)) for caption in CAPTIONS]
    yield Progress(f"checking {guide.name}", 2, STEPS, time.monotonic() - start)
    probabilities = _probabilities(guide, photograph, captions)
    right = float(probabilities[0])
    gray = float(_probabilities(guide, torch.full_like(photograph, 0.5), captions)[0])
    scores = sorted(zip(CAPTIONS, probabilities.tolist(), strict=True), key=lambda score: -score[1])
    sees = scores[0][0] == RIGHT and right >= SURE and gray <= right * (1 - LOST)
    yield Progress(f"checking {guide.name}", STEPS, STEPS, time.monotonic() - start)
    return CheckResult(
        guide.name, tuple(scores), sees, _verdict(guide.name, scores, right, gray, sees), time.monotonic() - start
    )


def _verdict(name: str, scores: list[tuple[str, float]], right: float, gray: float, sees: bool) -> str:
    if sees:
        return f"{name} can see: it finds {RIGHT} in the sample photograph with {right:.0%}."
    first, share = scores[0]
    seen = (
        f"it finds {RIGHT} in a plain gray picture, too ({gray:.0%})"
        if first == RIGHT and right >= SURE
        else (f"it says {first} ({share:.0%}) of a photograph of {RIGHT} ({right:.0%})")
    )
    return f"{name} cannot see: {seen}; get its weights again."


@torch.no_grad()
def _probabilities(guide: Guide, picture: torch.Tensor, captions: Sequence[TextCode]) -> torch.Tensor:
    """Return (10,): the softmax over the captions of what ``guide`` makes of the one ``picture``.

    Guides with a vocabulary answer with minus the logarithm of a probability, others compare embeddings.
    """
    code = guide.see(_input(picture, guide.input_size))
    distances = torch.cat([guide.distance(code, caption, "cosine") for caption in captions])
    scale = 1.0 if guide.vocabulary() else LOGIT_SCALE
    return (-scale * distances.float()).softmax(0).cpu()


def _input(picture: torch.Tensor, size: int) -> torch.Tensor:
    """Return the middle of a picture as a square of ``size``, as contrastive models are shown theirs."""
    height, width = picture.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[..., top : top + side, left : left + side]
    return F.interpolate(square, (size, size), mode="bicubic", antialias=True).clamp(0, 1)


def _photograph() -> torch.Tensor:
    """Return the sample photograph (1, 3, H, W) in 0..1."""
    pixels = read_still(sample_picture()).rgb
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None].float()
