from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.jobs import ImageEdit
from engine.options import options_of, with_options
from engine.text2live.settings import OPEN_QUALITIES, STARTER_QUALITIES, settings_for, view_sides

STANDARD = STARTER_QUALITIES["standard"]


def _job(**more) -> ImageEdit:
    return ImageEdit(picture="a.png", prompt="golden", **more)


def test_every_option_has_a_name_of_its_own_a_label_and_a_value_that_it_may_take():
    options = list(options_of(STANDARD))

    assert len({option.name for option in options}) == len(options) > 30
    for qualities in (STARTER_QUALITIES, OPEN_QUALITIES):
        for settings in qualities.values():
            for each in options_of(settings):
                assert each.option.label
                assert each.option.help
                assert each.option.checked(each.name, each.value, each.value) == each.value


def test_options_reach_the_settings_at_any_depth():
    chosen = with_options(STANDARD, (("structure", 7.0), ("rotation", 3.0), ("criterion", "cosine"), ("warm_up", 2.0)))

    assert (chosen.weights.structure, chosen.views.rotation, chosen.criterion) == (7.0, 3.0, "cosine")
    assert chosen.warm_up == 2
    assert isinstance(chosen.warm_up, int)
    assert chosen.weights.screen == STANDARD.weights.screen


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("structur", 1.0, "no option 'structur'"),
        ("structure", -1.0, "from 0 to 1000"),
        ("structure", "much", "a number"),
        ("warm_up", 1.5, "whole number"),
        ("warm_up", "inf", "from 0 to 1000"),
        ("structure", "nan", "from 0 to 1000"),
        ("criterion", "euclidean", "spherical, cosine"),
        ("criterion", 1.0, "spherical, cosine"),
        ("size", 99.0, "no option 'size'"),
    ],
)
def test_what_is_no_option_is_refused(name, value, says):
    with pytest.raises(UserError, match=says):
        settings_for(_job(options=((name, value),)))


@given(st.sampled_from(list(options_of(STANDARD))), st.floats(allow_nan=False) | st.text(max_size=5))
def test_any_value_is_taken_as_it_is_or_refused_in_words(each, value):
    with suppress(UserError):
        (mine,) = [
            new.value for new in options_of(with_options(STANDARD, ((each.name, value),))) if new.name == each.name
        ]
        assert mine == value or mine == float(value)


def test_texts_from_a_command_line_are_numbers_where_these_are_wanted():
    assert settings_for(_job(options=(("structure", "7.5"),))).weights.structure == 7.5


def test_the_paper_is_as_published():
    paper = settings_for(_job(guide="openclip:ViT-B-32", quality="paper"))

    assert (paper.steps, paper.size, paper.generator, paper.optimizer) == (1000, 512, "paper", "madgrad")
    assert (paper.learning_rate, paper.decay, paper.composite_views) == (2.5e-3, 0.99, 16)
    weights = paper.weights
    assert (weights.composition, weights.screen, weights.directional, weights.structure) == (1, 1, 1, 2)
    assert weights.sparsity_l1 == weights.sparsity_l0 == pytest.approx(6 * 0.01)
    assert weights.bootstrap == 10


def test_the_job_overrides_the_quality():
    settings = settings_for(_job(quality="draft", steps=7, size=128, options=(("patience", 3),)), side=64)

    assert (settings.steps, settings.size, settings.patience, settings.views.sides) == (7, 128, 3, (48, 56, 64, 72))


def test_the_papers_generator_needs_room():
    with pytest.raises(UserError, match="256"):
        settings_for(_job(quality="paper", size=128))


@pytest.mark.parametrize("side", [64, 224, 256, 336])
def test_views_are_whole_patches_about_the_guides_own_size(side):
    sides = view_sides(side)

    patch = 32 if side >= 160 else 8
    assert all(each % patch == 0 for each in sides)
    assert sorted(set(sides)) == list(sides)
    assert sides[0] < side * 0.8
    assert sides[-1] > side
