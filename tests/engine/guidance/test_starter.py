import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.guidance.starter import StarterGuide
from engine.media.sample import sample_picture
from engine.media.stills import read_still


@pytest.fixture(scope="module")
def guide() -> StarterGuide:
    return StarterGuide()


@pytest.fixture(scope="module")
def cat() -> torch.Tensor:
    picture = read_still(sample_picture()).rgb
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None]


def test_it_sees_what_the_photograph_shows(guide, cat):
    seen = guide.see(torch.nn.functional.interpolate(cat, (224, 224), mode="bilinear", antialias=True))

    near = guide.distance(seen, guide.read("Egyptian Mau"))
    for other in ("zebra", "volcano", "strawberry", "Persian cat"):
        assert guide.distance(seen, guide.read(other)) > near + 1


def test_a_group_is_as_near_as_its_nearest_members_together(guide, cat):
    seen = guide.see(torch.nn.functional.interpolate(cat, (224, 224), mode="bilinear", antialias=True))
    code = guide.read("tabby cat")

    any_of_two = type(code)("two", torch.maximum(code.embedding, guide.read("Egyptian Mau").embedding))
    probability = (-guide.distance(seen, any_of_two)).exp()
    apart = (-guide.distance(seen, code)).exp() + (-guide.distance(seen, guide.read("Egyptian Mau"))).exp()
    assert probability.item() == pytest.approx(apart.item(), rel=1e-4)


def test_the_distance_falls_along_its_gradient(guide, cat):
    picture = torch.nn.functional.interpolate(cat, (224, 224), mode="bilinear").requires_grad_()
    zebra = guide.read("zebra")
    before = guide.distance(guide.see(picture), zebra)
    before.sum().backward()
    after = guide.distance(guide.see(picture.detach() - 0.02 * picture.grad.sign()), zebra)

    assert after.item() < before.item() - 0.5


def test_noise_is_stranger_than_a_photograph(guide, cat):
    photograph = torch.nn.functional.interpolate(cat, (224, 224), mode="bilinear", antialias=True)
    noisy = (photograph + 0.3 * torch.randn(photograph.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)

    assert guide.see(noisy).strangeness > 2 * guide.see(photograph).strangeness


def test_a_material_without_a_concept_has_no_embedding(guide):
    code = guide.read("a golden horse")

    assert code.material is not None
    assert code.material.name == "gold"
    assert code.subject == "horse"
    assert code.embedding is None


def test_unknown_words_are_refused_with_near_ones(guide):
    with pytest.raises(UserError, match="zebra"):
        guide.read("zeebra")


def test_turning_is_least_towards_the_target(guide, cat):
    pictures = torch.nn.functional.interpolate(cat, (224, 224), mode="bilinear").requires_grad_()
    before = guide.see(pictures)
    source, target = guide.read("Egyptian Mau"), guide.read("zebra")
    guide.distance(before, target).sum().backward()
    nearer = guide.see(pictures.detach() - 0.02 * pictures.grad.sign())
    still = guide.see(pictures.detach())

    assert guide.turning(still, nearer, source, target) < 0.9
    assert guide.turning(nearer, still, source, target) > 1.1


def test_relevance_lies_on_the_subject(guide, cat):
    half = torch.nn.functional.interpolate(cat, (150, 225), mode="bilinear", antialias=True)
    scene = torch.full((1, 3, 150, 450), 0.5)
    scene[..., 225:] = half
    relevance = guide.relevance(scene, "cat")

    assert relevance.shape == (150, 450)
    assert relevance.min() >= 0
    assert relevance.max() == pytest.approx(1)
    assert relevance[:, 225:].sum() > 3 * relevance[:, :225].sum()


def test_tokens_see_structure_not_size(guide, cat):
    tokens = guide.tokens(cat)

    assert tokens.shape == (1, 256, 112)
