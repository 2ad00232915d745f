"""Every kind of tower, against open_clip's own forward pass of the same weights."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from open_clip import CLIP, CustomTextCLIP
from open_clip.model import resize_pos_embed

from engine.guidance.openclip.convolution import TimmConvolutionTower
from tests.engine.guidance.openclip.small_models import VISIONS, blotches, guide_of, loaded, model_folder, normalised

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
TRANSFORMERS = [kind for kind in VISIONS if "transformer" in kind]
CONVOLUTIONAL = ["resnet", "fastvit", "convnext"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a model of some kind, made on its first use."""
    made: dict[str, Path] = {}

    def find(kind: str) -> Path:
        if kind not in made:
            made[kind] = model_folder(tmp_path_factory.mktemp("models") / kind.replace(" ", "-"), kind)
        return made[kind]

    return find


def pictures(height: int, width: int, count: int = 2) -> torch.Tensor:
    torch.manual_seed(1)
    return blotches(height, width, count)


@torch.no_grad()
def own_embedding(model: CLIP | CustomTextCLIP, seen: torch.Tensor) -> torch.Tensor:
    return model.encode_image(normalised(seen))


@pytest.mark.parametrize("kind", VISIONS)
def test_embeddings_are_those_of_open_clip(kind, folder):
    model = loaded(folder(kind))
    seen = pictures(VISIONS[kind]["image_size"], VISIONS[kind]["image_size"])
    expected = own_embedding(model, seen)

    assert expected.std(0).mean() > 1e-3  # pictures differ
    torch.testing.assert_close(guide_of(model).see(seen).embedding, expected, **CLOSE)


@pytest.mark.parametrize("kind", TRANSFORMERS)
@pytest.mark.parametrize("cells", [(2, 2), (3, 3), (6, 6), (5, 7)])
def test_positions_are_resampled_as_open_clip_does_when_it_loads_for_another_size(kind, cells, folder):
    size = cells[0] * 16, cells[1] * 16
    seen = pictures(*size)
    expected = own_embedding(loaded(folder(kind), size), seen)

    guide = guide_of(loaded(folder(kind)))
    torch.testing.assert_close(guide.see(seen).embedding, expected, **CLOSE)
    torch.testing.assert_close(guide.see(seen).embedding, expected, **CLOSE)  # and again, from what is kept


