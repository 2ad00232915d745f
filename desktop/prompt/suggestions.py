"""What to offer while a prompt is typed, and what to say of words that the guide does not know. Free of Qt."""

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from engine.errors import UserError
from engine.guidance.prompts import parse, parse_subject, require_known
from engine.guidance.templates import split_texts
from engine.guidance.vocabulary import Entry, EntryKind, entries, nearest, vocabulary

STARTER = "starter"
MOST_SUGGESTIONS = 12
LONGEST_PHRASE = 4
LONGEST_SMALL_WORD = 2
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Suggestion:
    """A phrase to put in the place of the text from ``start`` to the cursor."""

    text: str
    kind: str
    start: int


@dataclass(frozen=True)
class Doubt:
    """One sentence on a text; where it is about ``word``, ``near`` holds known words to take instead."""

    sentence: str
    word: str = ""
    near: tuple[str, ...] = ()

    def mended(self, text: str, choice: str) -> str:
        """Return ``text`` with ``choice`` for the doubtful word; ``choice`` alone where that is not found."""
        found = re.search(rf"\b{re.escape(self.word)}\b", text, re.IGNORECASE) if self.word else None
        return text[: found.start()] + choice + text[found.end() :] if found else choice


class Suggester:
    """Finds entries by the beginnings of any of their words."""

    def __init__(self, known: Iterable[Entry]) -> None:
        self._entries = [(entry, WORD.findall(entry.text.casefold())) for entry in known]
        # Sorted, so that all words that begin alike stand side by side.
        self._words = sorted({(word, place) for place, (_, words) in enumerate(self._entries) for word in words})

    def suggest(self, text: str, most: int = MOST_SUGGESTIONS) -> list[Suggestion]:
        """Return phrases for the end of ``text``, the part before the cursor.

        Those that take up more of the typed words come first, then those that begin with them, then short ones.
        """
        typed = list(WORD.finditer(text, text.rfind(";") + 1))
        if not typed or typed[-1].end() != len(text):
            return []
        found: dict[str, Suggestion] = {}
        for first in typed[-LONGEST_PHRASE:]:
            if first is not typed[-1] and len(first[0]) <= LONGEST_SMALL_WORD:
                continue  # "of ch" asks for chocolate, not for a chest of drawers
            words = WORD.findall(text[first.start() :].casefold())
            for entry in self._matching(words):
                found.setdefault(entry.text, Suggestion(entry.text, entry.kind, first.start()))
            if len(found) >= most:
                break
        return list(found.values())[:most]

    def _matching(self, typed: Sequence[str]) -> list[Entry]:
        """Return the entries in which each of the ``typed`` words begins a word."""
        first = bisect_left(self._words, (typed[-1],))
        last = bisect_left(self._words, (typed[-1] + chr(sys.maxunicode),))
        hits = []
        for place in {place for _, place in self._words[first:last]}:
            entry, words = self._entries[place]
            if words != typed and all(any(word.startswith(part) for word in words) for part in typed):
                hits.append((not " ".join(words).startswith(" ".join(typed)), len(entry.text), entry.text, entry))
        return [entry for *_, entry in sorted(hits)]


def prompt_suggester(guide: str) -> Suggester:
    """Return the suggester for what a picture may become; it has nothing to say where the vocabulary is open."""
    return _prompt_suggester() if guide == STARTER else Suggester(())


def subject_suggester(guide: str) -> Suggester:
    """Return the suggester for what may be found in a picture; it has nothing to say where the vocabulary is open."""
    return _subject_suggester() if guide == STARTER else Suggester(())


@cache
def _prompt_suggester() -> Suggester:
    return Suggester(entries())


@cache
def _subject_suggester() -> Suggester:
    things = {entry.text: entry for entry in entries() if entry.kind is EntryKind.CONCEPT}
    for phrase in vocabulary().lookalikes:
        things.setdefault(phrase, Entry(phrase, EntryKind.CONCEPT))
    return Suggester(things.values())


def doubt_prompt(text: str, guide: str) -> Doubt | None:
    """Return what is wrong with a prompt, None where nothing is; guides of open vocabulary know all words."""
    for part in _parts(text, guide):
        reading = parse(part)
        try:
            require_known(reading)
        except UserError as error:
            return _doubt(str(error), reading.unknown)
    return None


def doubt_subject(text: str, guide: str) -> Doubt | None:
    """Return what is wrong with a subject, None where nothing is."""
    for part in _parts(text, guide):
        try:
            parse_subject(part)
        except UserError as error:
            return _doubt(str(error), parse(part).unknown)
    return None


def _parts(text: str, guide: str) -> Sequence[str]:
    """Return the texts to judge."""
    return split_texts(text) if guide == STARTER and text.strip() else ()


def _doubt(sentence: str, unknown: Sequence[str]) -> Doubt:
    if not unknown:
        return Doubt(sentence)
    word = unknown[0]
    near = nearest(word)
    advice = (
        "choose a word near it:" if near else "write a thing, a material or a colour that is suggested while you type."
    )
    return Doubt(f"The starter guide does not know “{word}”; {advice}", word, near)
