"""Reading prompts for a guide that knows concepts, materials and colours by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import UserError
from engine.guidance.grammar import understand, understand_subject
from engine.guidance.lexicon import Role, terms
from engine.guidance.materials import Material
from engine.guidance.vocabulary import Concept, nearest, vocabulary
from engine.guidance.wording import key, wording

__all__ = ["Concept", "Reading", "parse", "parse_subject", "require_known"]


@dataclass(frozen=True)
class Reading:
    """What a prompt says.

    ``concepts`` are the classes that the picture should come to show, ``texture`` those that carry the look of
    ``material``; each has weights that sum to 1, or is empty. ``subject`` names what is edited where the prompt
    says so ("horse" in "a golden horse"), for ``parse_subject``. ``unknown`` holds the words not understood.
    """

    concepts: tuple[Concept, ...] = ()
    material: Material | None = None
    texture: tuple[Concept, ...] = ()
    subject: str = ""
    unknown: tuple[str, ...] = ()


def parse(text: str) -> Reading:
    """Return what ``text`` says; never raises, what is not understood is in ``unknown``."""
    found = terms(text)
    said = understand(found)
    known = vocabulary()
    shown = {phrase: known.concepts(phrase) for phrase in said.targets}
    # Things that can only be looked for are unknown where they should be shown.
    unknown = [term.text for term in found if term.role is Role.UNKNOWN or shown.get(term.text) == ()]
    concepts = _merged(shown.values()) or _merged(known.members(wording().patterns[word]) for word in said.patterns)
    material = _material(said.stuff)
    return Reading(
        concepts=concepts,
        material=material,
        texture=known.members(material.concepts) if material else (),
        subject=" and ".join(dict.fromkeys(said.subjects)),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def parse_subject(text: str) -> tuple[Concept, ...]:
    """Return the classes by which what ``text`` names is found in a picture; weights sum to 1.

    Colours, and words that are not understood, are passed over beside a thing. Raises UserError where none is named.
    """
    found = terms(text)
    said = understand_subject(found)
    known = vocabulary()
    concepts = _merged(known.lookalike_concepts(phrase) for phrase in said.subjects or said.targets)
    if not concepts:  # "water" is a material, but can be looked for, too
        concepts = _merged(known.lookalike_concepts(phrase) for phrase in said.stuff)
    if concepts:
        return concepts
    words = [term.text for term in found if term.role in (Role.UNKNOWN, Role.CONTENT)]
    if not words:
        raise UserError("The subject names nothing: write what to look for, such as “horse” or “car”.")
    near = [near for word in words for near in nearest(word) if known.is_concept(key(near))]
    advice = _advice(near, "name a thing that can be seen in it, such as “horse” or “car”")
    raise UserError(f"The starter guide cannot find {_quoted(words)} in a picture: {advice}, or use a mask.")


def require_known(reading: Reading) -> None:
    """Raise UserError where ``reading`` holds unknown words, or names nothing that a picture could become."""
    if reading.unknown:
        near = [near for word in reading.unknown for near in nearest(word)]
        advice = _advice(near, "write a thing, a material or a colour that is suggested while you type")
        raise UserError(f"The starter guide does not know {_quoted(reading.unknown)}: {advice}.")
    if not reading.concepts and reading.material is None:
        raise UserError("The prompt names nothing to show: write what to see, such as “golden” or “zebra”.")


def _merged(parts: Iterable[tuple[Concept, ...]]) -> tuple[Concept, ...]:
    """Return the concepts of all ``parts``, each part with an equal share."""
    return vocabulary().weigh((concept.index, concept.weight) for part in parts for concept in part)


def _material(stuff: Sequence[str]) -> Material | None:
    """Return the first material that ``stuff`` names, in the first colour that it names."""
    known = vocabulary()
    material = next((known.materials[word] for word in stuff if word in known.materials), None)
    colour = next((word for word in stuff if word not in known.materials), None)
    if colour is None:
        return material
    if material is None:
        return Material.of_colour(colour, known.colours[colour])
    return material.tinted(colour, known.colours[colour])


def _quoted(words: Sequence[str]) -> str:
    return _listed([f"“{word}”" for word in words], "and")


def _advice(near: Sequence[str], otherwise: str) -> str:
    return f"try {_listed(tuple(dict.fromkeys(near))[:5], 'or')}" if near else otherwise


def _listed(words: Sequence[str], joint: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
