"""Prompts in, readings out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.guidance.prompts import Reading, parse, parse_subject, require_known
from engine.guidance.vocabulary import entries
from engine.guidance.wording import wording

known_texts = st.sampled_from([entry.text for entry in entries()])
small_words = st.sampled_from(sorted(set().union(*wording().links.values(), wording().marks, wording().fillers)))
words = st.lists(st.one_of(known_texts, small_words, st.just("qwerty")), max_size=6)


def names(reading: Reading) -> set[str]:
    return {concept.name for concept in reading.concepts}


@pytest.mark.parametrize(
    ("prompt", "concepts", "material", "subject"),
    [
        ("zebra", {"zebra"}, None, ""),
        ("a zebra-striped cat", {"zebra"}, None, "cat"),
        ("tiger-like cat", {"tiger"}, None, "cat"),
        ("a tigerish cat", {"tiger"}, None, "cat"),
        ("leopard print sofa", {"leopard"}, None, "sofa"),
        ("golden", set(), "gold", ""),
        ("golden horse", set(), "gold", "horse"),
        ("golden retriever", {"Golden Retriever"}, None, ""),
        ("a golden golden retriever", set(), "gold", "golden retriever"),
        ("crochet swan", set(), "wool", "swan"),
        ("made of chocolate", set(), "chocolate", ""),
        ("a dark chocolate cake", set(), "dark chocolate", "cake"),
        ("a cat made of rusty iron", set(), "rust", "cat"),
        ("covered in snow", set(), "snow", ""),
        ("snow leopard", {"snow leopard"}, None, ""),
        ("moss-covered truck", set(), "moss", "truck"),
        ("a cat covered in autumn leaves", set(), "autumn leaves", "cat"),
        ("like a tiger", {"tiger"}, None, ""),
        ("striped like a zebra", {"zebra"}, None, ""),
        ("in the style of a tiger", {"tiger"}, None, ""),
        ("a horse on fire", set(), "fire", "horse"),
        ("snow on the house", set(), "snow", "house"),
        ("zebra stripes on the horse", {"zebra"}, None, "horse"),
        ("tiger on a beach", {"tiger"}, None, ""),
        ("turn the cat into a tiger", {"tiger"}, None, "cat"),
        ("replace the cat with a tiger", {"tiger"}, None, "cat"),
        ("make the horse golden", set(), "gold", "horse"),
        ("make the horse a zebra", {"zebra"}, None, "horse"),
        ("change the horse to gold", set(), "gold", "horse"),
        ("add flames to the car", set(), "fire", "car"),
        ("the horse is golden", set(), "gold", "horse"),
        ("a cat with tiger fur", {"tiger"}, None, "cat"),
        ("a golden horse with zebra stripes", {"zebra"}, "gold", "horse"),
        ("statue of a horse in bronze", set(), "bronze", "horse"),
        ("strawberry cake", {"strawberry"}, None, "cake"),
        ("a tiger and a lion", {"tiger", "lion"}, None, ""),
        ("golden horse and cat", set(), "gold", "horse and cat"),
        ("a cake covered with strawberries and chocolate", {"strawberry"}, "chocolate", "cake"),
        ("orange", set(), "orange", ""),
        ("oranges", {"orange"}, None, ""),
        ("golden orange", set(), "gold", "orange"),
        ("a tomato made of gold", set(), "gold", "tomato"),
        ("golden deer", set(), "gold", "deer"),
        ("blue velvet sofa", set(), "blue velvet", "sofa"),
        ("a red car", set(), "red", "car"),
        ("black and white cat", set(), "black and white", "cat"),
        ("a zebra in a field, 4k, photorealistic", {"zebra"}, None, ""),
        ("spotted horse", {"leopard", "cheetah", "Dalmatian"}, None, "horse"),
    ],
)
def test_a_prompt_says(prompt: str, concepts: set[str], material: str | None, subject: str) -> None:
    reading = parse(prompt)
    require_known(reading)
    assert names(reading) == concepts
    assert (reading.material.name if reading.material else None) == material
    assert reading.subject == subject


@pytest.mark.parametrize(
    ("prompt", "class_name"),
    [
        ("wolves", "grey wolf"),
        ("geese", "goose"),
        ("butterflies", "monarch butterfly"),
        ("gray wolf", "grey wolf"),
        ("mashed potato", "mashed potatoes"),
        ("T-shirt", "T-shirt"),
        ("yellow lady's slipper", "yellow lady's slipper"),
        ("hen of the woods", "hen of the woods mushroom"),
        ("automobiles", "sports car"),
        ("swan", "black swan"),
    ],
)
def test_plurals_spellings_and_synonyms_reach_their_class(prompt: str, class_name: str) -> None:
    assert class_name in names(parse(prompt))


@pytest.mark.parametrize(
    ("prompt", "texture"),
    [("crochet", "wool"), ("honey", "honeycomb"), ("lava", "volcano"), ("velvet", "velvet fabric")],
)
def test_a_material_brings_the_class_of_its_texture(prompt: str, texture: str) -> None:
    assert [concept.name for concept in parse(prompt).texture] == [texture]


def test_a_misspelt_word_is_unknown_and_never_matched_silently() -> None:
    reading = parse("a zeebra")
    assert (reading.concepts, reading.unknown) == ((), ("zeebra",))
    with pytest.raises(UserError, match="“zeebra”: try zebra"):
        require_known(reading)


def test_the_refusal_quotes_each_unknown_word_and_lists_at_most_five_known_ones() -> None:
    with pytest.raises(UserError) as refusal:
        require_known(parse("a golden dragon with robot wings"))
    message = str(refusal.value)
    assert "“robot”" in message
    suggested = message.partition("try ")[2].rstrip(".").replace(" or ", ", ").split(", ")
    assert 1 <= len(suggested) <= 5
    assert all(parse(word).unknown == () for word in suggested)


@pytest.mark.parametrize("prompt", ["dragon", "deer", "a tree", "horse without legs", "forest"])
def test_what_cannot_be_shown_is_refused(prompt: str) -> None:
    with pytest.raises(UserError, match="does not know"):
        require_known(parse(prompt))


@pytest.mark.parametrize("prompt", ["", "  ", "a photo", "the", "!?", "3"])
def test_a_prompt_that_names_nothing_is_refused(prompt: str) -> None:
    with pytest.raises(UserError, match="names nothing"):
        require_known(parse(prompt))


@given(st.text())
def test_any_text_reads_without_an_error(text: str) -> None:
    reading = parse(text)
    if reading.unknown or not (reading.concepts or reading.material):
        with pytest.raises(UserError):
            require_known(reading)
    else:
        require_known(reading)


@given(words)
def test_weights_sum_to_one_and_the_subject_can_be_looked_for(parts: list[str]) -> None:
    reading = parse(" ".join(parts))
    for concepts in (reading.concepts, reading.texture):
        assert not concepts or sum(concept.weight for concept in concepts) == pytest.approx(1)
        assert len({concept.index for concept in concepts}) == len(concepts)
    if reading.subject:
        assert parse_subject(reading.subject)
    assert ("qwerty" in reading.unknown) is ("qwerty" in parts)


@given(words, st.data())
def test_case_spaces_and_articles_change_nothing(parts: list[str], data: st.DataObject) -> None:
    spaced = "".join(
        data.draw(st.sampled_from([" ", "  ", " the ", " a ", "\tAN "]))
        + data.draw(st.sampled_from([part, part.upper()]))
        for part in parts
    )
    assert parse(spaced) == parse(" ".join(parts))


@pytest.mark.parametrize(
    ("subject", "class_name"),
    [
        ("common sorrel horse", "common sorrel horse"),
        ("black horse", "common sorrel horse"),
        ("the man's horse", "common sorrel horse"),
        ("cat", "Egyptian Mau"),
        ("cat on a sofa", "tabby cat"),
        ("white pickup truck", "pickup truck"),
        ("a shiny qwerty truck", "pickup truck"),
        ("black swan", "black swan"),
        ("motorcycle", "moped"),
        ("slice of cake", "pot pie"),
        ("pie", "pot pie"),
        ("house", "castle"),
        ("deer", "gazelle"),
        ("water", "lakeshore"),
        ("a golden tomato", "strawberry"),
    ],
)
def test_a_subject_is_looked_for_by_classes_that_fire_on_it(subject: str, class_name: str) -> None:
    concepts = parse_subject(subject)
    assert class_name in {concept.name for concept in concepts}
    assert sum(concept.weight for concept in concepts) == pytest.approx(1)


def test_the_subject_is_the_thing_itself_not_what_stands_around_it() -> None:
    assert "couch" not in {concept.name for concept in parse_subject("cat on a sofa")}
    assert {"tabby cat", "pug"} <= {concept.name for concept in parse_subject("dog and cat")}


@pytest.mark.parametrize("subject", ["person", "sky", "tree", "gold", "qwerty", "", "the"])
def test_a_subject_that_no_class_shows_is_refused_in_one_sentence(subject: str) -> None:
    with pytest.raises(UserError, match=r"cannot find|names nothing"):
        parse_subject(subject)
