"""Settings that users may change by name: how each is shown, and which values it may take."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.errors import UserError
from engine.jobs import Options

S = TypeVar("S")
_KEY = "option"


@dataclass(frozen=True)
class Option:
    """How a setting is shown (``label``, ``help``), and its values: ``low`` to ``high``, or one of ``choices``."""

    label: str
    help: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()

    def checked(self, name: str, value: object, like: object) -> Any:
        """Return ``value`` in the type of ``like``, the setting's present value; raises UserError where it is none."""
        if self.choices:
            if value not in self.choices:
                raise UserError(f"The option {name} must be one of {', '.join(self.choices)}, not {value!r}.")
            return value
        number = _number(name, value)
        if not self.low <= number <= self.high:
            raise UserError(f"The option {name} must be from {self.low:g} to {self.high:g}, not {number:g}.")
        if isinstance(like, int) and number != round(number):
            raise UserError(f"The option {name} must be a whole number, not {value!r}.")
        return int(number) if isinstance(like, int) else number


@dataclass(frozen=True)
class Choice:
    """An option of certain settings, with its ``value`` there."""

    name: str
    option: Option
    value: float | str


def number(default: float, label: str, help_: str, high: float, low: float = 0.0) -> Any:
    """Return a dataclass field that is an option with a number from ``low`` to ``high``."""
    return dataclasses.field(default=default, metadata={_KEY: Option(label, help_, low, high)})


def choice(default: str, label: str, help_: str, choices: tuple[str, ...]) -> Any:
    """Return a dataclass field that is an option with one of ``choices``."""
    return dataclasses.field(default=default, metadata={_KEY: Option(label, help_, choices=choices)})


def options_of(settings: object) -> Iterator[Choice]:
    """Yield all options of ``settings``, a dataclass, and of the dataclasses within it."""
    for field in dataclasses.fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, field.name)
        if _KEY in field.metadata:
            yield Choice(field.name, field.metadata[_KEY], value)
        elif dataclasses.is_dataclass(value):
            yield from options_of(value)


def with_options(settings: S, options: Options) -> S:
    """Return ``settings`` with the ``options`` given by name; raises UserError for unknown names or wrong values."""
    known = {each.name for each in options_of(settings)}
    for name, _ in options:
        if name not in known:
            raise UserError(f"There is no option {name!r}; choose from {', '.join(sorted(known))}.")
    return _replaced(settings, dict(options))


def _replaced(settings: S, given: dict[str, float | str]) -> S:
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, field.name)
        if _KEY in field.metadata:
            if field.name in given:
                changes[field.name] = field.metadata[_KEY].checked(field.name, given[field.name], value)
        elif dataclasses.is_dataclass(value):
            changes[field.name] = _replaced(value, given)
    return dataclasses.replace(settings, **changes)  # type: ignore[type-var]


def _number(name: str, value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise UserError(f"The option {name} must be a number, not {value!r}.") from error
