"""A tiny CLIP that really sees: it tells shapes apart and finds the one that a text names."""

import numpy as np
import pytest
import torch

from engine.guidance.matte import find_matte
from engine.guidance.openclip.guide import OpenClipGuide
from engine.guidance.templates import GREEN_SCREEN_TEMPLATES, TEMPLATES
from tests.engine.guidance.openclip.scenes import Scenes, draw_scenes
from tests.engine.guidance.openclip.tiny_clip import NAMES

SIDE = 128
# The first test waits for the training, which busy machines draw out.
pytestmark = pytest.mark.timeout(900)


def scenes(count: int, seed: int = 7) -> Scenes:
    draws = torch.Generator().manual_seed(seed)
    return draw_scenes(count, SIDE, draws, shapes=3, sizes=(0.2, 0.3), distinct=True)


def test_it_names_what_is_drawn(tiny_guide):
    drawn = draw_scenes(200, 64, torch.Generator().manual_seed(3), shapes=1, sizes=(0.25, 0.4))
    seen = tiny_guide.see(drawn.pictures)
    for templates in (TEMPLATES, GREEN_SCREEN_TEMPLATES):
        distances = torch.stack([tiny_guide.distance(seen, tiny_guide.read(name, templates)) for name in NAMES])
        named = [NAMES[index] for index in distances.argmin(0)]
        right = [drawn.name(index, 0) == name for index, name in enumerate(named)]
        assert np.mean(right) > 0.95


def test_views_of_other_sizes_are_named_too(tiny_guide):
    drawn = draw_scenes(100, 64, torch.Generator().manual_seed(4), shapes=1, sizes=(0.25, 0.4))
    for side in (46, 55, 73):
        views = torch.nn.functional.interpolate(drawn.pictures, (side, side), mode="bilinear", antialias=True)
        seen = tiny_guide.see(views)
        distances = torch.stack([tiny_guide.distance(seen, tiny_guide.read(name)) for name in NAMES])
        right = [drawn.name(index, 0) == NAMES[best] for index, best in enumerate(distances.argmin(0))]
        assert np.mean(right) > 0.85


def test_relevance_lies_in_the_shape_that_the_text_names(tiny_guide):
    """Of 200 scenes with three shapes of different colours; the named one covers 13 % of the picture in the mean."""
    drawn = scenes(200)
    inside, away = [], []
    for index, picture in enumerate(drawn.pictures):
        shape = index % 3
        relevance = tiny_guide.relevance(picture[None], drawn.name(index, shape))
        mask = drawn.masks[index, shape] > 0.5
        top = relevance >= relevance.quantile(0.9)
        inside.append(float(mask[top].float().mean()))
        away.append(float(relevance[~mask].mean()))
    assert np.mean(np.array(inside) > 0.5) >= 0.95
    assert np.mean(inside) > 0.8
    assert np.mean(away) < 0.06  # near 0, as mattes need it


def test_a_matte_is_the_shape(tiny_guide):
    drawn = scenes(8, seed=11)
    overlaps = []
    for index, picture in enumerate(drawn.pictures):
        matte = find_matte(tiny_guide, picture.permute(1, 2, 0).numpy(), drawn.name(index, 0))
        mask = drawn.masks[index, 0].numpy()
        overlaps.append(np.minimum(matte, mask).sum() / np.maximum(matte, mask).sum())
    assert np.median(overlaps) > 0.8


def test_several_texts_are_found_together(tiny_guide: OpenClipGuide):
    drawn = scenes(4, seed=12)
    for index, picture in enumerate(drawn.pictures):
        names = [drawn.name(index, shape) for shape in (0, 1)]
        both = tiny_guide.relevance(picture[None], "; ".join(names))
        alone = [tiny_guide.relevance(picture[None], name) for name in names]
        torch.testing.assert_close(both, torch.stack(alone).amax(0))
