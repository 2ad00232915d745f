"""What the export dialog lets one choose, as values. Free of Qt."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from engine.jobs.deliveries import DEFAULT_NAME, LARGEST_NUMBER, Content, HandoffName
from engine.media.formats import FORMATS, FormatName
from engine.media.writers.slate import AlphaMode


@dataclass(frozen=True)
class ExportSettings:
    """How an export is made, whatever the project: what is remembered, and what a preset holds.

    Fields as in `engine.jobs.deliveries`; ``whole`` takes all of a clip in the place of its work area.
    """

    what: Content = "layer"
    format: FormatName = "png"
    alpha: AlphaMode | Literal[""] = ""
    bake_opacity: bool = True
    passes: bool = False
    handoffs: tuple[HandoffName, ...] = ()
    sound: bool = True
    whole: bool = False
    start: int | None = None
    name: str = DEFAULT_NAME

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON-ready values."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class ExportChoices:
    """Settings, and what is chosen for one export alone.

    ``version`` is None for the next free one; ``numbers`` are the first and the last source frame number, None for what
    the settings say.
    """

    settings: ExportSettings
    layer: str
    folder: Path
    version: int | None = None
    numbers: tuple[int, int] | None = None


def settings_from_json(values: object, usual: ExportSettings) -> ExportSettings:
    """Return the settings that ``values`` hold, the ``usual`` ones where they are missing or damaged."""
    given: Mapping[Any, Any] = values if isinstance(values, dict) else {}
    good = {
        field.name: given[field.name]
        for field in fields(ExportSettings)
        if field.name in given and _CHECKS[field.name](given[field.name])
    }
    if "handoffs" in good:
        good["handoffs"] = tuple(good["handoffs"])
    return replace(usual, **good)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value <= LARGEST_NUMBER)


def _are_handoffs(value: object) -> bool:
    return isinstance(value, list | tuple) and all(each in get_args(HandoffName) for each in value)


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "what": lambda value: value in get_args(Content),
    "format": lambda value: isinstance(value, str) and value in FORMATS,
    "alpha": lambda value: value in ("", *get_args(AlphaMode)),
    "bake_opacity": _is_switch,
    "passes": _is_switch,
    "handoffs": _are_handoffs,
    "sound": _is_switch,
    "whole": _is_switch,
    "start": _is_number,
    "name": lambda value: isinstance(value, str) and bool(value.strip()),
}
