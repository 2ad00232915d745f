"""What all jobs share."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from engine.errors import UserError


@dataclass(frozen=True)
class Job:
    """The base of all jobs.

    An ``interactive`` job is short and the user waits for it: the engine does it between two steps of a long one. Its
    run draws no random numbers from torch's or NumPy's own state, which the long one may rely on.
    """

    kind: ClassVar[str]
    interactive: ClassVar[bool] = False

    @property
    def makes(self) -> str:
        """The folder that the job makes for later ones, empty where there is none."""
        return ""

    @property
    def needs(self) -> str:
        """The folder that an earlier job may have to make first, empty where there is none."""
        return ""

    def to_json(self) -> dict[str, Any]:
        """Return the job as JSON-ready values, with its kind."""
        return {"kind": self.kind, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the job that `to_json` wrote.

        Raises UserError for a value that is missing, unknown or out of range.
        """
        fields = {field.name: field for field in dataclasses.fields(cls)}
        given = {name: value for name, value in values.items() if name != "kind"}
        if unknown := sorted(set(given) - set(fields)):
            raise UserError(f"The job has an unknown setting {unknown[0]!r}; was it written by a newer Patina?")
        try:
            return cls(**given)
        except TypeError as error:
            raise UserError(f"The job is incomplete or damaged ({error}); add it again.") from error

    def digest(self) -> str:
        """Return 16 hex digits that change whenever a setting does."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
