"""Reads a Nuke script as Nuke does, as Tcl that leaves nodes on a stack, and works out its pictures with numpy.

Only what hand-off scripts use is known; anything else raises an error.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.colour import linear_to_srgb, srgb_to_linear

ROOT_FOLDER = "[file dirname [value root.name]]"
KEY = re.compile(r"x(-?\d+) ([-+.\de]+)")
Reader = Callable[[Path], np.ndarray]
MERGES: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "min": np.minimum,
    "max": np.maximum,
    "multiply": np.multiply,
    "screen": lambda a, b: a + b - a * b,
    "difference": lambda a, b: np.abs(a - b),
    "overlay": lambda a, b: np.where(b <= 0.5, 2 * a * b, 1 - 2 * (1 - a) * (1 - b)),
    "hard-light": lambda a, b: np.where(a <= 0.5, 2 * a * b, 1 - 2 * (1 - a) * (1 - b)),
}
FUNCTIONS = {"min": np.minimum, "max": np.maximum, "sqrt": np.sqrt, "clamp": np.clip, "__builtins__": {}}


@dataclass(frozen=True)
class Node:
    kind: str
    knobs: dict[str, str]
    inputs: "tuple[Node | None, ...]"


def read_nuke(text: str) -> tuple[dict[str, Node], Node]:
    """Return all nodes by name (Root by its kind), and the one on top of the stack at the end."""
    stack: list[Node | None] = []
    variables: dict[str, Node | None] = {}
    nodes: dict[str, Node] = {}
    for command in commands(text):
        match command:
            case ["set", name, "[stack 0]"]:
                variables[f"${name}"] = stack[-1]
            case ["push", name]:
                stack.append(None if name == "0" else variables[name])
            case [kind, body]:
                knobs = dict(commands(body))
                wanted = sum(map(int, knobs.get("inputs", "1").split("+")))
                inputs = tuple(stack.pop() for _ in range(wanted))
                node = Node(kind, knobs, inputs)
                assert knobs.get("name", kind) not in nodes, "two nodes of one name"
                nodes[knobs.get("name", kind)] = node
                if kind not in ("Root", "StickyNote"):
                    stack.append(node)
            case _:
                raise ValueError(f"unknown command {command}")
    assert stack[-1] is not None
    return nodes, stack[-1]


def commands(text: str) -> list[list[str]]:
    """Return Tcl's commands, each as its words; raises ValueError for what Tcl would work out or not take."""
    result: list[list[str]] = [[]]
    place = 0
    while place < len(text):
        if text[place] == "\n":
            result.append([])
            place += 1
        elif text[place] == " ":
            place += 1
        else:
            word, place = _word(text, place)
            result[-1].append(word)
    return [command for command in result if command]


def _word(text: str, start: int) -> tuple[str, int]:
    if text[start] == "{":
        end = _closing(text, start, "{", "}")
        return text[start + 1 : end], end + 1
    if text[start] == "[":
        end = _closing(text, start, "[", "]")
        return text[start : end + 1], end + 1
    if text[start] == '"':
        return _quoted(text, start + 1)
    end = next((i for i in range(start, len(text)) if text[i] in " \n"), len(text))
    word = text[start:end]
    if re.search(r'[\[\]{}"\\]|(?<!^)\$', word):
        raise ValueError(f"{word!r} is no plain word")
    return word, end


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    depth, place = 0, start
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] in (opening, closing):
            depth += 1 if text[place] == opening else -1
            if depth == 0:
                return place
        place += 1
    raise ValueError(f"{text[start : start + 20]!r} never ends")


def _quoted(text: str, place: int) -> tuple[str, int]:
    characters = []
    while text[place] != '"':
        if text[place] == "\\":
            place += 1
            characters.append({"n": "\n", "r": "\r"}.get(text[place], text[place]))
        elif text[place] in "[$":
            raise ValueError(f"Tcl would work out {text[place : place + 20]!r}")
        else:
            characters.append(text[place])
        place += 1
    return "".join(characters), place + 1


