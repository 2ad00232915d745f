import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.prompt.suggestions import (
    Doubt,
    Suggester,
    Suggestion,
    doubt_prompt,
    doubt_subject,
    prompt_suggester,
    subject_suggester,
)
from engine.guidance.vocabulary import Entry, EntryKind

KNOWN = [
    Entry("zebra", EntryKind.CONCEPT),
    Entry("German Shepherd Dog", EntryKind.CONCEPT),
    Entry("hot dog", EntryKind.CONCEPT),
    Entry("dog", EntryKind.CONCEPT),
    Entry("chest of drawers", EntryKind.CONCEPT),
    Entry("chocolate", EntryKind.MATERIAL),
    Entry("red wine", EntryKind.COLOUR),
    Entry("wax", EntryKind.MATERIAL),
]


@pytest.fixture
def suggester() -> Suggester:
    return Suggester(KNOWN)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("zeb", ["zebra"]),
        ("ZEB", ["zebra"]),
        ("shep", ["German Shepherd Dog"]),  # not only the first word
        ("dog shep", ["German Shepherd Dog"]),  # in any order
        ("do", ["dog", "hot dog", "German Shepherd Dog"]),  # those that begin so first, then the short ones
        ("a golden zeb", ["zebra"]),
        ("red; w", ["wax", "red wine"]),  # another text begins
        ("red w", ["red wine", "wax"]),  # more of the typed words first
        ("made of ch", ["chocolate", "chest of drawers"]),  # small words are not part of what is meant
        ("qqq", []),
        ("zebra", []),  # there is nothing to add
        ("a dog ", []),  # a new word has not begun
        ("", []),
    ],
)
def test_offers(suggester: Suggester, typed: str, offered: list[str]) -> None:
    assert [suggestion.text for suggestion in suggester.suggest(typed)] == offered


def test_a_suggestion_knows_what_it_replaces(suggester: Suggester) -> None:
    assert suggester.suggest("a red w") == [Suggestion("red wine", "colour", 2), Suggestion("wax", "material", 6)]


@settings(deadline=None)  # the first call reads the vocabulary
@given(st.text(max_size=30))
def test_any_text_gets_at_most_the_wanted_number(text: str) -> None:
    found = prompt_suggester("starter").suggest(text, most=5)
    assert len(found) <= 5
    assert len({suggestion.text for suggestion in found}) == len(found)
    assert all(0 <= suggestion.start < len(text) for suggestion in found)


def test_the_guide_s_own_vocabulary_is_offered() -> None:
    assert "golden" in [suggestion.text for suggestion in prompt_suggester("starter").suggest("a gol")]
    # Things that can be found but not shown are offered as a subject only.
    assert "horse" in [suggestion.text for suggestion in subject_suggester("starter").suggest("hors")]
    assert "golden" not in [suggestion.text for suggestion in subject_suggester("starter").suggest("golde")]


def test_known_words_raise_no_doubt() -> None:
    assert doubt_prompt("a golden zebra", "starter") is None
    assert doubt_subject("horse", "starter") is None


def test_an_unknown_word_is_named_with_the_nearest_ones() -> None:
    doubt = doubt_prompt("a zebbra", "starter")
    assert doubt is not None
    assert doubt.word == "zebbra"
    assert doubt.near[0] == "zebra"
    assert "“zebbra”" in doubt.sentence
    assert doubt.mended("a Zebbra-striped cat", "zebra") == "a zebra-striped cat"


def test_a_prompt_that_names_nothing_is_doubtful_without_a_word() -> None:
    doubt = doubt_prompt("the", "starter")
    assert doubt is not None
    assert doubt.word == ""
    assert doubt.near == ()


def test_a_colour_is_no_subject() -> None:
    doubt = doubt_subject("crimson", "starter")
    assert doubt is not None
    assert "crimson" in doubt.sentence


def test_an_open_guide_and_an_empty_field_raise_no_doubt() -> None:
    assert doubt_prompt("a zebbra", "openclip:ViT-B-32") is None
    assert doubt_subject("zebbra", "openclip:ViT-B-32") is None
    assert doubt_prompt("  ", "starter") is None
    assert doubt_subject("", "starter") is None


def test_an_open_guide_is_offered_nothing() -> None:
    assert prompt_suggester("openclip:ViT-B-32").suggest("a gol") == []
    assert subject_suggester("openclip:ViT-B-32").suggest("hors") == []


def test_each_of_several_texts_is_judged() -> None:
    assert doubt_prompt("golden; a zebra", "starter") is None
    assert doubt_subject("horse; cat", "starter") is None
    second = doubt_prompt("golden; a zebbra", "starter")
    assert second is not None
    assert second.word == "zebbra"
    other = doubt_subject("horse; xqzv", "starter")
    assert other is not None
    assert other.word == "xqzv"


def test_a_word_that_is_spelt_otherwise_in_the_text_gives_way_with_all_of_it() -> None:
    assert Doubt("", "creme").mended("Crème", "cream") == "cream"
