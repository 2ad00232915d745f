"""Jobs take their turns on the engine's one thread."""

import json
import random
import threading
from pathlib import Path

import pytest

from engine.context import RunContext
from engine.events import Cancelled, Done, Event, Failed, Progress
from engine.runner import Engine, JobRecord, JobState
from tests.engine.runner.helpers import STEPS, TIMEOUT, Listener, Make, Runs, edit, export, state_of


def test_a_job_runs_to_its_result_and_tells_all_in_order(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    job_id = engine_.submit(edit("gold"))
    runs.allow_all()

    assert heard.ending(job_id) == Done("layer of gold")
    heard.wait_for_state(job_id, JobState.DONE)
    assert heard.of(job_id) == [*(Progress("train", n, STEPS, 0.0) for n in range(1, 6)), Done("layer of gold")]
    assert heard.states(job_id) == [JobState.WAITING, JobState.RUNNING, JobState.DONE]
    assert engine_.records() == (JobRecord(job_id, edit("gold"), JobState.DONE),)


def test_jobs_run_one_after_another_on_one_thread(make: Make, runs: Runs, heard: Listener, set_up: list[str]) -> None:
    engine_ = make()
    ids = [engine_.submit(edit(prompt)) for prompt in ("gold", "rust", "gold")]
    runs.allow_all()
    for job_id in ids:
        heard.ending(job_id)

    assert len(set(ids)) == 3
    assert [job_id for job_id, event in heard.events if isinstance(event, Done)] == ids
    assert sorted(heard.events, key=lambda each: ids.index(each[0])) == heard.events
    assert heard.threads == {"patina-engine"}
    assert set_up == ["patina-engine"], "the thread is set up once, before the first job"


def test_nothing_is_set_up_before_the_first_job_that_computes(
    make: Make, runs: Runs, heard: Listener, set_up: list[str]
) -> None:
    engine_ = make()
    heard.ending(engine_.submit(export()))
    assert set_up == [], "an export does not wait for torch"
    runs.allow_all()
    heard.ending(engine_.submit(edit("gold")))
    assert set_up == ["patina-engine"]


def test_an_export_does_not_wait_for_the_end_of_a_long_run(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    long, waiting = engine_.submit(edit("gold")), engine_.submit(edit("rust"))
    runs.allow()
    heard.wait_for_step(long, 1)
    job_id = engine_.submit(export())
    runs.allow()

    assert heard.ending(job_id) == Done("exported")
    assert state_of(engine_, long) is JobState.RUNNING
    assert state_of(engine_, waiting) is JobState.WAITING
    runs.allow_all()
    assert heard.ending(long) == Done("layer of gold")


def test_a_context_says_where_to_work(make: Make, runs: Runs, heard: Listener, tmp_path: Path) -> None:
    engine_ = make(tmp_path, preview_every=0.5)
    runs.allow_all()
    first = engine_.submit(edit("gold"))
    heard.ending(first)
    engine_.preview_every = 0.0
    heard.ending(engine_.submit(edit("rust")))

    folder = tmp_path / "checkpoints" / edit("gold").digest()
    assert runs.contexts["gold"] == RunContext("cpu", folder, 0.5)
    assert runs.contexts["rust"].preview_every == 0.0


def test_a_listener_may_ask_the_engine_for_more(make: Make, runs: Runs, heard: Listener) -> None:
    engines: list[Engine] = []

    def on_event(job_id: str, event: Event) -> None:
        heard.on_event(job_id, event)
        if event == Done("layer of gold"):
            engines[0].submit(edit("rust"))

    engines.append(make(on_event=on_event))
    runs.allow_all()
    engines[0].submit(edit("gold"))
    heard.wait_for(lambda: any(event == Done("layer of rust") for _, event in heard.events))


def test_closing_ends_the_thread_and_refuses_new_jobs(make: Make) -> None:
    engine_ = make()
    engine_.close()
    engine_.close()
    assert "patina-engine" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(RuntimeError):
        engine_.submit(edit("gold"))


def test_closing_from_a_callback_does_not_wait_for_itself(make: Make, runs: Runs, heard: Listener) -> None:
    engines: list[Engine] = []

    def on_event(job_id: str, event: Event) -> None:
        heard.on_event(job_id, event)
        engines[0].close()

    engines.append(make(on_event=on_event))
    runs.allow_all()
    engines[0].submit(edit("gold"))
    heard.wait_for(lambda: heard.events)
    engines[0].close()
    assert runs.steps == {"gold": 1}
    assert runs.closed == ["gold"]


@pytest.mark.parametrize("seed", range(3))
def test_many_threads_asking_at_once_end_every_job_exactly_once(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, seed: int
) -> None:
    engine_ = make(tmp_path)
    runs.allow_all()

    def ask(choices: random.Random) -> None:
        for number in range(15):
            job = export() if choices.random() < 0.3 else edit(f"{threading.get_ident()} {number}")
            job_id = engine_.submit(job)
            for _ in range(choices.randrange(4)):
                choices.choice([engine_.pause, engine_.resume, engine_.cancel])(job_id)
            if choices.random() < 0.05:
                engine_.cancel_waiting()
            engine_.resume(job_id)

    threads = [threading.Thread(target=ask, args=[random.Random(10 * seed + n)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    ids = [record.id for record in engine_.records()]
    assert len(set(ids)) == len(ids) == 60
    endings = [heard.ending(job_id) for job_id in ids]
    engine_.close()

    told = [job_id for job_id, event in heard.events if isinstance(event, Done | Cancelled | Failed)]
    assert sorted(told) == sorted(ids)
    assert not any(isinstance(ending, Failed) for ending in endings)
    assert engine_.unfinished() == ()
    assert json.loads((tmp_path / "queue.json").read_text()) == []
    assert list((tmp_path / "checkpoints").iterdir()) == []
    last = {record.id: record for record in heard.records}
    assert tuple(last.values()) == tuple(sorted(engine_.records(), key=lambda record: list(last).index(record.id)))
