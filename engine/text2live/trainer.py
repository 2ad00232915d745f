"""Training the generator on one input: a picture, or a layer of an atlas."""

import hashlib
import time
from collections.abc import Generator as Run
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.devices import out_of_memory_advice
from engine.events import Notice, Preview, Progress
from engine.guidance.guide import Guide
from engine.text2live.checkpoint import Checkpoint
from engine.text2live.compiling import Compiled
from engine.text2live.examples import Example, Examples
from engine.text2live.generator import NARROW_WIDTHS, PAPER_WIDTHS, Generator
from engine.text2live.improvement import Improvement
from engine.text2live.objective import Objective
from engine.text2live.optimizing import learning_rate, optimizer_for
from engine.text2live.settings import Settings
from engine.text2live.tensors import to_picture
from engine.text2live.texts import Texts

CHECKPOINT_EVERY = 15.0  # seconds
FADING = "bootstrap"  # falls by itself, also where nothing improves


@dataclass(frozen=True)
class Trained:
    """What was painted, (1, 4, h, w), before it is kept to the region, and the last step's weighted losses.

    ``steps`` are all that were done; ``seconds`` those of this run's work, pauses left out.
    """

    painted: torch.Tensor
    losses: dict[str, float]
    steps: int
    seconds: float


class LayerTrainer:
    """Trains one layer for one input; a run of `train` repeats exactly for the same seed on one machine."""

    def __init__(self, guide: Guide, texts: Texts, examples: Examples, settings: Settings, seed: int) -> None:
        self._texts, self._examples, self._settings, self._seed = texts, examples, settings, seed
        self._whole = whole = examples.whole
        widths = PAPER_WIDTHS if settings.generator == "paper" else NARROW_WIDTHS
        generator = Generator(widths)
        generator.draw_weights(torch.Generator().manual_seed(seed))
        self._generator = generator.to(whole.source.device).to(memory_format=torch.channels_last)
        device = whole.source.device.type
        self._compiled = Compiled(self._generator, device) if settings.compiled == "yes" else None
        self._optimizer = optimizer_for(self._generator, settings)
        self._objective = Objective(guide, texts, whole, settings, seed)

    def train(self, checkpoint: Path | None, preview_every: float) -> Run[Progress | Preview | Notice, None, Trained]:
        """Train to the last step, yielding progress after each; goes on from ``checkpoint`` where one was left.

        ``checkpoint`` is a folder, ``preview_every`` in seconds, 0 for no previews. Ends early where nothing improves
        for as long as the settings' patience.
        """
        steps, improvement = self._settings.steps, Improvement(self._settings.patience)
        kept = Checkpoint(checkpoint, self._generator, self._optimizer, improvement, self._identity())
        done = first = kept.restore()
        saved = shown = time.monotonic()
        seconds, values = 0.0, dict[str, float]()
        while done < steps and not improvement.ended:
            began = time.monotonic()  # anew each step: a run can be paused wherever it yields
            values = yield from self._step_within_memory(done)
            improvement.take(values["total"] - values.get(FADING, 0.0))
            done += 1
            now = time.monotonic()
            seconds += now - began
            yield Progress("training", done, steps, seconds, seconds / (done - first) * (steps - done), values)
            if preview_every and now - shown >= preview_every:
                yield Preview(to_picture(self.layer()), done)
                shown = time.monotonic()
            if now - saved >= CHECKPOINT_EVERY:
                kept.save(done)
                saved = time.monotonic()
        if done < steps:
            yield Notice(f"Nothing improved any more, so the training ended after {done} of {steps} steps.")
        if self._compiled is not None and self._compiled.failed:
            yield Notice("This machine cannot compile the painting network, so the training went without.")
        kept.save(done)
        with torch.no_grad():
            return Trained(self._painted(self._whole), values, done, seconds)

    @torch.no_grad()
    def layer(self) -> torch.Tensor:
        """Return the layer (1, 4, h, w) of the whole picture as it stands."""
        return self._paint(self._whole)

    def _identity(self) -> str:
        """Return a digest of all that the result depends on: a file may change under the name that a job holds."""
        digest = hashlib.sha256(repr((self._settings, self._seed, self._texts)).encode())
        for tensor in self._examples.tensors():
            digest.update(tensor.cpu().numpy().tobytes())
        return digest.hexdigest()

    def _paint(self, example: Example) -> torch.Tensor:
        painted = self._painted(example)
        if self._settings.confinement != "matte":
            return painted
        return torch.cat([painted[:, :3], painted[:, 3:] * example.region], 1)

    def _painted(self, example: Example) -> torch.Tensor:
        paint = self._compiled or self._generator
        painted: torch.Tensor = paint(example.source.contiguous(memory_format=torch.channels_last))
        return painted

    def _step_within_memory(self, step: int) -> Run[Notice, None, dict[str, float]]:
        """Do one step; where memory runs out, again with smaller batches, which changes the result by rounding only."""
        while True:
            try:
                return self._step(step)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory_advice(error) or not self._objective.halve_batches():
                    raise
            # Not in the handler: the traceback would keep the step's tensors.
            self._optimizer.zero_grad(set_to_none=True)
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            count = self._objective.views_at_once
            yield Notice(f"Memory ran short; the training goes on with {count} views at once, which is slower.")

    def _step(self, step: int) -> dict[str, float]:
        # A generator for each step, so that a run resumed at any step draws the same numbers.
        draws = torch.Generator().manual_seed((self._seed * 1_000_003 + step) % 2**63)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(step, self._settings)
        example = self._examples.draw(step, draws)
        painted = self._paint(example)
        # The guide's activations are many times the generator's: cut off here, each group's are freed in turn.
        layer = painted.detach().requires_grad_()
        values: dict[str, float] = {}
        for terms in self._objective.groups(example, layer, step, draws):
            torch.stack(list(terms.values())).sum().backward()
            for name, term in terms.items():
                values[name] = values.get(name, 0.0) + float(term.detach())
        self._optimizer.zero_grad(set_to_none=True)
        painted.backward(layer.grad)
        self._optimizer.step()
        return values | {"total": sum(values.values())}
