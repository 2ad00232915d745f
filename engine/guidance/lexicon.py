"""Parting a prompt into terms: the longest known phrases, and the small words between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain

from engine.guidance.vocabulary import vocabulary
from engine.guidance.wording import singular_phrases, tokens, wording

_LIKENESS_ENDINGS = ("like", "ish", "esque")


class Role(StrEnum):
    """What a term does in a prompt."""

    CONTENT = "content"
    MARK = "mark"
    VERB = "verb"
    FILLER = "filler"
    UNKNOWN = "unknown"
    INTO = "into"
    ONTO = "onto"
    EITHER = "either"
    ALSO = "also"
    ASIDE = "aside"


LINKS = frozenset({Role.INTO, Role.ONTO, Role.EITHER, Role.ALSO, Role.ASIDE})


@dataclass(frozen=True)
class Term:
    """A phrase of a prompt: ``text`` is the vocabulary's key for it, or the unknown word; ``plural`` as written."""

    role: Role
    text: str
    plural: bool = False


def terms(text: str) -> tuple[Term, ...]:
    """Return the terms of ``text`` in order, the longest phrase first at each place; fillers are left out."""
    words = tokens(text)
    found: list[Term] = []
    start = 0
    while start < len(words):
        taken, size = _longest(words[start:])
        found.extend(term for term in taken if term.role is not Role.FILLER)
        start += size
    return tuple(found)


def _longest(words: Sequence[str]) -> tuple[tuple[Term, ...], int]:
    """Return the terms that the longest known phrase at the start of ``words`` makes, and its number of words."""
    roles = _roles()
    for size in range(min(_longest_phrase(), len(words)), 0, -1):
        phrase = " ".join(words[:size])
        if phrase in roles:
            return (Term(roles[phrase], phrase),), size
        for form in singular_phrases(words[:size]):
            if form in roles:
                return (Term(roles[form], form, plural=True),), size
    return _single(words[0]), 1


def _single(word: str) -> tuple[Term, ...]:
    """Return the terms of a word that is in no list: a number, a likeness as in "tigerish", or an unknown word."""
    if word.isdigit():
        return ()
    for ending in _LIKENESS_ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and _roles().get(stem) is Role.CONTENT:
            return Term(Role.CONTENT, stem), Term(Role.MARK, ending)
    return (Term(Role.UNKNOWN, word),)


@cache
def _roles() -> Mapping[str, Role]:
    """Return the role of every known phrase; where a phrase stands in two lists, content wins."""
    known, words = vocabulary(), wording()
    content = [*known.materials, *known.classes, *known.groups, *known.lookalikes, *known.colours]
    roles = dict.fromkeys(content, Role.CONTENT)
    links = ((Role(link), phrases) for link, phrases in words.links.items())
    lists = ((Role.MARK, words.marks | words.participles), (Role.VERB, words.verbs), (Role.FILLER, words.fillers))
    for role, phrases in chain(links, lists):
        for phrase in phrases:
            roles.setdefault(phrase, role)
    return roles


@cache
def _longest_phrase() -> int:
    return max(len(phrase.split()) for phrase in _roles())
