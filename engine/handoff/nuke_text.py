"""The text of a Nuke script: nodes with knobs, their values escaped for Tcl, and curves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.keyframes import Keys

SPECIAL = re.compile(r'[\\"\[\]{}$]')
TCL_SPECIAL = re.compile(r"[\\\[$]")
BARE = re.compile(r"[\w./:+-]+", re.ASCII)


@dataclass(frozen=True)
class Raw:
    """A knob's value that is written as it is, such as a curve."""

    text: str


Value = str | int | float | bool | Raw


def node(kind: str, knobs: Mapping[str, Value]) -> str:
    """Return a node's text, its knobs one a line."""
    lines = (f" {name} {written(value)}" for name, value in knobs.items())
    return "\n".join([f"{kind} {{", *lines, "}"]) + "\n"


def written(value: Value) -> str:
    """Return a knob's value as one Tcl word."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if BARE.fullmatch(value) else quoted(value)
    return f"{value:.10g}"


def quoted(text: str) -> str:
    """Return any text as a quoted Tcl word that reads back as that text."""
    escaped = SPECIAL.sub(lambda match: "\\" + match[0], text)
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'


def literal(text: str) -> str:
    """Return text for a knob that Nuke evaluates when it uses it, such as a file or a label, so that it stays as is."""
    return TCL_SPECIAL.sub(lambda match: "\\" + match[0], text)


def curve(keys: Keys) -> Raw:
    """Return linear keys of a number's knob; a constant where there is one alone."""
    if len(keys) == 1:
        return Raw(f"{keys[0][1]:.10g}")
    return Raw("{{curve L " + " ".join(f"x{number} {value:.10g}" for number, value in keys) + "}}")
