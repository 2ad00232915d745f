"""One file, from a hub that is slow, breaks off, stalls, lies, forgets, or holds another file."""

import errno
import hashlib
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.events import Notice, Progress, RunEvent
from engine.guidance.models import transfer as transfer_module
from engine.guidance.models.catalogue import RemoteFile
from engine.guidance.models.hub import address_of
from engine.guidance.models.tally import Tally
from engine.guidance.models.transfer import MissingFileError, Patience, transfer
from tests.engine.guidance.models.driving import driven
from tests.engine.guidance.models.hub_server import CHUNK, Answer, HubServer

QUICK = Patience(stall_seconds=0.2, tries=3, pause=0.01)
WHOLE = bytes(range(256)) * 4 * 40  # 40 chunks
SHA256 = hashlib.sha256(WHOLE).hexdigest()
KNOWN = RemoteFile("weights.bin", "maker/model", "abc", len(WHOLE), SHA256)
STATED = RemoteFile("weights.bin", "maker/model")  # size and checksum only as the hub states them


@pytest.fixture(autouse=True)
def served(hub: HubServer) -> None:
    hub.files["maker/model/weights.bin"] = WHOLE


def run(hub: HubServer, folder: Path, file: RemoteFile = KNOWN) -> Generator[RunEvent, None, None]:
    return transfer(file, address_of(file, hub.address), folder, Tally("pulling", 0), 0, QUICK)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refusal(hub: HubServer, folder: Path, file: RemoteFile = KNOWN) -> str:
    with pytest.raises(UserError) as refused:
        driven(run(hub, folder, file))
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "patina models import PATH" in sentence
    assert "weights.bin" not in names(folder), "nothing half-written has the final name"
    return sentence


@pytest.mark.parametrize("file", [KNOWN, STATED])
@pytest.mark.parametrize("redirect", [True, False])
def test_a_whole_file_comes_with_progress_in_bytes(
    hub: HubServer, tmp_path: Path, file: RemoteFile, redirect: bool
) -> None:
    hub.usual = Answer(pause=0.01, redirect=redirect)

    events, _ = driven(run(hub, tmp_path, file))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE
    assert names(tmp_path) == ["weights.bin"]
    pulling = [event for event in events if isinstance(event, Progress) and event.phase == "pulling"]
    assert {event.unit for event in pulling} == {"bytes"}
    assert pulling[-1].step == pulling[-1].steps == len(WHOLE)
    halfway = next(event for event in pulling if 0 < event.step < len(WHOLE))
    assert halfway.remaining is not None
    assert 0 < halfway.remaining < 10


