"""Words as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.guidance.wording import key, singulars, tokens


@given(st.text())
def test_reading_a_key_again_changes_nothing(text: str) -> None:
    assert key(key(text)) == key(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A  Golden\tHORSE!", "golden horse"),
        ("gray woolen armor", "grey woollen armour"),
        ("the tiger's fur", "tiger fur"),
        ("a lady’s slipper", "lady slipper"),
        ("zebra-striped", "zebra striped"),
        ("tiger-like cat", "tiger patterned cat"),
        ("crème brûlée", "creme brulee"),
        ("", ""),
    ],
)
def test_spelling_is_evened_out(written: str, read: str) -> None:
    assert " ".join(tokens(written)) == read


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("wolves", "wolf"),
        ("geese", "goose"),
        ("butterflies", "butterfly"),
        ("foxes", "fox"),
        ("horses", "horse"),
        ("mice", "mouse"),
        ("buses", "bus"),
    ],
)
def test_a_plural_leads_to_its_singular(plural: str, singular: str) -> None:
    assert singular in tuple(singulars(plural))


@pytest.mark.parametrize("word", ["glass", "moss", "gas", "zebra", ""])
def test_what_is_no_plural_has_no_singular(word: str) -> None:
    assert tuple(singulars(word)) == ()
