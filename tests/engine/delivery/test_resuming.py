"""A delivery that was interrupted goes on with the frames that lack; a cancelled one leaves nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.checkpoint_parts import PART_SUFFIX, parts_of
from engine.context import RunContext
from engine.delivery import rendering
from engine.events import Cancelled, Done, Event, Progress
from engine.jobs import ClipDelivery
from engine.project import Project
from engine.runner import Engine
from engine.runs import run
from tests.engine.delivery.helpers import finish
from tests.engine.runner.helpers import Listener
from tests.engine.small_atlas import FIRST, FRAMES

ROOT = Path(__file__).resolve().parents[3]
# A process of its own: after its second frame it says so, and waits to be killed.
KILLED = """
import json, sys, time
from engine.context import RunContext
from engine.events import Progress
from engine.jobs import job_from_json
from engine.runs import run
for event in run(job_from_json(json.loads(sys.argv[1])), RunContext()):
    if isinstance(event, Progress) and event.step == 4:
        print("ready", flush=True)
        time.sleep(300)
"""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the pictures that are written from now on."""
    names: list[str] = []
    write = rendering.write_picture

    def noting(path: Path, *others: object, **more: object) -> None:
        names.append(path.name)
        write(path, *others, **more)

    monkeypatch.setattr(rendering, "write_picture", noting)
    return names


def part_of(folder: Path) -> Path:
    (part,) = folder.glob(f".*{PART_SUFFIX}")
    return part


def pictures(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("[!.]*.png")}


def test_a_killed_delivery_goes_on_with_the_frames_that_lack(
    job: Callable[..., ClipDelivery], written: list[str], tmp_path: Path
) -> None:
    asked = job(name="gold")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, json.dumps(asked.to_json())],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    out = tmp_path / "out"
    assert pictures(out) == set(), "nothing half-written has its name"
    kept = pictures(part_of(out))
    assert kept

    result, _ = finish(asked)
    assert set(written) == {path.name for path in result.files} - kept
    assert {path.name for path in out.iterdir()} == {path.name for path in (*result.files, result.sidecar)}


def test_what_an_earlier_state_of_the_project_left_is_not_taken_up(
    job: Callable[..., ClipDelivery], project: Project, written: list[str], tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    running = run(job(name="gold"), RunContext(checkpoint=checkpoint))
    while not (isinstance(event := next(running), Progress) and event.step == 4):
        pass
    running.close()
    before = part_of(tmp_path / "out")
    written.clear()

    changed = job(project.replace_layer(replace(project.layers[0], opacity=0.25)), name="gold")
    result, _ = finish(changed)
    assert len(written) == FRAMES
    assert not before.exists()
    assert result.sidecar.is_file()


def test_the_project_is_delivered_as_it_was_at_the_first_start(
    job: Callable[..., ClipDelivery], project: Project, written: list[str], tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    asked, context = job(name="gold"), RunContext(checkpoint=checkpoint)
    running = run(asked, context)
    while not (isinstance(event := next(running), Progress) and event.step == 4):
        pass
    running.close()
    first = len(set(written))
    assert parts_of(checkpoint) == (part_of(tmp_path / "out"),)

    job(project.replace_layer(replace(project.layers[0], opacity=0.25)))  # saved meanwhile
    finish(asked, context)
    assert first >= 2
    assert sorted(written) == [f"gold.{FIRST + index}.png" for index in range(FRAMES)]


class EndsEarly(Listener):
    """Ends an engine's job, one way or another, once it has told of its second frame."""

    def __init__(self, end: Callable[[str], None]) -> None:
        super().__init__()
        self._end = end

    def on_event(self, job_id: str, event: Event) -> None:
        super().on_event(job_id, event)
        if isinstance(event, Progress) and event.step == 2:
            self._end(job_id)


def test_a_cancelled_job_takes_along_what_it_wrote(job: Callable[..., ClipDelivery], tmp_path: Path) -> None:
    heard = EndsEarly(lambda job_id: engine.cancel(job_id))
    engine = Engine(run, heard.on_event, heard.on_record, tmp_path / "work")
    try:
        assert isinstance(heard.ending(engine.submit(job(name="gold"))), Cancelled)
    finally:
        engine.close()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_job_that_was_left_at_the_end_goes_on_at_the_next_start(
    job: Callable[..., ClipDelivery], written: list[str], tmp_path: Path
) -> None:
    heard = EndsEarly(lambda _job_id: engine.close())
    engine = Engine(run, heard.on_event, heard.on_record, tmp_path / "work")
    engine.submit(job(name="gold"))
    heard.wait_for_step("job-1", 2)
    engine.close()
    assert pictures(part_of(tmp_path / "out"))
    shutil.rmtree(tmp_path / "art.patina")  # as the window's own folder goes when it closes

    later = Listener()
    again = Engine(run, later.on_event, later.on_record, tmp_path / "work")
    try:
        (left,) = again.unfinished()
        ending = later.ending(again.submit(left))
    finally:
        again.close()
    assert isinstance(ending, Done)
    assert sorted(written) == sorted(path.name for path in ending.result.files)
    assert not list((tmp_path / "out").glob(f".*{PART_SUFFIX}"))


def test_a_left_job_that_is_not_wanted_takes_along_what_it_wrote(
    job: Callable[..., ClipDelivery], tmp_path: Path
) -> None:
    heard = EndsEarly(lambda _job_id: engine.close())
    engine = Engine(run, heard.on_event, heard.on_record, tmp_path / "work")
    engine.submit(job(name="gold"))
    heard.wait_for_step("job-1", 2)
    engine.close()

    again = Engine(run, heard.on_event, heard.on_record, tmp_path / "work")
    (left,) = again.unfinished()
    again.forget_unfinished(left)
    again.close()
    assert not list((tmp_path / "out").glob(f".*{PART_SUFFIX}"))
