"""What is asked of a layer: every loss of one step, weighted, in groups that are differentiated one after another."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

import torch

from engine.guidance.guide import Guide, PictureCode, TextCode
from engine.guidance.views import Views, draw_views
from engine.text2live import losses
from engine.text2live.examples import Example
from engine.text2live.settings import Settings
from engine.text2live.texts import Texts

Terms = Mapping[str, torch.Tensor]


class Objective:
    """The losses of Text2LIVE (section 3.2) and of `engine.text2live.losses`, for ``whole`` and other examples of it.

    What needs no guide is asked of the layer as it is painted, all else of what the example shows of it, by turns
    where that is several frames. Composition, direction and avoidance share one batch of views. Batches come from a
    pool, so that the source is encoded once for each of them.
    """

    def __init__(self, guide: Guide, texts: Texts, whole: Example, settings: Settings, seed: int) -> None:
        self._guide, self._texts, self._whole, self._settings, self._seed = guide, texts, whole, settings, seed
        self._device = whole.source.device.type
        self._reduced = _reduced_precision(settings.precision, self._device)
        self._sources: dict[int, torch.Tensor] = {}
        self.views_at_once = max(settings.composite_views, settings.screen_views)
        with torch.no_grad():
            self._whole_tokens = self._tokens(whole.source)

    def groups(self, example: Example, layer: torch.Tensor, step: int, draws: torch.Generator) -> Iterator[Terms]:
        """Yield the terms by name; a term of several groups is their sum. ``layer`` is (1, 4, h, w).

        Each group is a graph of its own down to ``layer``: once it is differentiated, its memory is free for the next.
        """
        yield self._natural(example, layer, step)
        weights = self._settings.weights
        if weights.structure and step % self._settings.structure_every == 0:
            yield self._structure(example, layer, step)
        if self._texts.target.embedding is not None:
            yield from self._composition(example, layer, draws)
        if weights.screen and self._texts.layer.embedding is not None:
            yield from self._screen(example, layer, draws)

    def halve_batches(self) -> bool:
        """Encode half as many views at once from now on; False where it is one already."""
        if self.views_at_once == 1:
            return False
        self.views_at_once = (self.views_at_once + 1) // 2
        return True

    def _natural(self, example: Example, layer: torch.Tensor, step: int) -> Terms:
        """Return the terms that need no guide."""
        settings, weights = self._settings, self._settings.weights
        alpha, composite = layer[:, 3:], losses.over(layer, example.source)
        terms = {
            "edges": weights.edges * losses.edges(composite, example.source),
            "sparsity": weights.sparsity_l1 * losses.coverage(alpha) + weights.sparsity_l0 * losses.presence(alpha),
            "roughness": weights.roughness * losses.roughness(layer[:, :3]),
        }
        if settings.confinement != "none":
            fading = losses.annealed(step, settings.steps * settings.bootstrap_share)
            terms["bootstrap"] = weights.bootstrap * fading * losses.bootstrap(alpha, example.region)
        if example.wanted is not None:
            terms["appearance"] = weights.appearance * losses.appearance(composite, example.wanted, example.region)
        else:
            terms["gaudiness"] = weights.gaudiness * losses.gaudiness(layer, example.region)
        return terms

    def _structure(self, example: Example, layer: torch.Tensor, step: int) -> Terms:
        place = [step // self._settings.structure_every % len(example.shown)]
        source = example.shown[place]
        if example is self._whole:
            wanted = self._whole_tokens
        else:
            with torch.no_grad():
                wanted = self._tokens(source)
        seen = self._tokens(losses.over(example.seen(layer)[place], source))
        weight = self._settings.weights.structure * self._settings.structure_every
        return {"structure": weight * losses.structure(seen, wanted)}

    def _composition(self, example: Example, layer: torch.Tensor, draws: torch.Generator) -> Iterator[Terms]:
        weights, batch = self._settings.weights, int(torch.randint(self._settings.view_pool, (1,), generator=draws))
        views = self._pooled_views(batch, example)
        target, source = self._drawn(self._texts.target, draws), self._drawn(self._texts.source, draws)
        avoid = self._drawn(self._texts.avoid, draws)
        assert target is not None
        before = None if source is None else self._source_seen(batch, views, example).split(self.views_at_once)
        for place, (part, shown) in enumerate(self._parts(views, example.shown)):
            share = len(part.frames) / len(views.frames)
            seen = self._see(part.of(losses.over(example.seen(layer)[shown], example.shown[shown])))
            terms = {"composition": weights.composition * share * self._distances(seen, target).mean()}
            if seen.strangeness is not None:
                terms["strangeness"] = weights.strangeness * share * seen.strangeness
            if before is not None and source is not None:
                turning = self._guide.turning(PictureCode(before[place]), seen, source, target)
                terms["directional"] = weights.directional * share * turning.mean()
            if avoid is not None:
                terms["avoid"] = weights.avoid * share * losses.avoidance(self._distances(seen, avoid))
            yield terms

    def _screen(self, example: Example, layer: torch.Tensor, draws: torch.Generator) -> Iterator[Terms]:
        settings = self._settings
        views = self._views(settings.screen_views, example, draws)
        text = self._drawn(self._texts.layer, draws)
        assert text is not None
        for part, shown in self._parts(views, example.shown):
            share = len(part.frames) / len(views.frames)
            seen = self._see(part.of(losses.over(example.seen(layer)[shown], losses.green_screen(layer))))
            yield {"screen": settings.weights.screen * share * self._distances(seen, text).mean()}

    def _pooled_views(self, batch: int, example: Example) -> Views:
        draws = torch.Generator().manual_seed((self._seed * 7_368_787 + batch) % 2**63)
        return self._views(self._settings.composite_views, example, draws)

    def _views(self, count: int, example: Example, draws: torch.Generator) -> Views:
        height, width = example.shown.shape[-2:]
        return draw_views(count, (width, height), example.focus, self._settings.views, draws)

    def _parts(self, views: Views, pictures: torch.Tensor) -> Iterator[tuple[Views, list[int]]]:
        """Yield ``views`` in batches of what memory holds at once, with which of the ``pictures`` each looks at."""
        if len(pictures) == 1:  # one picture is sampled for all views without being copied
            yield from ((part, [0]) for part in views.parts(self.views_at_once))
            return
        first = 0
        for part in views.parts(self.views_at_once):
            yield part, [(first + place) % len(pictures) for place in range(len(part.frames))]
            first += len(part.frames)

    def _source_seen(self, batch: int, views: Views, example: Example) -> torch.Tensor:
        """Return the embeddings (N, D) of the source in ``views``; those of the whole picture are kept."""
        if example is self._whole and batch in self._sources:
            return self._sources[batch]
        with torch.no_grad():
            parts = [
                self._see(part.of(example.shown[shown])).embedding for part, shown in self._parts(views, example.shown)
            ]
        seen = torch.cat(parts)
        if example is self._whole:
            self._sources[batch] = seen
        return seen

    def _drawn(self, text: TextCode | None, draws: torch.Generator) -> TextCode | None:
        return None if text is None or text.embedding is None else text.drawn(self._settings.wordings, draws)

    def _distances(self, seen: PictureCode, text: TextCode) -> torch.Tensor:
        return self._guide.distance(seen, text, self._settings.criterion)

    def _see(self, views: torch.Tensor) -> PictureCode:
        with self._arithmetic():
            seen = self._guide.see(views)
        strangeness = None if seen.strangeness is None else seen.strangeness.float()
        return PictureCode(seen.embedding.float(), strangeness)

    def _tokens(self, picture: torch.Tensor) -> torch.Tensor:
        with self._arithmetic():
            return self._guide.tokens(picture).float()

    def _arithmetic(self) -> AbstractContextManager[object]:
        return torch.autocast(self._device, torch.bfloat16, enabled=self._reduced)


def _reduced_precision(wanted: str, device: str) -> bool:
    """Return whether the guide computes in bfloat16; by itself only where that is always faster."""
    if wanted == "auto":
        return device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return wanted == "bfloat16"
