import pytest

from desktop.models.rows import ModelRow, State
from desktop.models.words import in_window, memory, progress_text, pull_text
from engine.events import Progress


def row(state: State, here: int = 0, memory_mb: int = 0) -> ModelRow:
    return ModelRow("m", "a model", "MIT", "", state, 605_143_284, here, memory_mb)


def test_the_button_says_what_it_costs() -> None:
    assert pull_text(row(State.AVAILABLE)) == "Pull 605 MB"
    assert pull_text(row(State.INCOMPLETE, 120_500_000)) == "Go On (120 MB of 605 MB)"


def test_memory_that_nobody_measured_is_a_dash() -> None:
    assert memory(row(State.AVAILABLE)) == "–"
    assert memory(row(State.AVAILABLE, memory_mb=1700)) == "1.7 GB"


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (
            Progress("pulling m", 20_000_000, 605_000_000, 3.0, 70.0, unit="bytes"),
            "Pulling m · 20.0 MB of 605 MB · 1 min 10 s left",
        ),
        (Progress("pulling m", 0, 605_000_000, 0.0, unit="bytes"), "Pulling m · 0 bytes of 605 MB"),
        (Progress("loading openclip:m", 0, 3, 0.0), "Loading openclip:m"),
    ],
)
def test_progress_in_words(progress: Progress, text: str) -> None:
    assert progress_text(progress) == text


@pytest.mark.parametrize(
    ("engine", "window"),
    [
        (
            "hub cannot be reached (refused); check the network, or import the model from a file: "
            "`patina models import PATH`.",
            "hub cannot be reached (refused); check the network, or import the model from a file.",
        ),
        ("say which it is: --name a or --name b.", "say which it is: a or b."),
        ("/x cannot be a name; give one with --name.", "/x cannot be a name; give one in the field Name."),
    ],
)
def test_the_window_speaks_of_no_commands(engine: str, window: str) -> None:
    assert in_window(engine) == window
