"""Names of open_clip models: ViT-B-32, laion/CLIP-ViT-B-32-laion2B-s34B-b79K, ViT-B-32:laion2b_e16."""

import re

from engine.errors import UserError

LONGEST_NAME = 120
# One part, or two: a repository of the hub, or an architecture with the tag of its weights.
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?"
_NAME = re.compile(rf"{_PART}(?:[/:]{_PART})?")


def is_model_name(name: str) -> bool:
    """Say whether ``name`` can be a model's; one that can never reaches outside of a folder or an address."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def require_model_name(name: str) -> None:
    """Raise UserError where ``name`` cannot be a model's."""
    if not is_model_name(name):
        raise UserError(
            f"{name!r} cannot be the name of a model; write it like ViT-B-32, with letters, digits, dots and dashes."
        )
