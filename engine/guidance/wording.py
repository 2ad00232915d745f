"""Words as people write them: spelling, plurals, and the small words that hold a prompt together."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

VOCABULARY_FOLDER = Path(__file__).parents[2] / "resources" / "vocabulary"

_ARTICLES = frozenset({"a", "an", "the"})
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
# "tiger-like" names a pattern, while "like" alone parts what is edited from what it becomes.
_PATTERN_ENDING = re.compile(r"-(?:like|style)\b")


@dataclass(frozen=True)
class Wording:
    """The words that say how content words belong together; resources/vocabulary/words.toml explains each field."""

    fillers: frozenset[str]
    verbs: frozenset[str]
    marks: frozenset[str]
    participles: frozenset[str]
    coverings: frozenset[str]
    not_colours: frozenset[str]
    colour_first: frozenset[str]
    crude: frozenset[str]
    links: Mapping[str, frozenset[str]]
    patterns: Mapping[str, tuple[str, ...]]


@cache
def wording() -> Wording:
    """Return the prompt wording, read once."""
    table = read_table("words.toml")
    return Wording(
        **{name: frozenset(map(key, words)) for name, words in table["lists"].items()},
        links={link: frozenset(map(key, words)) for link, words in table["links"].items()},
        patterns={word: members for words, members in table["patterns"].items() for word in keys(words)},
    )


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of ``text``: lower case, British spelling, without accents, articles and possessives."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _PATTERN_ENDING.sub(" patterned", _POSSESSIVE.sub("", text.casefold()))
    spelling = _spelling()
    return tuple(spelling.get(word, word) for word in _WORD.findall(text) if word not in _ARTICLES)


@lru_cache(maxsize=8192)  # the tables name most phrases several times while they load
def key(text: str) -> str:
    """Return ``text`` in the form in which phrases are compared."""
    return " ".join(tokens(text))


def keys(phrases: str) -> Iterator[str]:
    """Yield the key of each of the comma-parted ``phrases``."""
    return map(key, phrases.split(","))


def singulars(word: str) -> Iterator[str]:
    """Yield what ``word`` may be the plural of, likelier forms first."""
    if word in _irregular_plurals():
        yield _irregular_plurals()[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return
    if word.endswith("ies"):
        yield word[:-3] + "y"
    yield word[:-1]
    if word.endswith("es"):
        yield word[:-2]


def singular_phrases(words: Sequence[str]) -> Iterator[str]:
    """Yield what the phrase of ``words`` may be the plural of: its last word changes."""
    return (" ".join((*words[:-1], form)) for form in singulars(words[-1]))


@cache
def read_table(name: str) -> dict[str, Any]:
    """Return the TOML file ``name`` of the vocabulary folder, read once; not to be changed."""
    with (VOCABULARY_FOLDER / name).open("rb") as file:
        return tomllib.load(file)


@cache
def _spelling() -> Mapping[str, str]:
    return dict(read_table("words.toml")["spelling"])


@cache
def _irregular_plurals() -> Mapping[str, str]:
    return dict(read_table("words.toml")["plurals"])
