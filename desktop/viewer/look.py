"""What the user has chosen to see of the picture."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """The channels that are shown; alpha is that of the edit layers together."""

    RGB = "rgb"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    ALPHA = "alpha"

    @property
    def label(self) -> str:
        """The name for menus."""
        return "RGB" if self is Channel.RGB else self.value.capitalize()


class Backdrop(StrEnum):
    """What lies behind the edit layers."""

    FOOTAGE = "footage"
    CHECKERBOARD = "checkerboard"
    GREEN = "green screen"

    @property
    def label(self) -> str:
        """The name for menus."""
        return self.value.capitalize()


@dataclass(frozen=True)
class Look:
    """How the picture is shown.

    ``matte_overlay`` tints the subject; ``matte_view`` shows the matte alone, everything that is not exactly 0 or 1
    in a warm colour. ``wipe`` shows the footage left of ``wipe_at``, a fraction of the picture's width.
    """

    channel: Channel = Channel.RGB
    backdrop: Backdrop = Backdrop.FOOTAGE
    matte_overlay: bool = False
    matte_view: bool = False
    wipe: bool = False
    wipe_at: float = 0.5