@pytest.mark.parametrize("size", [(96, 96), (64, 128)])
def test_the_positions_of_a_resnets_pooling_are_resampled_in_the_same_way(size, folder):
    model = loaded(folder("resnet"))
    seen = pictures(*size)
    guide = guide_of(loaded(folder("resnet")))
    # open_clip resamples positions of transformers only, so its function is lent those of the pooling.
    weights = {"visual.positional_embedding": model.visual.attnpool.positional_embedding}
    grid = SimpleNamespace(visual=SimpleNamespace(grid_size=(size[0] // 32, size[1] // 32)))
    resize_pos_embed(weights, grid)
    model.visual.attnpool.positional_embedding = torch.nn.Parameter(weights["visual.positional_embedding"])

    torch.testing.assert_close(guide.see(seen).embedding, own_embedding(model, seen), **CLOSE)


@pytest.mark.parametrize("kind", ["fastvit", "convnext"])
def test_convolutions_see_other_sizes_as_they_are(kind, folder):
    seen = pictures(64, 96)
    expected = own_embedding(loaded(folder(kind)), seen)
    torch.testing.assert_close(guide_of(loaded(folder(kind))).see(seen).embedding, expected, **CLOSE)


def test_branches_that_are_one_convolution_are_made_one(folder):
    model = loaded(folder("fastvit"))
    before = sum(parameter.numel() for parameter in model.visual.parameters())
    guide_of(model)
    assert sum(parameter.numel() for parameter in model.visual.parameters()) < before


@pytest.mark.parametrize("kind", VISIONS)
def test_views_of_any_size_are_seen(kind, folder):
    guide = guide_of(loaded(folder(kind)))
    for share in (5 / 7, 6 / 7, 1, 8 / 7):
        side = round(share * guide.input_size)
        assert guide.see(pictures(side, side)).embedding.shape == (2, 32)


@pytest.mark.parametrize("kind", ["transformer", "transformer with mean"])
def test_tokens_are_open_clips_patch_tokens_at_a_finer_size(kind, folder):
    size = 11 * 16, 13 * 16  # 11 patches along the short side, at least
    seen = pictures(*size)
    own = loaded(folder(kind), size)
    own.visual.output_tokens, own.visual.final_ln_after_pool = True, False
    with torch.no_grad():
        _, expected = own.visual(normalised(seen))

    tokens = guide_of(loaded(folder(kind))).tokens(seen)
    assert tokens.shape == (2, 11 * 13, 48)
    torch.testing.assert_close(tokens, expected, **CLOSE)


def test_tokens_are_timms_patch_tokens(folder):
    seen = pictures(176, 192)
    own = loaded(folder("timm transformer"), (176, 192))
    with torch.no_grad():
        expected = own.visual.trunk.forward_features(normalised(seen))[:, 1:]

    torch.testing.assert_close(guide_of(loaded(folder("timm transformer"))).tokens(seen), expected, **CLOSE)


def test_tokens_of_convolutions_are_those_of_stride_16(folder):
    seen = pictures(64, 96)
    for kind in CONVOLUTIONAL:
        own = loaded(folder(kind))
        with torch.no_grad():
            read = own.visual.forward_intermediates(normalised(seen), intermediates_only=True)
        expected = read["image_intermediates"][-2]
        assert expected.shape[-2:] == (4, 6)
        tokens = guide_of(loaded(folder(kind))).tokens(seen)
        torch.testing.assert_close(tokens, expected.flatten(2).transpose(1, 2), **CLOSE)


@pytest.mark.parametrize(("height", "width"), [(300, 400), (400, 300), (90, 91), (64, 640)])
def test_tokens_keep_the_proportions_of_the_picture(height, width, folder):
    tokens = guide_of(loaded(folder("transformer"))).tokens(pictures(height, width, 1))
    assert tokens.shape[1] == round(11 * height / min(height, width)) * round(11 * width / min(height, width))


@pytest.mark.parametrize("kind", VISIONS)
def test_gradients_reach_the_pictures_and_no_weight(kind, folder):
    guide = guide_of(loaded(folder(kind)))
    for seen_by in (lambda seen: guide.see(seen).embedding, guide.tokens):
        seen = pictures(guide.input_size, guide.input_size).requires_grad_()
        seen_by(seen).square().sum().backward()
        assert seen.grad is not None
        assert (seen.grad.flatten(1).abs().amax(1) > 0).all()


@pytest.mark.parametrize("kind", TRANSFORMERS)
def test_transformers_say_where_their_score_comes_from(kind, folder):
    guide = guide_of(loaded(folder(kind)))
    found = guide.relevance(pictures(70, 100, 1), "a horse")
    assert found.shape == (70, 100)
    assert found.min() == 0
    assert found.max() == pytest.approx(1)


def test_evidence_of_a_linear_pooling_is_what_each_place_adds(folder):
    visual = loaded(folder("fastvit")).visual
    direction = torch.randn(32)
    seen = pictures(64, 96)
    with torch.no_grad():
        places = visual.trunk.forward_features(seen).permute(0, 2, 3, 1) @ visual.trunk.head.fc.weight.T @ direction

    evidence = TimmConvolutionTower(visual).evidence(seen, lambda embeddings: embeddings @ direction)
    torch.testing.assert_close(evidence.places, (places / (2 * 3)).clamp(min=0), **CLOSE)
    assert evidence.places.amax() > 0


def test_a_tower_of_one_size_leaves_where_to_the_windows(folder):
    guide = guide_of(loaded(folder("fixed")))
    found = guide.relevance(pictures(70, 100, 1), "a horse")
    assert found.shape == (70, 100)
    assert found.min() == 0
    assert found.max() == pytest.approx(1)
