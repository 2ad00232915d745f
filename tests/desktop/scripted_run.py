"""A run that says what a test tells it to say, when the test tells it to."""

import threading
from collections.abc import Generator, Iterator
from queue import SimpleQueue

import torch  # noqa: F401  its first import takes seconds, which must not count as a run that hangs

from engine.context import RunContext
from engine.events import RunEvent
from engine.jobs import ImageEdit, Job


class ScriptedRun:
    """Stands where `engine.runs.run` stands; all jobs follow the one script, in turn."""

    def __init__(self) -> None:
        self._script: SimpleQueue[RunEvent | BaseException | _Endless | _End] = SimpleQueue()
        self.contexts: list[RunContext] = []  # of the jobs that have begun

    def __call__(self, job: Job, context: RunContext) -> Generator[RunEvent, None, object]:
        self.contexts.append(context)
        while True:
            word = self._script.get()
            if isinstance(word, _End):
                if word.is_last:
                    self._script.put(word)  # for the job that follows
                return word.result
            if isinstance(word, BaseException):
                raise word
            if isinstance(word, _Endless):
                yield from word.events()
            else:
                yield word

    def say(self, *events: RunEvent) -> None:
        """Let the run say ``events``."""
        for event in events:
            self._script.put(event)

    def go_on(self, event: RunEvent) -> None:
        """Let the run say ``event`` again and again, as a training does: it can be closed whenever that comes."""
        self._script.put(_Endless(event))

    def end(self, result: object = None) -> None:
        """Let the run end well."""
        self._script.put(_End(result))

    def end_all(self) -> None:
        """Let this run end and all that follow, as none may wait for its script while the engine closes."""
        self._script.put(_End(None, is_last=True))

    def fail(self, error: BaseException) -> None:
        """Let the run raise ``error``."""
        self._script.put(error)


class _Endless:
    def __init__(self, event: RunEvent) -> None:
        self._event = event

    def events(self) -> Iterator[RunEvent]:
        pace = threading.Event()
        while True:
            yield self._event
            pace.wait(0.005)


class _End:
    def __init__(self, result: object, is_last: bool = False) -> None:
        self.result = result
        self.is_last = is_last


def edit(prompt: str = "golden", **settings: object) -> ImageEdit:
    """Return a job; its picture is never read."""
    return ImageEdit(picture="/pictures/horse.jpg", prompt=prompt, **settings)
