"""What the values of a job are checked for; every function raises UserError."""

import dataclasses
from typing import Literal

from engine.errors import UserError
from engine.jobs.base import Job

Device = Literal["auto", "cpu", "cuda"]
LARGEST_SEED = 2**63 - 1


def check_types(job: Job) -> None:
    """Refuse a setting declared as a text or a switch that is none."""
    for field in dataclasses.fields(job):
        value = getattr(job, field.name)
        if field.type in (str, "str") and not isinstance(value, str):
            raise UserError(f"The setting {field.name!r} must be a text, not {value!r}.")
        if field.type in (bool, "bool") and not isinstance(value, bool):
            raise UserError(f"The setting {field.name!r} must be true or false, not {value!r}.")


def check_path(name: str, path: str, advice: str) -> None:
    """Refuse an empty path, and one that no file can have."""
    if not path.strip():
        raise UserError(f"No {name} was named; {advice}.")
    if "\0" in path:
        raise UserError(f"The name of the {name} holds a character that no file name may hold; {advice}.")


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse what is not among the choices."""
    if value not in choices:
        raise UserError(f"The {name} {value!r} is unknown; choose one of {', '.join(choices)}.")


def check_guide(guide: str) -> None:
    """Refuse what is no name of a guide."""
    family, _, name = guide.partition(":")
    if guide != "starter" and not (family == "openclip" and name.strip()):
        raise UserError(f"The guide {guide!r} is unknown; choose starter or openclip:NAME.")


def check_number(name: str, value: object, smallest: int, largest: int) -> None:
    """Refuse what is no whole number in the range; None is the default of whoever carries the job out."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
        raise UserError(f"The {name} must be a whole number from {smallest} to {largest}, not {value!r}.")
