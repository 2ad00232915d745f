"""What the models dialog says. Free of Qt."""

from desktop.jobs.words import duration_text
from desktop.models.rows import ModelRow, State
from engine.delivery.sizes import size_text
from engine.events import Progress
from engine.guidance.models.transfer import OFFER_IMPORT

# What the engine says for the command line, and how the window says it.
IN_WINDOW = ((OFFER_IMPORT, "or import the model from a file"), ("--name ", ""), ("with --name", "in the field Name"))


def memory(row: ModelRow) -> str:
    """Return the memory that a model needs, a dash where nobody measured it."""
    return f"{row.memory_mb / 1000:.1f} GB" if row.memory_mb else "–"


def pull_text(row: ModelRow) -> str:
    """Return what the button says that pulls the model, or goes on with that."""
    if row.state is State.INCOMPLETE:
        return f"Go On ({share(row.here, max(row.bytes, row.here))})"
    return f"Pull {size_text(row.bytes)}"


def share(done: int, total: int) -> str:
    """Return how many bytes have come."""
    return f"{size_text(done)} of {size_text(total)}"


def progress_text(progress: Progress) -> str:
    """Return the phase, how far it is, and the time that remains."""
    parts = [progress.phase[:1].upper() + progress.phase[1:]]
    if progress.unit == "bytes" and progress.steps:
        parts.append(share(progress.step, progress.steps))
    if progress.remaining is not None and progress.step < progress.steps:
        parts.append(f"{duration_text(progress.remaining)} left")
    return " · ".join(parts)


def in_window(sentence: str) -> str:
    """Return the engine's ``sentence`` without what belongs to the command line."""
    for command, words in IN_WINDOW:
        sentence = sentence.replace(command, words)
    return sentence
