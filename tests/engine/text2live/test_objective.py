"""The objective against a plain, slow reference: one picture a call, every term from its equation."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from engine.guidance.starter import GUIDING_SOFTNESS, StarterGuide
from engine.guidance.views import draw_views
from engine.text2live import losses
from engine.text2live.examples import Example
from engine.text2live.objective import Objective
from engine.text2live.settings import STARTER_QUALITIES
from engine.text2live.texts import Texts

STANDARD = STARTER_QUALITIES["standard"]
SETTINGS = replace(STANDARD, composite_views=3, screen_views=2, view_pool=1, views=replace(STANDARD.views, sides=(64,)))
SIZE = 96


@pytest.fixture(scope="module")
def guide() -> StarterGuide:
    return StarterGuide()


@pytest.fixture(scope="module")
def texts(guide) -> Texts:
    return Texts(guide.read("zebra; tiger"), guide.read("zebra"), guide.read("tabby cat"), guide.read("volcano"))


@pytest.fixture(scope="module")
def whole() -> Example:
    draws = torch.Generator().manual_seed(0)
    region = torch.zeros(1, 1, SIZE, SIZE)
    region[..., 24:72, 24:72] = 1
    return Example(torch.rand(1, 3, SIZE, SIZE, generator=draws), region)


@pytest.fixture
def layer() -> torch.Tensor:
    return torch.rand(1, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(3)).requires_grad_()


def _terms(objective: Objective, whole: Example, layer: torch.Tensor, step: int = 0) -> dict[str, float]:
    total: dict[str, float] = {}
    for terms in objective.groups(whole, layer, step, torch.Generator().manual_seed(5)):
        torch.stack(list(terms.values())).sum().backward()
        for name, term in terms.items():
            total[name] = total.get(name, 0.0) + term.item()
    return total


def test_every_term_is_what_its_equation_says(guide, texts, whole, layer):
    mine = _terms(Objective(guide, texts, whole, SETTINGS, seed=1), whole, layer)

    weights, source, flat = SETTINGS.weights, whole.source, layer.detach()
    alpha, colour = flat[:, 3:], flat[:, :3]
    composite = alpha * colour + (1 - alpha) * source
    green = torch.tensor([0, 177 / 255, 64 / 255])[None, :, None, None]
    views = draw_views(3, whole.size, whole.region[0, 0], SETTINGS.views, torch.Generator().manual_seed(7_368_787))
    draws = torch.Generator().manual_seed(5)
    torch.randint(1, (1,), generator=draws)  # which batch of the pool
    screen_views = draw_views(2, whole.size, whole.region[0, 0], SETTINGS.views, draws)

    def probabilities(picture):
        classifier = guide._network.classifier
        return [(classifier(guide.see(view[None]).embedding)[0] / GUIDING_SOFTNESS).softmax(0) for view in picture]

    def missing(picture, code):
        rows = [
            [-(chances * row.clamp(min=1e-9)).sum().log() for row in code.embedding]
            for chances in probabilities(picture)
        ]
        return torch.tensor(rows).mean().item()

    def turned():
        way = (texts.target.embedding.mean(0) - texts.source.embedding.mean(0)) @ guide._network.classifier.weight
        gone = [
            guide.see(after[None]).embedding - guide.see(before[None]).embedding
            for after, before in zip(views.of(composite), views.of(source), strict=True)
        ]
        return torch.stack([1 - F.cosine_similarity(step[0], way, dim=0) for step in gone]).mean().item()

    def alike(picture):
        tokens = F.normalize(guide.tokens(picture)[0], dim=1)
        return tokens @ tokens.T

    volcano = torch.tensor(
        [(chances * texts.avoid.embedding[0]).sum() for chances in probabilities(views.of(composite))]
    )
    assert mine["composition"] == pytest.approx(
        weights.composition * missing(views.of(composite), texts.target), rel=1e-3
    )
    on_green = screen_views.of(alpha * colour + (1 - alpha) * green)
    assert mine["screen"] == pytest.approx(weights.screen * missing(on_green, texts.layer), rel=1e-3)
    assert mine["directional"] == pytest.approx(weights.directional * turned(), rel=1e-3)
    assert mine["avoid"] == pytest.approx(weights.avoid * volcano.mean().item(), rel=1e-3)
    unlike = (alike(composite) - alike(source)).square().mean().item()
    assert mine["structure"] == pytest.approx(weights.structure * unlike, rel=1e-3)
    presence = (2 / (1 + (-5 * alpha).exp()) - 1).mean()
    sparse = weights.sparsity_l1 * alpha.mean() + weights.sparsity_l0 * presence
    assert mine["sparsity"] == pytest.approx(sparse.item(), rel=1e-4)
    assert mine["bootstrap"] == pytest.approx(
        weights.bootstrap * (alpha - whole.region).square().mean().item(), rel=1e-4
    )


def test_fewer_views_at_once_give_the_same_terms_and_gradients(guide, texts, whole, layer):
    settings = replace(SETTINGS, weights=replace(SETTINGS.weights, strangeness=0.0))  # a mean over what is seen at once
    together = _terms(Objective(guide, texts, whole, settings, seed=1), whole, layer)
    gradient, layer.grad = layer.grad, None
    objective = Objective(guide, texts, whole, settings, seed=1)
    while objective.halve_batches():
        pass
    apart = _terms(objective, whole, layer)

    assert objective.views_at_once == 1
    assert apart == pytest.approx(together, rel=1e-4, abs=1e-5)
    assert (layer.grad - gradient).abs().max() < 1e-3 * gradient.abs().max()


def test_the_bootstrap_fades(guide, texts, whole, layer):
    objective = Objective(guide, texts, whole, replace(SETTINGS, steps=10, bootstrap_share=0.5), seed=1)
    values = [_terms(objective, whole, layer, step)["bootstrap"] for step in (0, 2, 5, 9)]

    assert values[1] == pytest.approx(0.6 * values[0])
    assert values[2:] == [0, 0]


def test_what_weighs_nothing_is_not_encoded(guide, texts, whole, layer):
    weights = replace(SETTINGS.weights, structure=0.0, screen=0.0)
    terms = _terms(Objective(guide, texts, whole, replace(SETTINGS, weights=weights), seed=1), whole, layer)

    assert not {"structure", "screen"} & set(terms)


def test_structure_looked_at_in_every_third_step_weighs_three_times(guide, texts, whole, layer):
    always = _terms(Objective(guide, texts, whole, SETTINGS, seed=1), whole, layer)["structure"]
    objective = Objective(guide, texts, whole, replace(SETTINGS, structure_every=3), seed=1)
    values = [_terms(objective, whole, layer, step).get("structure") for step in range(4)]

    assert values == [pytest.approx(3 * always, rel=1e-4), None, None, pytest.approx(3 * always, rel=1e-4)]


def test_half_the_precision_gives_nearly_the_same(guide, texts, whole, layer):
    exact = _terms(Objective(guide, texts, whole, SETTINGS, seed=1), whole, layer)
    reduced = _terms(Objective(guide, texts, whole, replace(SETTINGS, precision="bfloat16"), seed=1), whole, layer)

    assert reduced != exact
    assert reduced == pytest.approx(exact, rel=0.1, abs=0.05)


def test_green_is_the_screens(whole):
    assert losses.green_screen(whole.source).flatten().tolist() == pytest.approx([0, 177 / 255, 64 / 255])
