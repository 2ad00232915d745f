"""The guide's measures, against plain formulas."""

import math

import pytest
import torch

from engine.errors import UserError
from engine.guidance.guide import PictureCode, TextCode
from engine.guidance.openclip.guide import OpenClipGuide
from engine.guidance.templates import GREEN_SCREEN_TEMPLATES, TEMPLATES
from tests.engine.guidance.openclip.small_models import blotches, guide_of, loaded, model_folder


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> OpenClipGuide:
    return guide_of(loaded(model_folder(tmp_path_factory.mktemp("model"), "transformer")))


def code(*rows: list[float]) -> TextCode:
    return TextCode("", torch.tensor(rows))


def at_angle(degrees: float, length: float = 1.0) -> list[float]:
    return [length * math.cos(math.radians(degrees)), length * math.sin(math.radians(degrees))]


def test_its_vocabulary_is_open_and_its_weights_are_frozen(guide, tmp_path):
    assert guide.vocabulary() == ()
    assert guide.name == "openclip:small"
    assert guide.input_size == 64
    model = loaded(model_folder(tmp_path / "model", "transformer")).train()
    guide_of(model)
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_several_texts_are_read_in_every_template(guide):
    read = guide.read("a horse; a dog of gold")
    assert read.embedding.shape == (2 * len(TEMPLATES), 32)
    torch.testing.assert_close(read.embedding.norm(dim=1), torch.ones(2 * len(TEMPLATES)))
    torch.testing.assert_close(read.embedding[: len(TEMPLATES)], guide.read("a horse").embedding)
    assert guide.read("a horse", GREEN_SCREEN_TEMPLATES).embedding.shape == (2, 32)


@pytest.mark.parametrize("degrees", [0.5, 30, 90, 170])
def test_the_spherical_distance_is_half_the_squared_angle(guide, degrees):
    seen = PictureCode(torch.tensor([at_angle(degrees, length=3.0)]))
    expected = math.radians(degrees) ** 2 / 2
    assert guide.distance(seen, code(at_angle(0))).item() == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("degrees", [0, 30, 90, 180])
def test_the_cosine_distance_is_1_minus_the_cosine(guide, degrees):
    seen = PictureCode(torch.tensor([at_angle(degrees, length=3.0)]))
    expected = 1 - math.cos(math.radians(degrees))
    assert guide.distance(seen, code(at_angle(0)), "cosine").item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("criterion", ["spherical", "cosine"])
def test_distances_are_means_over_the_wordings(guide, criterion):
    seen = PictureCode(torch.tensor([at_angle(20), at_angle(-40)]))
    alone = [guide.distance(seen, code(at_angle(angle)), criterion) for angle in (0, 50)]
    both = guide.distance(seen, code(at_angle(0), at_angle(50)), criterion)
    torch.testing.assert_close(both, torch.stack(alone).mean(0))


@pytest.mark.parametrize("criterion", ["spherical", "cosine"])
@pytest.mark.parametrize("degrees", [0, 180])
def test_distances_have_finite_slopes_everywhere(guide, criterion, degrees):
    seen = torch.tensor([at_angle(degrees)], requires_grad=True)
    distance = guide.distance(PictureCode(seen), code(at_angle(0)), criterion)
    distance.sum().backward()
    assert distance.item() >= 0
    assert seen.grad.isfinite().all()


def test_turning_compares_the_ways_of_pictures_and_texts(guide):
    before, after = PictureCode(torch.tensor([at_angle(10, 2.0)])), PictureCode(torch.tensor([at_angle(50, 5.0)]))
    went = torch.tensor(at_angle(50)) - torch.tensor(at_angle(10))
    way = torch.tensor(at_angle(80)) - torch.tensor(at_angle(-30)) / 2 - torch.tensor(at_angle(-50)) / 2
    expected = 1 - torch.cosine_similarity(went, way, dim=0)

    turned = guide.turning(before, after, code(at_angle(-30), at_angle(-50)), code(at_angle(80)))
    torch.testing.assert_close(turned, expected[None])
    same = guide.turning(before, after, code(at_angle(10)), code(at_angle(50)))
    torch.testing.assert_close(same, torch.zeros(1), atol=1e-6, rtol=0)


def test_no_text_is_refused_in_one_sentence(guide):
    for text in ("", "  ", " ; "):
        with pytest.raises(UserError, match=r"name one\.$"):
            guide.relevance(torch.rand(1, 3, 64, 64), text)
        with pytest.raises(UserError, match=r"no text to read"):
            guide.read(text)


def test_half_precision_around_it_changes_little(guide):
    seen, text = blotches(64, 64), guide.read("a horse")
    expected = guide.distance(guide.see(seen), text)
    with torch.autocast("cpu", torch.bfloat16):
        code_ = guide.see(seen)
        distance = guide.distance(code_, text)
        relevance = guide.relevance(seen[:1], "a horse")
        tokens = guide.tokens(seen)
    assert code_.embedding.dtype == tokens.dtype == relevance.dtype == torch.float32
    torch.testing.assert_close(distance, expected, rtol=0.02, atol=0.02)
    torch.testing.assert_close(relevance, guide.relevance(seen[:1], "a horse"))
