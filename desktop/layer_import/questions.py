"""What only the user can say of a file that is to become a layer."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.messages import Choice, Role, ask
from engine.media.writers.slate import AlphaMode

CANCEL = Choice("Cancel", Role.RejectRole)


def ask_for_series(window: QWidget, still: Path, series: Path, take: Callable[[Path], None]) -> None:
    """Ask whether a still, or all of the numbered series that it is of, is meant; ``take`` gets that path."""
    choices = [
        Choice("Import the Sequence", Role.AcceptRole, partial(take, series)),
        Choice("Import the Picture", Role.NoRole, partial(take, still)),
        CANCEL,
    ]
    ask(window, f"“{still.name}” is one frame of the numbered sequence {series.name}.", "", choices)


def ask_for_alpha(window: QWidget, path: Path, take: Callable[[AlphaMode], None]) -> None:
    """Ask how colour lies under the alpha of a file."""
    choices = [
        Choice("Straight", Role.AcceptRole, partial(take, "straight")),
        Choice("Premultiplied", Role.YesRole, partial(take, "premultiplied")),
        CANCEL,
    ]
    explanation = (
        "Its pixels do not show it. PNG files and what Photoshop saves are mostly straight (unmatted); what Nuke and "
        "Fusion render is mostly premultiplied (matted with black)."
    )
    ask(window, f"Is the colour of “{path.name}” straight or premultiplied?", explanation, choices)


def ask_for_start(window: QWidget, path: Path, frames: int, starts: Sequence[int], take: Callable[[int], None]) -> None:
    """Ask at which of some frame numbers a sequence or movie begins."""
    choices = [Choice(f"At Frame {number}", Role.AcceptRole, partial(take, number)) for number in starts]
    explanation = f"Its {frames} frames have no numbers or timecode of the clip’s own."
    ask(window, f"Where does “{path.name}” begin?", explanation, [*choices, CANCEL])


def ask_for_atlas_layer(window: QWidget, path: Path, names: Sequence[str], take: Callable[[str], None]) -> None:
    """Ask on which layer of the atlas a picture lies."""
    choices = [Choice(name.capitalize(), Role.AcceptRole, partial(take, name)) for name in names]
    ask(window, f"On which layer of the atlas does “{path.name}” lie?", "", [*choices, CANCEL])
