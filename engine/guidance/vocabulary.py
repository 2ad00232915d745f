"""What the starter guide knows by name: ImageNet's classes, materials, and the colours of the XKCD survey.

Loads without torch, so that a window can offer it while the guide itself is still loading.
"""

import difflib
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from engine.guidance.materials import Material, Rgb
from engine.guidance.wording import VOCABULARY_FOLDER, key, keys, read_table, singular_phrases, singulars, wording

_REMARK = re.compile(r"\s*\(.*\)")
_RANGE = " … "
_WEIGHT = " * "


class EntryKind(StrEnum):
    """What an entry of the vocabulary names."""

    CONCEPT = "concept"
    MATERIAL = "material"
    COLOUR = "colour"


@dataclass(frozen=True)
class Entry:
    """A word or phrase to offer while a prompt is typed."""

    text: str
    kind: EntryKind


@dataclass(frozen=True)
class Concept:
    """An ImageNet class: open_clip's name for it, its index in 0..999, and its share in 0..1 of what was meant."""

    name: str
    index: int
    weight: float


@dataclass(frozen=True)
class Vocabulary:
    """Everything known by name; mappings are keyed by ``wording.key`` of a word or phrase.

    ``groups`` and ``lookalikes`` map to members as resources/vocabulary/concepts.toml writes them: lookalikes serve
    to find a thing in a picture only. ``near`` maps a word that is not known to known ones.
    """

    class_names: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    lookalikes: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]]
    materials: Mapping[str, Material]
    colours: Mapping[str, Rgb]
    entries: tuple[Entry, ...]

    @cached_property
    def classes(self) -> Mapping[str, tuple[int, ...]]:
        """The indices of each class name, also without its bracketed remark or in the singular ("mashed potato").

        Two classes may share a name.
        """
        found: dict[str, tuple[int, ...]] = {}
        for index, name in enumerate(self.class_names):
            for form in {key(name), key(_plain(name))}:
                found[form] = (*found.get(form, ()), index)
        for name, indices in tuple(found.items()):
            for form in singular_phrases(name.split()):
                if form not in wording().fillers:
                    found.setdefault(form, indices)
        return found

    def is_concept(self, phrase: str) -> bool:
        """Say whether ``phrase`` names classes."""
        return phrase in self.classes or phrase in self.groups

    def concepts(self, phrase: str) -> tuple[Concept, ...]:
        """Return the classes that ``phrase`` names, weights summing to 1; empty where it names none."""
        if phrase in self.classes:
            return self.weigh((index, 1.0) for index in self.classes[phrase])
        return self.members(self.groups.get(phrase, ()))

    def lookalike_concepts(self, phrase: str) -> tuple[Concept, ...]:
        """Return the classes by which a thing called ``phrase`` is found in a picture; empty where none is known."""
        return self.members(self.lookalikes[phrase]) if phrase in self.lookalikes else self.concepts(phrase)

    def members(self, members: Iterable[str]) -> tuple[Concept, ...]:
        """Return the classes of ``members`` as the vocabulary files write them, weights summing to 1."""
        return self.weigh(pair for member in members for pair in self._member(member))

    def weigh(self, shares: Iterable[tuple[int, float]]) -> tuple[Concept, ...]:
        """Return concepts for (index, share) pairs, weights summing to 1; an index given twice adds up."""
        sums: dict[int, float] = {}
        for index, share in shares:
            sums[index] = sums.get(index, 0.0) + share
        total = sum(sums.values())
        return tuple(Concept(self.class_names[index], index, share / total) for index, share in sums.items())

    def _member(self, member: str) -> Iterator[tuple[int, float]]:
        name, _, factor = member.partition(_WEIGHT)
        weight = float(factor or 1.0)
        if _RANGE in name:
            first, last = (self.class_names.index(end) for end in name.split(_RANGE))
            yield from ((index, weight) for index in range(first, last + 1))
            return
        if not self.is_concept(key(name)):
            raise ValueError(f"no class or group is called {name}")
        yield from ((concept.index, weight * concept.weight) for concept in self.concepts(key(name)))


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read once."""
    names = _class_names()
    tables = read_table("concepts.toml")
    groups, lookalikes, near = (_spread(tables[name]) for name in ("groups", "subjects", "near"))
    materials = _materials()
    colours, offered = _colours()
    concept_texts = [*map(_plain, names), *_phrases(tables["groups"])]
    entries: dict[str, Entry] = {}
    for kind, texts in (
        (EntryKind.MATERIAL, _material_texts()),
        (EntryKind.CONCEPT, [text for text in concept_texts if key(text) not in wording().colour_first]),
        (EntryKind.COLOUR, offered),
    ):
        for text in texts:
            entries.setdefault(key(text), Entry(text, kind))
    return Vocabulary(names, groups, lookalikes, near, materials, colours, tuple(entries.values()))


def entries() -> tuple[Entry, ...]:
    """Return all words and phrases for autocompletion; no two read alike."""
    return vocabulary().entries


def nearest(word: str, count: int = 5) -> tuple[str, ...]:
    """Return up to ``count`` known words or phrases that come nearest to the unknown ``word``.

    A likely misspelling comes first, then what is near in meaning; where no table tells that, what is spelt alike.
    """
    wanted = key(word)
    known = {key(entry.text): entry.text for entry in entries()}
    alike = [] if wanted in known else difflib.get_close_matches(wanted, known, n=count, cutoff=0.75)
    meant = _near_in_meaning(wanted)
    if meant is None:
        return tuple(known[form] for form in alike)
    slips = difflib.get_close_matches(wanted, alike, n=1, cutoff=0.86)
    return tuple(dict.fromkeys([*(known[form] for form in slips), *meant]))[:count]


def _near_in_meaning(wanted: str) -> tuple[str, ...] | None:
    known = vocabulary()
    for form in (wanted, *singulars(wanted)):
        if form in known.near:
            return known.near[form]
        if form in known.lookalikes:
            return tuple(_plain(concept.name) for concept in known.members(known.lookalikes[form]))
    return None


def _class_names() -> tuple[str, ...]:
    """Return ImageNet's class names from open_clip's own list, without importing open_clip.

    The package imports torch and takes seconds, which a window's start cannot pay; the list's module needs neither.
    """
    package = importlib.util.find_spec("open_clip")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("open_clip is not installed")
    file = Path(package.submodule_search_locations[0]) / "zero_shot_metadata.py"
    spec = importlib.util.spec_from_file_location("open_clip_class_names", file)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"open_clip has no {file.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(module.IMAGENET_CLASSNAMES)


def _materials() -> dict[str, Material]:
    found: dict[str, Material] = {}
    for row in read_table("materials.toml")["material"]:
        traits = {name: value for name, value in row.items() if name not in ("words", "ramp", "concepts")}
        ramp = tuple(map(_rgb, row["ramp"]))
        material = Material(row["words"][0], ramp, concepts=tuple(row.get("concepts", ())), **traits)
        found.update((key(word), material) for word in row["words"])
    return found


def _material_texts() -> Iterator[str]:
    return (word for row in read_table("materials.toml")["material"] for word in row["words"])


def _colours() -> tuple[dict[str, Rgb], list[str]]:
    """Return the survey's colours by key, and those of its names that may be offered."""
    survey = json.loads((VOCABULARY_FOLDER / "xkcd_colours.json").read_text(encoding="utf-8"))["colours"]
    colours = {key(name): _rgb(value) for name, value in survey.items() if key(name) not in wording().not_colours}
    offered = [name for name in survey if key(name) in colours and wording().crude.isdisjoint(name.split())]
    return colours, offered


def _rgb(value: str) -> Rgb:
    red, green, blue = bytes.fromhex(value.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _phrases(table: Mapping[str, object]) -> Iterator[str]:
    return (phrase.strip() for phrases in table for phrase in phrases.split(","))


def _spread(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {phrase: tuple(members) for phrases, members in table.items() for phrase in keys(phrases)}


def _plain(name: str) -> str:
    return _REMARK.sub("", name).replace(" / ", " or ")
