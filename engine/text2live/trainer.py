"""Training the generator on one picture."""

import hashlib
import math
import time
from collections.abc import Generator as Run
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.events import Preview, Progress
from engine.guidance.guide import Guide, TextCode
from engine.guidance.views import jitter, sample, view_frames
from engine.text2live import losses
from engine.text2live.checkpoint import Checkpoint
from engine.text2live.examples import Example, random_example
from engine.text2live.generator import Generator
from engine.text2live.settings import Settings

LAST_RATE = 1e-5
CHECKPOINT_EVERY = 15.0  # seconds


@dataclass(frozen=True)
class Texts:
    """What the texts say: of the composite, of the layer alone, and of the source, if that is known."""

    target: TextCode
    layer: TextCode
    source: TextCode | None = None


@dataclass(frozen=True)
class Trained:
    """What was painted, (1, 4, h, w), before it is kept to the region, and the last step's weighted losses."""

    painted: torch.Tensor
    losses: dict[str, float]


class ImageTrainer:
    """Trains one layer for one picture; a run of `train` repeats exactly for the same seed on one machine."""

    def __init__(self, guide: Guide, texts: Texts, whole: Example, settings: Settings, seed: int) -> None:
        self._guide, self._texts, self._whole, self._settings, self._seed = guide, texts, whole, settings, seed
        torch.manual_seed(seed)  # the generator's first weights
        device = whole.source.device
        self._generator = Generator().to(device).to(memory_format=torch.channels_last)
        self._optimizer = torch.optim.Adam(self._generator.parameters(), settings.learning_rate)
        with torch.no_grad():
            self._whole_tokens = guide.tokens(whole.source)

    def train(self, checkpoint: Path | None, preview_every: float) -> Run[Progress | Preview, None, Trained]:
        """Train to the last step, yielding progress after each; goes on from ``checkpoint`` where one was left.

        ``checkpoint`` is a folder, ``preview_every`` in seconds, 0 for no previews.
        """
        steps = self._settings.steps
        kept = Checkpoint(checkpoint, self._generator, self._optimizer, self._identity())
        first = kept.restore()
        began = saved = shown = time.monotonic()
        values: dict[str, float] = {}
        for step in range(first, steps):
            values = self._step(step)
            now = time.monotonic()
            per_step = (now - began) / (step - first + 1)
            yield Progress("training", step + 1, steps, now - began, per_step * (steps - step - 1), values)
            if preview_every and now - shown >= preview_every:
                yield Preview(_picture(self.layer()), step + 1)
                shown = time.monotonic()
            if now - saved >= CHECKPOINT_EVERY:
                kept.save(step + 1)
                saved = time.monotonic()
        kept.save(steps)
        with torch.no_grad():
            return Trained(self._painted(self._whole), values)

    @torch.no_grad()
    def layer(self) -> torch.Tensor:
        """Return the layer (1, 4, h, w) of the whole picture as it stands."""
        return self._paint(self._whole)

    def _identity(self) -> str:
        """Return a digest of all that the result depends on: a file may change under the name that a job holds."""
        digest = hashlib.sha256(repr((self._settings, self._seed, self._texts)).encode())
        for picture in (self._whole.source, self._whole.region, self._whole.wanted):
            digest.update(b"" if picture is None else picture.cpu().numpy().tobytes())
        return digest.hexdigest()

    def _paint(self, example: Example) -> torch.Tensor:
        painted = self._painted(example)
        return torch.cat([painted[:, :3], painted[:, 3:] * example.region], 1)

    def _painted(self, example: Example) -> torch.Tensor:
        painted: torch.Tensor = self._generator(example.source.contiguous(memory_format=torch.channels_last))
        return painted

    def _step(self, step: int) -> dict[str, float]:
        # A generator for each step, so that a run resumed at any step draws the same numbers.
        draws = torch.Generator().manual_seed((self._seed * 1_000_003 + step) % 2**63)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(step, self._settings)
        example = self._example(step, draws)
        terms = self._losses(example, self._paint(example), step, draws)
        total = torch.stack(list(terms.values())).sum()
        self._optimizer.zero_grad(set_to_none=True)
        total.backward()
        self._optimizer.step()
        return {name: float(term.detach()) for name, term in terms.items()} | {"total": float(total.detach())}

    def _example(self, step: int, draws: torch.Generator) -> Example:
        settings = self._settings
        cropped = torch.rand(1, generator=draws).item() < settings.example_share
        last = step >= settings.steps * (1 - settings.whole_share)
        return random_example(self._whole, draws) if cropped and not last else self._whole

    def _losses(
        self, example: Example, layer: torch.Tensor, step: int, draws: torch.Generator
    ) -> dict[str, torch.Tensor]:
        settings, weights = self._settings, self._settings.weights
        alpha, composite = layer[:, 3:], losses.over(layer, example.source)
        fading = max(0.0, 1 - step / (settings.steps * settings.bootstrap_share))
        terms = {
            "structure": weights.structure * losses.structure(self._guide.tokens(composite), self._tokens(example)),
            "edges": weights.edges * losses.edges(composite, example.source),
            "sparsity": weights.sparsity * losses.sparsity(alpha),
            "bootstrap": weights.bootstrap * fading * losses.bootstrap(alpha, example.region),
            "roughness": weights.roughness * losses.roughness(layer[:, :3]),
        }
        if example.wanted is not None:
            terms["appearance"] = weights.appearance * losses.appearance(composite, example.wanted, example.region)
        else:
            terms["gaudiness"] = weights.gaudiness * losses.gaudiness(layer, example.region)
        if self._texts.target.embedding is not None:
            terms |= self._composition(example, composite, draws)
        if self._texts.layer.embedding is not None:
            terms["screen"] = weights.screen * self._screen(example, layer, draws)
        return terms

    def _tokens(self, example: Example) -> torch.Tensor:
        if example is self._whole:
            return self._whole_tokens
        with torch.no_grad():
            return self._guide.tokens(example.source)

    def _composition(
        self, example: Example, composite: torch.Tensor, draws: torch.Generator
    ) -> dict[str, torch.Tensor]:
        settings, weights, guide, texts = self._settings, self._settings.weights, self._guide, self._texts
        side = self._side(draws)
        frames = view_frames(settings.composite_views, example.size, example.region[0, 0], settings.views, draws)
        state = draws.get_state()
        seen = guide.see(self._views(composite, frames, side, draws))
        terms = {"composition": weights.composition * guide.distance(seen, texts.target).mean()}
        if seen.strangeness is not None:
            terms["strangeness"] = weights.strangeness * seen.strangeness
        if texts.source is not None and texts.source.embedding is not None:
            draws.set_state(state)  # the source is seen in the same views, in the same light
            with torch.no_grad():
                before = guide.see(self._views(example.source, frames, side, draws))
            terms["turning"] = weights.turning * guide.turning(before, seen, texts.source, texts.target).mean()
        return terms

    def _screen(self, example: Example, layer: torch.Tensor, draws: torch.Generator) -> torch.Tensor:
        settings = self._settings
        frames = view_frames(settings.screen_views, example.size, example.region[0, 0], settings.views, draws)
        on_green = losses.over(layer, losses.green_screen(layer))
        seen = self._guide.see(self._views(on_green, frames, self._side(draws), draws))
        return self._guide.distance(seen, self._texts.layer).mean()

    def _views(self, picture: torch.Tensor, frames: torch.Tensor, side: int, draws: torch.Generator) -> torch.Tensor:
        return jitter(sample(picture, frames, side), self._settings.views, draws)

    def _side(self, draws: torch.Generator) -> int:
        sides = self._settings.views.sides
        return sides[int(torch.randint(len(sides), (1,), generator=draws))]


def learning_rate(step: int, settings: Settings) -> float:
    """Return the step's learning rate: a short linear warm-up, then half a cosine."""
    if step < settings.warm_up:
        return settings.learning_rate * (step + 1) / settings.warm_up
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * step / settings.steps)) + LAST_RATE


def _picture(layer: torch.Tensor) -> np.ndarray:
    return layer[0].permute(1, 2, 0).contiguous().cpu().numpy()
