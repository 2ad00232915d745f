"""The models dialog with the real engine behind it, and a hub on this machine."""

from collections.abc import Iterator
from pathlib import Path

import open_clip  # noqa: F401  its first import takes seconds, which must not count as a job that hangs
import pytest
import qasync
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.background import Background
from desktop.models.dialog import ModelsDialog
from desktop.models.import_dialog import ImportDialog
from desktop.models.models import KEPT, Models
from desktop.models.rows import State
from engine.events import Notice, Progress
from engine.guidance.models import catalogue
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE, Entry, RemoteFile
from engine.guidance.models.store import ModelStore
from engine.results import CheckResult
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog as message_box
from tests.desktop.window_helpers import press
from tests.engine.guidance.models.hub_server import Answer, HubServer
from tests.engine.guidance.models.tiny_model import tiny_state, write_model_folder

LONG = 60_000  # milliseconds; a busy machine is slow
REPOSITORY = "patina/tiny"
TINY = Entry(
    "tiny",
    "A tiny model",
    "CC0",
    "https://example.org/tiny",
    tuple(RemoteFile(name, REPOSITORY) for name in (CONFIG_FILE, WEIGHTS_FILE)),
    bytes=1_700_000,
    memory_mb=100,
    speed="fast",
    recommended=True,
)


@pytest.fixture(autouse=True)
def tiny_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_ENTRIES", (TINY,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "mine", tiny_state())


