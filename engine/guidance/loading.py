"""The guides that Patina knows by name."""

from engine.errors import UserError
from engine.guidance.guide import Guide


def load_guide(name: str, device: str = "cpu") -> Guide:
    """Return the guide ``name``, ready on ``device``; raises UserError for one that is not installed."""
    if name != "starter":
        raise UserError(f"The guide {name!r} is not installed; this version works with “starter”.")
    from engine.guidance.starter import StarterGuide  # its libraries take seconds to load

    return StarterGuide(device)
