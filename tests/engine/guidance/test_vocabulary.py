"""What is known by name, and what comes near to what is not."""

import subprocess
import sys

import open_clip
import pytest

from engine.guidance.prompts import parse, parse_subject, require_known
from engine.guidance.vocabulary import EntryKind, entries, nearest, vocabulary
from engine.guidance.wording import VOCABULARY_FOLDER, key, read_table


def test_class_names_are_open_clips_own() -> None:
    assert vocabulary().class_names == tuple(open_clip.IMAGENET_CLASSNAMES)


def test_every_entry_reads_as_what_it_is_offered_for() -> None:
    for entry in entries():
        reading = parse(entry.text)
        require_known(reading)
        assert bool(reading.concepts) is (entry.kind is EntryKind.CONCEPT), entry
        assert (reading.material is None) is (entry.kind is EntryKind.CONCEPT), entry
        assert reading.subject == "", entry


def test_every_concept_entry_can_be_looked_for() -> None:
    for entry in entries():
        if entry.kind is EntryKind.CONCEPT:
            assert sum(concept.weight for concept in parse_subject(entry.text)) == pytest.approx(1), entry


def test_every_class_is_reached_by_its_own_name() -> None:
    known = vocabulary()
    for index, name in enumerate(known.class_names):
        reached = parse(name).concepts or parse(name).texture or known.concepts(key(name))
        assert index in {concept.index for concept in reached}, name


def test_no_two_entries_read_alike_and_crude_colours_are_not_offered() -> None:
    texts = [key(entry.text) for entry in entries()]
    assert len(texts) == len(set(texts))
    assert "baby poop" not in texts
    assert parse("baby poop").material is not None


def test_the_colour_survey_is_whole() -> None:
    assert (VOCABULARY_FOLDER / "xkcd_colours.json").read_text(encoding="utf-8").count('"#') == 949
    assert vocabulary().colours["cloudy blue"] == pytest.approx((0xAC / 255, 0xC2 / 255, 0xD9 / 255))


@pytest.mark.parametrize("table", ["groups", "lookalikes"])
def test_every_group_names_real_classes_with_weights_that_sum_to_one(table: str) -> None:
    known = vocabulary()
    for phrase, members in getattr(known, table).items():
        concepts = known.members(members)
        assert sum(concept.weight for concept in concepts) == pytest.approx(1), phrase
        assert all(known.class_names[concept.index] == concept.name for concept in concepts), phrase


def test_a_group_that_names_no_class_is_an_error() -> None:
    with pytest.raises(ValueError, match="unicorn of the sea"):
        vocabulary().members(["unicorn of the sea"])


def test_a_range_follows_families_and_a_factor_weighs() -> None:
    dogs = {concept.name for concept in vocabulary().concepts("dog")}
    assert len(dogs) == 118
    assert {"Chihuahua", "pug", "Standard Poodle"} <= dogs
    heavy, light = vocabulary().members(["zebra * 3", "tiger"])
    assert (heavy.name, heavy.weight, light.weight) == ("zebra", pytest.approx(0.75), pytest.approx(0.25))


def test_what_is_said_to_be_near_is_known() -> None:
    for word, suggestions in read_table("concepts.toml")["near"].items():
        for suggestion in suggestions:
            assert parse(suggestion).unknown == (), (word, suggestion)


@pytest.mark.parametrize(
    ("word", "first"),
    [("zeebra", "zebra"), ("retreiver", "retriever"), ("Lepard", "leopard"), ("dragons", "Komodo dragon")],
)
def test_nearest_mends_slips_and_knows_meanings(word: str, first: str) -> None:
    assert nearest(word)[0] == first


def test_nearest_gives_no_more_than_asked_and_nothing_where_all_would_mislead() -> None:
    assert len(nearest("dragon", 2)) == 2
    assert nearest("without") == ()
    assert nearest("xyzzyq") == ()


def test_entries_load_without_torch_and_without_open_clip() -> None:
    code = (
        "import sys; from engine.guidance.vocabulary import entries; assert len(entries()) > 2500;"
        "assert not {'torch', 'open_clip', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
