from unittest import mock

from engine import stopwatch as stopwatch_module
from engine.stopwatch import Stopwatch


def test_phases_are_measured_apart_and_in_all() -> None:
    watch = Stopwatch()
    with mock.patch.object(stopwatch_module.time, "monotonic", side_effect=[10.0, 11.5, 20.0, 20.25]):
        with watch.phase("reading"):
            pass
        with watch.phase("training"):
            pass

    assert watch.seconds == {"reading": 1.5, "training": 0.25}
    assert watch.total == 1.75
