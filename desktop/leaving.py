"""Leaving a project, to open another one or to quit: one question at most, and nothing is lost unasked."""

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.document import Document
from desktop.jobs.edits import Edits
from desktop.jobs.words import title
from desktop.messages import Choice, ask

Then = Callable[[], None]
Role = QMessageBox.ButtonRole


class Leaving:
    """Asks about unsaved changes and unfinished jobs together."""

    def __init__(self, document: Document, edits: Edits, save: Callable[[Then], None], window: QWidget) -> None:
        """``save`` saves the project and then calls what it was given."""
        self._document = document
        self._edits = edits
        self._save = save
        self._window = window
        self._question: QMessageBox | None = None
        self._left_jobs: tuple[str, ...] = ()
        document.opened.connect(self._cancel_left_jobs)

    def to_quit(self, then: Then) -> None:
        """Call ``then`` once the user agrees to quit; unfinished jobs stay in the queue for the next start."""
        self._leave(then, "offered again at the next start", "Quit")

    def to_open(self, then: Then) -> None:
        """Call ``then`` once the user agrees to leave for another project; once that is open, jobs are cancelled."""

        def leave() -> None:
            self._left_jobs = tuple(record.id for record in self._edits.open_jobs())
            then()

        self._leave(leave, "cancelled once the other picture is open, and what was trained is lost", "Open Anyway")

    def _leave(self, then: Then, fate: str, go: str) -> None:
        modified, busy = self._document.modified, self._edits.has_open_jobs()
        if not modified and not busy:
            then()
            return
        if self._question is not None:
            self._question.raise_()
            return
        unfinished, pronoun = self._unfinished()
        fate = f"{pronoun} {fate}."
        if modified:
            question = f"Save the changes to “{self._document.title}”?"
            explanation = f"{unfinished} {fate}" if busy else ""
            choices = [
                Choice("Save", Role.AcceptRole, lambda: self._save(then)),
                Choice("Don’t Save", Role.DestructiveRole, then),
                Choice("Cancel", Role.RejectRole),
            ]
        else:
            question, explanation = unfinished, fate
            choices = [Choice(go, Role.AcceptRole, then), Choice("Stay", Role.RejectRole)]
        self._question = ask(self._window, question, explanation, choices)
        self._question.finished.connect(self._forget)

    def _unfinished(self) -> tuple[str, str]:
        """Return what is not finished, in a sentence, and how the next sentence begins."""
        jobs = self._edits.open_jobs()
        if len(jobs) > 1:
            return f"{len(jobs)} jobs are not finished.", "They are"
        return f"“{title(jobs[0].job)}” is not finished." if jobs else "A layer is not yet stored.", "It is"

    def _cancel_left_jobs(self) -> None:
        # Not before: a picture that cannot be opened must cost no edit.
        job_ids, self._left_jobs = self._left_jobs, ()
        self._edits.cancel(job_ids)

    def _forget(self) -> None:
        self._question = None
