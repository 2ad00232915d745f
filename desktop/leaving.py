"""Leaving a project, to open another one or to quit: one question at most, and nothing is lost unasked."""

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.document import Document
from desktop.edits import Edits
from desktop.messages import Choice, ask

Then = Callable[[], None]
Role = QMessageBox.ButtonRole


class Leaving:
    """Asks about unsaved changes and unfinished edits together."""

    def __init__(self, document: Document, edits: Edits, save: Callable[[Then], None], window: QWidget) -> None:
        """``save`` saves the project and then calls what it was given."""
        self._document = document
        self._edits = edits
        self._save = save
        self._window = window
        self._question: QMessageBox | None = None

    def to_quit(self, then: Then) -> None:
        """Call ``then`` once the user agrees to quit; unfinished edits stay in the queue for the next start."""
        self._leave(then, "The edit that is not finished is offered again at the next start.", "Quit")

    def to_open(self, then: Then) -> None:
        """Call ``then`` once the user agrees to leave for another project; unfinished edits are cancelled."""

        def cancel_and_leave() -> None:
            self._edits.cancel_all()
            then()

        self._leave(cancel_and_leave, "The edit that is not finished will be cancelled.", "Cancel the Edit")

    def _leave(self, then: Then, about_jobs: str, go: str) -> None:
        modified, busy = self._document.modified, self._edits.has_open_jobs()
        if not modified and not busy:
            then()
            return
        if self._question is not None:
            self._question.raise_()
            return
        name = self._document.title
        if modified:
            question = f"Save the changes to “{name}”?"
            choices = [
                Choice("Save", Role.AcceptRole, lambda: self._save(then)),
                Choice("Don’t Save", Role.DestructiveRole, then),
                Choice("Cancel", Role.RejectRole),
            ]
        else:
            question = f"An edit of “{name}” is not finished."
            choices = [Choice(go, Role.AcceptRole, then), Choice("Stay", Role.RejectRole)]
        self._question = ask(self._window, question, about_jobs if busy else "", choices)
        self._question.finished.connect(self._forget)

    def _forget(self) -> None:
        self._question = None