def substituted(knob: str, folder: Path) -> str:
    """Return what becomes of a knob's text when Nuke uses it: Tcl's substitution, of the script's folder alone."""
    rest = knob.removeprefix(ROOT_FOLDER)
    plain = re.sub(r"\\(.)", r"\1", rest, flags=re.DOTALL)
    if re.search(r"(?<!\\)(\\\\)*[\[$]", rest):
        raise ValueError(f"Tcl would work out {rest!r}")
    return plain if rest == knob else f"{folder.as_posix()}{plain}"


def picture(node: Node | None, frame: int, folder: Path, read: Reader) -> np.ndarray:
    """Return a node's picture at a frame, (H, W, 4) float."""
    assert node is not None
    knobs = node.knobs
    inputs = [picture(each, frame, folder, read) for each in node.inputs]
    if node.kind == "Read":
        return read(Path(_file(knobs, frame, folder)))
    if node.kind == "Merge2" and knobs["operation"] == "over":
        below, layer = inputs
        return _mixed(layer + below * (1 - layer[..., 3:]), below, value(knobs["mix"], frame))
    if node.kind in ("Merge2", "MergeExpression"):
        below, layer, mask = inputs
        merged = _expressed(knobs, below, layer) if node.kind == "MergeExpression" else _merged(knobs, below, layer)
        return _mixed(merged, below, mask[..., 3:] * value(knobs["mix"], frame))
    return _changed(node, inputs[0].copy())


def value(knob: str, frame: int) -> float:
    """Return a knob's number at a frame: a constant, or linear keys."""
    keys = [(int(number), float(key)) for number, key in KEY.findall(knob)]
    if not keys:
        return float(knob)
    assert re.fullmatch(r"\{curve L( x-?\d+ [-+.\de]+)+\}", knob), knob
    return float(np.interp(frame, *zip(*keys, strict=True)))


def _file(knobs: dict[str, str], frame: int, folder: Path) -> str:
    assert knobs["raw"] == "true"
    number = frame
    if knobs.get("frame_mode") == "start at":
        number = frame - int(knobs["frame"]) + int(knobs["first"])
    # Outside its range, a Read holds its first or last frame.
    number = min(max(number, int(knobs["first"])), int(knobs["last"]))
    name = substituted(knobs["file"], folder)
    return re.sub(r"%0(\d)d", lambda match: f"{number:0{match[1]}d}", name) if "%" in name else f"{name}#{number}"


def _changed(node: Node, rgba: np.ndarray) -> np.ndarray:
    colour, alpha = rgba[..., :3], rgba[..., 3:]
    if node.kind == "Premult":
        colour *= alpha
    elif node.kind == "Unpremult":
        np.divide(colour, alpha, out=colour, where=alpha > 0)
    elif node.kind == "Colorspace":
        curves = {("Linear", "sRGB"): linear_to_srgb, ("sRGB", "Linear"): srgb_to_linear}
        colour[:] = curves[node.knobs["colorspace_in"], node.knobs["colorspace_out"]](colour)
    else:
        raise ValueError(f"unknown node {node.kind}")
    return rgba


def _mixed(merged: np.ndarray, below: np.ndarray, mix: Any) -> np.ndarray:
    return below + mix * (merged - below)


def _merged(knobs: dict[str, str], below: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return MERGES[knobs["operation"]](layer, below)


def _expressed(knobs: dict[str, str], below: np.ndarray, layer: np.ndarray) -> np.ndarray:
    names: dict[str, Any] = {f"A{c}": layer[..., i].astype(float) for i, c in enumerate("rgba")}
    names |= {f"B{c}": below[..., i].astype(float) for i, c in enumerate("rgba")}
    for place in range(4):
        if f"temp_name{place}" in knobs:
            names[knobs[f"temp_name{place}"]] = eval(knobs[f"temp_expr{place}"], FUNCTIONS, names)
    assert knobs["channel3"] == "none"
    colour = [eval(knobs[f"expr{place}"], FUNCTIONS, names) for place in range(3)]
    return np.dstack([*colour, below[..., 3]])