@pytest.fixture
def hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with HubServer({f"{REPOSITORY}/{path.name}": path.read_bytes() for path in folder.iterdir()}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        yield server


@pytest.fixture
def models(loop: qasync.QEventLoop, background: Background) -> Iterator[Models]:
    models = Models(loop, background)
    yield models
    models.close()


@pytest.fixture
def dialog(models: Models, qtbot: QtBot) -> ModelsDialog:
    return shown(models, qtbot)


def shown(models: Models, qtbot: QtBot) -> ModelsDialog:
    dialog = ModelsDialog(models)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.present()
    return dialog


def state(dialog: ModelsDialog) -> tuple[str, State]:
    """Return the chosen model and its state."""
    row = dialog.table.row()
    assert row is not None
    return row.name, row.state


def wait_until_idle(models: Models, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: models.job is None, timeout=LONG)


def open_import(dialog: ModelsDialog, button: QPushButton, qtbot: QtBot) -> ImportDialog:
    button.click()
    found = [each for each in dialog.findChildren(QDialog) if isinstance(each, ImportDialog) and each.isVisible()]
    assert len(found) == 1
    return found[0]


def import_(dialog: ModelsDialog, models: Models, path: Path, qtbot: QtBot) -> None:
    asking = open_import(dialog, dialog.import_button, qtbot)
    asking.path.setText(str(path))
    asking.import_button.click()
    wait_until_idle(models, qtbot)


def test_it_shows_what_there_is_with_its_price_and_licence_before_a_pull(dialog: ModelsDialog) -> None:
    assert state(dialog) == ("tiny", State.AVAILABLE)
    item = dialog.table.currentItem()
    assert [item.text(column) for column in range(6)] == [
        "tiny (recommended)", "available", "1.7 MB", "0.1 GB", "fast", "CC0",
    ]  # fmt: skip
    assert "CC0" in dialog.details.text.text()
    assert "href='https://example.org/tiny'" in dialog.details.text.text()
    assert dialog.details.pull_button.text() == "Pull 1.7 MB"
    assert not dialog.details.check_button.isVisible()
    assert not dialog.cancel_button.isVisible()


def test_a_pull_installs_the_model(dialog: ModelsDialog, models: Models, hub: HubServer, qtbot: QtBot) -> None:
    assert not hub.requests  # nothing was fetched unasked
    dialog.details.pull_button.click()
    assert dialog.cancel_button.isVisible()
    assert not dialog.details.pull_button.isEnabled()
    wait_until_idle(models, qtbot)

    assert state(dialog) == ("tiny", State.INSTALLED)
    assert [model.guide for model in models.installed()] == ["starter", "openclip:tiny"]
    assert "tiny is installed" in dialog.message.text()
    assert not dialog.offer_button.isVisible()
    assert not dialog.cancel_button.isVisible()


def test_a_cancelled_pull_can_go_on(dialog: ModelsDialog, models: Models, hub: HubServer, qtbot: QtBot) -> None:
    hub.usual = Answer(pause=0.005)
    dialog.details.pull_button.click()
    qtbot.waitUntil(lambda: ModelStore().incomplete_bytes("tiny") > 50_000, timeout=LONG)
    dialog.cancel_button.click()
    wait_until_idle(models, qtbot)
    assert state(dialog) == ("tiny", State.INCOMPLETE)
    assert dialog.message.text() == KEPT
    assert dialog.details.pull_button.text().startswith("Go On (")

    hub.usual = Answer()
    dialog.details.pull_button.click()
    wait_until_idle(models, qtbot)
    assert state(dialog) == ("tiny", State.INSTALLED)
    assert hub.ranges()[-1] is not None  # it went on from what was there


def test_a_failed_pull_is_one_sentence_with_an_offer_to_import(
    dialog: ModelsDialog, models: Models, hub: HubServer, folder: Path, qtbot: QtBot
) -> None:
    hub.usual = Answer(status=403)
    dialog.details.pull_button.click()
    wait_until_idle(models, qtbot)
    assert "refuses patina/tiny" in dialog.message.text()
    assert "`" not in dialog.message.text()
    assert "\n" not in dialog.message.text()
    assert state(dialog) == ("tiny", State.AVAILABLE)

    asking = open_import(dialog, dialog.offer_button, qtbot)
    assert asking.name.text() == "tiny"
    asking.name.clear()
    asking.path.setText(str(folder))
    asking.import_button.click()
    wait_until_idle(models, qtbot)
    assert state(dialog) == ("mine", State.INSTALLED)


def test_a_refused_import_can_be_tried_again_and_leaves_what_is_installed(
    dialog: ModelsDialog, models: Models, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    import_(dialog, models, folder, qtbot)
    damaged = write_model_folder(tmp_path / "other" / "mine", tiny_state(1)) / WEIGHTS_FILE
    damaged.write_bytes(damaged.read_bytes()[:1000])
    import_(dialog, models, damaged.parent, qtbot)
    assert str(damaged) in dialog.message.text()
    assert state(dialog) == ("mine", State.INSTALLED)

    asking = open_import(dialog, dialog.offer_button, qtbot)
    assert asking.path.text() == str(damaged.parent)
    asking.reject()


def test_an_import_without_a_path_is_not_sent(dialog: ModelsDialog, models: Models, qtbot: QtBot) -> None:
    asking = open_import(dialog, dialog.import_button, qtbot)
    asking.import_button.click()
    assert asking.isVisible()
    assert "No model was named" in asking.problem.text()
    asking.path.setText("/somewhere")
    asking.name.setText("a name with spaces")
    asking.import_button.click()
    assert "cannot be the name of a model" in asking.problem.text()
    assert models.job is None
    asking.reject()


def test_a_check_shows_ten_captions_and_says_whether_the_model_sees(
    dialog: ModelsDialog, models: Models, folder: Path, qtbot: QtBot
) -> None:
    import_(dialog, models, folder, qtbot)
    assert "ten captions" in dialog.check_view.verdict.text()
    dialog.details.check_button.click()
    wait_until_idle(models, qtbot)
    assert dialog.check_view.verdict.text().startswith("openclip:mine cannot see: ")  # its weights are random
    assert len(dialog.check_view.bars) == 10
    values = [bar.value() for bar in dialog.check_view.bars]
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(1000, abs=5)

    dialog.table.choose("starter")
    assert not dialog.check_view.bars
    dialog.table.choose("mine")
    assert len(dialog.check_view.bars) == 10


def test_removing_asks_first(dialog: ModelsDialog, models: Models, folder: Path, qtbot: QtBot) -> None:
    import_(dialog, models, folder, qtbot)
    dialog.details.remove_button.click()
    press(message_box(qtbot), "Cancel")
    assert state(dialog) == ("mine", State.INSTALLED)
    dialog.details.remove_button.click()
    with qtbot.waitSignal(models.changed):
        press(message_box(qtbot), "Remove")
    assert state(dialog) == ("tiny", State.AVAILABLE)  # nothing of the removed one is left
    assert ModelStore().find("mine") is None


def test_the_starter_s_model_stays(dialog: ModelsDialog) -> None:
    dialog.table.choose("starter")
    assert dialog.details.check_button.isVisible()
    assert not dialog.details.remove_button.isVisible()
    assert not dialog.details.pull_button.isVisible()


def test_a_removal_that_fails_is_said(dialog: ModelsDialog, models: Models, qtbot: QtBot) -> None:
    with qtbot.waitSignal(models.failed):
        models.remove("absent")
    assert "absent is not installed" in dialog.message.text()
    assert not dialog.offer_button.isVisible()


def test_the_end_of_the_window_ends_a_pull_and_keeps_what_came(
    loop: qasync.QEventLoop, background: Background, hub: HubServer, qtbot: QtBot
) -> None:
    hub.usual = Answer(pause=0.005)
    models = Models(loop, background)
    dialog = shown(models, qtbot)
    dialog.details.pull_button.click()
    qtbot.waitUntil(lambda: ModelStore().incomplete_bytes("tiny") > 50_000, timeout=LONG)
    models.close()
    assert ModelStore().incomplete() == ("tiny",)


def test_notices_and_long_jobs_are_shown_and_survive_closing_the_dialog(
    loop: qasync.QEventLoop, background: Background, qtbot: QtBot
) -> None:
    script = ScriptedRun()
    models = Models(loop, background, script)
    dialog = shown(models, qtbot)
    dialog.table.choose("starter")
    dialog.details.check_button.click()
    script.say(Notice("The hub is slow."), Progress("loading starter", 1, 4, 0.1))
    qtbot.waitUntil(lambda: dialog.status.text() == "Loading starter")
    assert dialog.message.text() == "The hub is slow."
    assert dialog.bar.value() * 4 == dialog.bar.maximum()

    dialog.close()
    script.end(CheckResult("starter", (("a cat", 1.0),), True, "starter can see.", 1.0))
    wait_until_idle(models, qtbot)
    dialog.present()
    assert dialog.check_view.verdict.text() == "starter can see."
    models.close()
