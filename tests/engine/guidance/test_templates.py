"""Sentences around a prompt."""

from random import Random

import pytest

from engine.guidance.templates import GREEN_SCREEN_TEMPLATES, TEMPLATES, filled, random_subset


def test_every_template_takes_the_text_once() -> None:
    sentences = filled((*TEMPLATES, *GREEN_SCREEN_TEMPLATES), "a {golden} horse")
    assert all(sentence.count("a {golden} horse") == 1 for sentence in sentences)
    assert len(set(sentences)) == len(TEMPLATES) + 2


def test_a_subset_repeats_for_a_seed_and_holds_no_template_twice() -> None:
    subset = random_subset(TEMPLATES, 5, Random(3))
    assert subset == random_subset(TEMPLATES, 5, Random(3))
    assert len(set(subset)) == 5
    assert set(subset) < set(TEMPLATES)
    assert any(random_subset(TEMPLATES, 5, Random(seed)) != subset for seed in range(5))


def test_too_many_gives_all_and_none_is_refused() -> None:
    assert set(random_subset(GREEN_SCREEN_TEMPLATES, 9, Random(0))) == set(GREEN_SCREEN_TEMPLATES)
    with pytest.raises(ValueError, match="at least one"):
        random_subset(TEMPLATES, 0, Random(0))
