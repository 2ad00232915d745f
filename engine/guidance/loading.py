"""The guides that Patina knows by name."""

from engine.errors import UserError
from engine.guidance.guide import Guide

OPENCLIP = "openclip:"


def load_guide(name: str, device: str = "cpu") -> Guide:
    """Return the guide ``name``, "starter" or "openclip:NAME", ready on ``device``.

    Raises UserError for one that is unknown, not installed, or damaged.
    """
    # The guides' libraries take seconds to load.
    if name == "starter":
        from engine.guidance.starter import StarterGuide

        return StarterGuide(device)
    if name.startswith(OPENCLIP) and name != OPENCLIP:
        from engine.guidance.models.locating import locate
        from engine.guidance.openclip.loading import load_openclip

        model = name.removeprefix(OPENCLIP)
        return load_openclip(locate(model), model, device)
    raise UserError(f"There is no guide {name!r}; choose “starter”, or “openclip:” and the name of a model.")