def test_a_file_that_is_there_is_not_asked_for(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(WHOLE)
    driven(run(hub, tmp_path))
    assert hub.requests == []


def test_a_cancelled_transfer_goes_on_where_it_stopped(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(pause=0.02)
    first = run(hub, tmp_path)
    assert any(isinstance(event, Progress) and event.step > 5 * CHUNK for event in first)
    first.close()
    here = (tmp_path / "weights.bin.part").stat().st_size
    assert 5 * CHUNK < here < len(WHOLE)

    hub.usual = Answer()
    driven(run(hub, tmp_path))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE
    assert hub.ranges()[-1] == f"bytes={here}-"
    assert names(tmp_path) == ["weights.bin"]


def test_a_broken_connection_is_taken_up_again(hub: HubServer, tmp_path: Path) -> None:
    hub.plan = [Answer(cut=10 * CHUNK), Answer(cut=20 * CHUNK), Answer(cut=30 * CHUNK), Answer(cut=35 * CHUNK)]

    events, _ = driven(run(hub, tmp_path))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE
    assert hub.ranges() == [None, *(f"bytes={n * CHUNK}-" for n in (10, 20, 30, 35))]
    assert "the connection broke off; trying again." in next(e.text for e in events if isinstance(e, Notice))


def test_a_connection_that_brings_nothing_new_is_given_up_and_its_part_kept(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(cut=10 * CHUNK)

    sentence = refusal(hub, tmp_path)

    assert "broke off" in sentence
    assert "0 MB are kept" in sentence
    assert len(hub.ranges()) == QUICK.tries
    assert (tmp_path / "weights.bin.part").stat().st_size == 10 * CHUNK


def test_a_stall_is_noticed_and_taken_up_again(hub: HubServer, tmp_path: Path) -> None:
    hub.plan = [Answer(stall=10 * CHUNK)]

    events, _ = driven(run(hub, tmp_path))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE
    assert hub.ranges()[1] == f"bytes={10 * CHUNK}-"
    assert any(isinstance(event, Notice) for event in events)


def test_a_slow_trickle_is_no_stall(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(pause=0.03)  # longer for the whole than the stall time-out
    driven(run(hub, tmp_path))
    assert hub.ranges() == [None]


def test_a_silent_server_leaves_the_run_free_to_end(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(stall=0)
    waiting = run(hub, tmp_path)
    for _ in range(2):
        next(waiting)
    waiting.close()
    assert not any(thread.name == "patina-download" and not thread.daemon for thread in threading.enumerate())


@pytest.mark.parametrize(("status", "words"), [(403, r"refuses maker/model \(403\)"), (401, "consent")])
def test_a_refusal_is_told_at_once(hub: HubServer, tmp_path: Path, status: int, words: str) -> None:
    hub.usual = Answer(status=status)
    with pytest.raises(UserError, match=words):
        driven(run(hub, tmp_path))
    assert len(hub.requests) == 1


def test_a_missing_file_is_told_at_once(hub: HubServer, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file other\.bin in maker/model"):
        driven(run(hub, tmp_path, replace(KNOWN, name="other.bin")))
    assert len(hub.requests) == 1


def test_a_server_in_trouble_is_asked_again(hub: HubServer, tmp_path: Path) -> None:
    hub.plan = [Answer(status=500), Answer(status=503)]
    driven(run(hub, tmp_path))
    assert (tmp_path / "weights.bin").read_bytes() == WHOLE


def test_a_server_that_stays_in_trouble_is_given_up(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(status=500)
    assert "it answers 500" in refusal(hub, tmp_path)
    assert len(hub.requests) == QUICK.tries


def test_a_server_that_cannot_be_reached_is_one_sentence(tmp_path: Path, hub: HubServer) -> None:
    with HubServer() as gone:
        pass
    sentence = refusal(gone, tmp_path)
    assert sentence.startswith("127.0.0.1 cannot be reached (")
    assert names(tmp_path) == []


def test_a_server_that_ignores_ranges_sends_all_anew(hub: HubServer, tmp_path: Path) -> None:
    hub.plan = [Answer(cut=10 * CHUNK), Answer(ranges=False)]
    driven(run(hub, tmp_path))
    assert (tmp_path / "weights.bin").read_bytes() == WHOLE


def test_a_file_that_changed_meanwhile_is_taken_anew(hub: HubServer, tmp_path: Path) -> None:
    hub.plan = [Answer(cut=10 * CHUNK)]
    hub.usual = Answer(body=WHOLE[::-1], etag='"second"')

    driven(run(hub, tmp_path, STATED))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE[::-1]


def test_a_part_of_another_version_is_found_out_by_the_checksum(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "weights.bin.part").write_bytes(WHOLE[::-1][: 10 * CHUNK])

    events, _ = driven(run(hub, tmp_path))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE
    assert hub.ranges() == [f"bytes={10 * CHUNK}-", None]
    assert any("do not fit together" in event.text for event in events if isinstance(event, Notice))


def test_a_part_that_nothing_vouches_for_is_not_used(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(states_checksum=False)
    (tmp_path / "weights.bin.part").write_bytes(WHOLE[::-1][: 10 * CHUNK])

    driven(run(hub, tmp_path, STATED))

    assert hub.ranges() == [None]
    assert (tmp_path / "weights.bin").read_bytes() == WHOLE


def test_a_part_longer_than_the_file_is_dropped(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "weights.bin.part").write_bytes(WHOLE + b"more")
    driven(run(hub, tmp_path, replace(KNOWN, bytes=None)))
    assert (tmp_path / "weights.bin").read_bytes() == WHOLE


def test_a_whole_part_is_only_checked(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "weights.bin.part").write_bytes(WHOLE)
    driven(run(hub, tmp_path))
    assert hub.requests == []
    assert names(tmp_path) == ["weights.bin"]


def test_a_wrong_file_is_refused_and_dropped(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(body=WHOLE[::-1], states_checksum=False)
    assert "its checksum is another one" in refusal(hub, tmp_path)
    assert "weights.bin.part" not in names(tmp_path)


def test_a_file_that_the_hub_itself_states_as_another_is_refused_before_it_comes(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.usual = Answer(body=WHOLE[::-1])
    assert "its checksum is another one" in refusal(hub, tmp_path)
    assert names(tmp_path) == []


def test_a_file_damaged_on_its_way_is_refused(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(redirect=False, body=b"\1" + WHOLE[1:])
    assert "its checksum is another one" in refusal(hub, tmp_path)


@pytest.mark.parametrize("declared", [len(WHOLE) - 5, len(WHOLE) + 5])
def test_a_wrong_length_is_refused_where_the_right_one_is_known(hub: HubServer, tmp_path: Path, declared: int) -> None:
    hub.usual = Answer(declared=declared)
    assert f"it has {declared} bytes instead of {len(WHOLE)}" in refusal(hub, tmp_path)


def test_a_length_that_never_comes_is_given_up(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(declared=len(WHOLE) + 5)
    refusal(hub, tmp_path, STATED)
    assert len(hub.ranges()) <= 2 * QUICK.tries


def test_a_full_disk_is_one_sentence(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, mode: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transfer_module.Path, "open", full)
    with pytest.raises(UserError, match="no room left on the disk"):
        driven(run(hub, tmp_path))


def test_a_redirection_to_an_unsafe_address_is_refused(hub: HubServer, tmp_path: Path) -> None:
    hub.usual = Answer(target="http://example.org/weights.bin")
    with pytest.raises(UserError, match=r"http://example\.org/weights\.bin is no https address"):
        driven(run(hub, tmp_path))


def test_the_environments_proxy_is_used(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", hub.address)
    nowhere = address_of(KNOWN, "http://localhost:9")

    driven(transfer(KNOWN, nowhere, tmp_path, Tally("pulling", 0), 0, QUICK))

    assert (tmp_path / "weights.bin").read_bytes() == WHOLE


def test_a_moved_repository_is_followed_and_its_checksum_kept(hub: HubServer, tmp_path: Path) -> None:
    hub.plan = [Answer(target="/maker/model/resolve/abc/weights.bin", states_checksum=False)]
    hub.files["maker/older/weights.bin"] = b""
    hub.usual = Answer(body=WHOLE[::-1])

    assert "its checksum is another one" in refusal(hub, tmp_path, replace(KNOWN, repository="maker/older"))
