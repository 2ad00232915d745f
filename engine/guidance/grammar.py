"""How the terms of a prompt belong together: what is edited, and what it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from engine.guidance.lexicon import LINKS, Role, Term
from engine.guidance.vocabulary import vocabulary
from engine.guidance.wording import wording


@dataclass(frozen=True)
class Statement:
    """What a prompt, or a part of it, says; phrases are keys of the vocabulary.

    ``targets`` are things that the edit shows, ``patterns`` words such as "striped" that stand for none, ``stuff``
    materials and colours, ``subjects`` the things that are edited; ``marked`` says that a target is a pattern, as in
    "zebra stripes".
    """

    targets: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    stuff: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    marked: bool = False


@dataclass(frozen=True)
class _Side:
    """What stands between two links, parted at each "and"; ``link`` is the one before it."""

    link: Role
    clauses: tuple[tuple[Term, ...], ...]


def understand(terms: Sequence[Term]) -> Statement:
    """Return what ``terms`` say."""
    sides = _sides(terms)
    whole = Statement()
    for index, side in enumerate(sides):
        following = sides[index + 1].link if index + 1 < len(sides) else None
        whole = _joined(whole, side, edited=following in (Role.INTO, Role.EITHER))
    return whole


def understand_subject(terms: Sequence[Term]) -> Statement:
    """Return what the first of the sides that name a thing says, read as what is edited."""
    statements = [_statement(side, edited=True) for side in _sides(terms)]
    return next((said for said in statements if said.subjects or said.targets), reduce(_and, statements, Statement()))


def _sides(terms: Sequence[Term]) -> list[_Side]:
    """Part ``terms`` at links, and each side at "and"; of links in a row ("in the style of") the last one counts."""
    sides: list[_Side] = []
    link = Role.INTO
    clauses: list[tuple[Term, ...]] = []
    clause: list[Term] = []
    for term in (*terms, Term(Role.INTO, "")):
        if term.role not in LINKS:
            clause.append(term)
            continue
        while clause and clause[-1].text in wording().participles:
            clause.pop()
        if any(word.role in (Role.CONTENT, Role.MARK) for word in clause):
            clauses.append(tuple(clause))
        clause = []
        if term.role is Role.ALSO:
            continue
        if clauses:
            sides.append(_Side(link, tuple(clauses)))
        link, clauses = term.role, []
    return sides


def _joined(whole: Statement, side: _Side, edited: bool) -> Statement:
    """Return what is said once ``side`` is taken in."""
    if whole == Statement():
        return _statement(side, edited)
    if side.link is Role.ASIDE:
        return whole
    adds = not whole.subjects and (whole.marked or not whole.targets)
    if side.link in (Role.ONTO, Role.EITHER) and adds:
        onto = _statement(side, edited=True)
        if onto.subjects:
            return replace(whole, subjects=onto.subjects)
    if side.link is Role.ONTO:
        return whole
    after = _statement(side, edited=False)
    # Once it is known what is edited, every other thing is what it becomes.
    becomes = (*after.targets, *after.subjects) if whole.subjects else after.targets
    return Statement(
        targets=(*becomes, *whole.targets),
        patterns=(*after.patterns, *whole.patterns),
        stuff=after.stuff or whole.stuff,
        subjects=whole.subjects or after.subjects,
        marked=after.marked or whole.marked,
    )


def _statement(side: _Side, edited: bool) -> Statement:
    return reduce(_and, (_clause(clause, edited) for clause in side.clauses))


def _and(first: Statement, second: Statement) -> Statement:
    """Return two of a kind as one; after "a golden horse and", a lone thing is edited, too."""
    subjects, targets = second.subjects, second.targets
    if first.subjects and not (subjects or second.marked or second.stuff):
        subjects, targets = targets, ()
    return Statement(
        targets=(*first.targets, *targets),
        patterns=(*first.patterns, *second.patterns),
        stuff=(*first.stuff, *second.stuff),
        subjects=(*first.subjects, *subjects),
        marked=first.marked or second.marked,
    )


def _clause(terms: Sequence[Term], edited: bool) -> Statement:
    """Return what one clause says; ``edited`` where its thing becomes what follows."""
    content = [term for term in terms if term.role is Role.CONTENT]
    commanded = terms[0].role is Role.VERB and len(content) > 1
    things: list[str] = []
    marked: list[str] = []
    patterns: list[str] = []
    stuff: list[str] = []
    previous = ""  # the thing right before, which a mark turns into a pattern
    for term in terms:
        if term.role is Role.MARK or (previous and term.text in wording().coverings):
            if previous:
                marked.append(things.pop())
            elif term.text in wording().patterns:
                patterns.append(term.text)
            previous = ""
        elif term.role is Role.CONTENT:
            ends = term is content[-1] and not previous and (edited or bool(marked or patterns or stuff))
            starts = commanded and term is content[0]
            previous = term.text if _is_thing(term, wanted=ends or starts) else ""
            (things if previous else stuff).append(term.text)
    subjects: list[str] = []
    if things and (edited or len([*things, *marked, *patterns, *stuff]) > 1):
        subjects = [things.pop(0 if commanded else -1)]
    return Statement((*marked, *things), tuple(patterns), tuple(stuff), tuple(subjects), bool(marked))


def _is_thing(term: Term, wanted: bool) -> bool:
    """Say whether ``term`` names a thing; ``wanted`` where one is looked for, as in "a golden orange"."""
    known = vocabulary()
    if term.text in known.materials:
        return False
    named = known.is_concept(term.text)
    colour_only = term.text in known.colours and (not named or term.text in wording().colour_first)
    findable = named or term.text in known.lookalikes
    return findable and (wanted or not colour_only or (named and term.plural))
