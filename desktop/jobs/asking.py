"""The question about a result that could not be stored."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.messages import Choice, Role, ask
from engine.errors import UserError


def ask_to_store_again(
    window: QWidget, discard: Callable[[], None], error: UserError, again: Callable[[], None]
) -> None:
    """Ask whether to try ``again`` or to ``discard`` the result."""
    choices = [
        Choice("Try Again", Role.AcceptRole, again),
        Choice("Discard It", Role.DestructiveRole, discard),
    ]
    ask(window, str(error), "What was made is still in memory.", choices)
