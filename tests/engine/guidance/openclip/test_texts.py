"""Texts of any length, read once."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from open_clip import CLIP
from open_clip.tokenizer import SimpleTokenizer
from torch.nn import functional as F

from engine.guidance.openclip.texts import TextReader, parted
from engine.guidance.templates import TEMPLATES
from tests.engine.guidance.openclip.small_models import TEXT, VISIONS

FIRST, SECOND = (
    "A red horse stands on a hill, and the sun goes down.",
    "A small black dog sleeps beside it in tall grass.",
)
LONG = f"{FIRST} {SECOND}"


@pytest.fixture(scope="module")
def model() -> CLIP:
    torch.manual_seed(0)
    return CLIP(32, VISIONS["transformer"], TEXT).eval().requires_grad_(False)


class Counted:
    """A model that notes how many sentences it is given at each call."""

    def __init__(self, model: CLIP) -> None:
        self._model, self.context_length, self.counts = model, model.context_length, list[int]()

    def encode_text(self, tokens: torch.Tensor, normalize: bool) -> torch.Tensor:
        self.counts.append(len(tokens))
        return self._model.encode_text(tokens, normalize=normalize)


def reader(model: CLIP | Counted) -> TextReader:
    return TextReader(model, SimpleTokenizer(context_length=model.context_length), "cpu")


def test_embeddings_are_those_of_open_clip(model):
    expected = model.encode_text(SimpleTokenizer()(["a horse", "a photo of a horse."], 24), normalize=True)
    read = reader(model).read(["a horse"], ["{}", "a photo of {}."])
    torch.testing.assert_close(read, expected, rtol=1e-5, atol=1e-5)


def test_new_sentences_are_read_in_one_batch_and_known_ones_never_again(model):
    counted = Counted(model)
    texts = reader(counted)
    first = texts.read(["a horse", "a dog"], TEMPLATES)
    assert counted.counts == [2 * len(TEMPLATES)]
    again = texts.read(["a horse", "a dog"], TEMPLATES)
    assert counted.counts == [2 * len(TEMPLATES)]
    torch.testing.assert_close(again, first)

    texts.read(["a dog", "a cat", "a cat"], TEMPLATES[:3])
    assert counted.counts == [2 * len(TEMPLATES), 3]


def test_a_long_text_is_read_in_parts_that_fit_and_count_by_their_length(model):
    tokenizer = SimpleTokenizer()
    parts = [f"a photo of {part}." for part in (FIRST, SECOND)]
    assert all(len(tokenizer.encode(part)) + 2 <= 24 for part in parts)
    read = [model.encode_text(tokenizer([part], 24), normalize=True)[0] * len(part) for part in parts]

    found = reader(model).read([LONG], ["a photo of {}."])
    torch.testing.assert_close(found, F.normalize(sum(read), dim=0)[None], rtol=1e-5, atol=1e-5)
    # All of it is read: the tokenizer alone would have cut the dog off.
    changed = reader(model).read([LONG.replace("dog", "cat")], ["a photo of {}."])
    assert (changed - found).abs().max() > 1e-4


def test_a_text_as_long_as_the_context_is_read_whole(model):
    counted = Counted(model)
    texts = reader(counted)
    texts.read([" ".join(["horse"] * 22)], ["{}"])
    assert counted.counts == [1]
    texts.read([" ".join(["horse"] * 23)], ["{}"])
    assert counted.counts == [1, 2]


def test_the_best_borders_are_taken():
    def fits(part: str) -> bool:
        return len(part) <= 30

    assert parted("one two, three. four five six, seven.", fits) == ("one two, three.", "four five six, seven.")
    assert parted("one two three four, five six seven", fits) == ("one two three four,", "five six seven")
    assert parted("one two three four five six seven", fits) == ("one two three four", "five six seven")
    assert parted("x" * 40, fits) == ("x" * 40,)
    assert parted("short", fits) == ("short",)


@given(st.text(alphabet="ab .,!:", max_size=80), st.integers(1, 40))
def test_parts_hold_every_word_once_and_fit(text, longest):
    parts = parted(text, lambda part: len(part) <= longest)
    assert " ".join(parts).split() == text.split()
    assert all(len(part) <= longest or not any(mark in part.strip() for mark in " ") for part in parts)
