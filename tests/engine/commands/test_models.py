"""The models on the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.commands import command_line
from engine.guidance.models.guides import installed_models
from tests.engine.guidance.models.hub_server import Answer, HubServer
from tests.engine.guidance.models.tiny_model import tiny_state, write_model_folder

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models that the commands work with."""
    monkeypatch.setenv("PATINA_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "tiny", tiny_state())


def no_window(file: str | None) -> int:
    pytest.fail("a window was opened")


def run(*arguments: object) -> int:
    return command_line.run(["models", *map(str, arguments)], no_window)


def assert_refused(capsys: pytest.CaptureFixture[str], words: str, *arguments: object) -> None:
    assert run(*arguments) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert words in last
    assert last.endswith(".")


def test_the_list_tells_licence_size_and_place(capsys: pytest.CaptureFixture[str], models: Path) -> None:
    assert run("list") == 0

    answer = capsys.readouterr().out
    installed, _, available = answer.partition("Available")
    assert "starter: " in installed
    assert "licence Apache-2.0, 18.8 MB, " in installed
    assert Path(installed.rstrip().rsplit(", ", 1)[1]).is_file()
    assert "ViT-B-32: CLIP ViT-B/32 (OpenAI), the guide of the Text2LIVE paper, recommended" in available
    assert "605.1 MB to download" in available
    assert "non-commercial research only" in available
    assert available.rstrip().endswith(f"Models are kept in {models}.")
    assert not models.exists(), "listing writes nothing"


def test_what_is_listed_is_what_the_guide_loads() -> None:
    from engine.guidance.efficientnet import weights_file
    from engine.guidance.starter import StarterGuide

    starter = next(model for model in installed_models() if model.guide == StarterGuide.name)
    assert (starter.licence, starter.place) == (StarterGuide.licence, weights_file())


def test_a_model_is_imported_listed_and_removed(capsys: pytest.CaptureFixture[str], tiny: Path, models: Path) -> None:
    assert run("import", tiny, "--name", "RN50x4") == 0
    assert (
        f"RN50x4 is installed in {models / 'RN50x4'}; use it with --guide openclip:RN50x4." in capsys.readouterr().out
    )

    run("list")
    assert "openclip:RN50x4: " in capsys.readouterr().out

    assert run("remove", "openclip:RN50x4") == 0
    assert "RN50x4 is removed; 1.6 MB are free again." in capsys.readouterr().out
    assert_refused(capsys, "RN50x4 is not installed", "remove", "RN50x4")


def test_a_damaged_import_is_one_clear_line(capsys: pytest.CaptureFixture[str], tiny: Path) -> None:
    weights = tiny / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert_refused(capsys, "is damaged or cut short", "import", tiny)
    assert_refused(capsys, "There is no file or folder", "import", tiny / "absent")


def test_a_checked_model_is_scored_and_judged(capsys: pytest.CaptureFixture[str], tiny: Path) -> None:
    assert run("check", "starter", "--device", "cpu") == 0
    answer = capsys.readouterr().out
    assert answer.splitlines()[0].endswith("%  a cat")
    assert "starter can see: " in answer

    run("import", tiny)
    assert_refused(capsys, "openclip:tiny cannot see: ", "check", "tiny", "--device", "cpu")
    assert_refused(capsys, "the nearest is ViT-B-32.", "check", "ViT-B-23")


def test_an_unknown_action_or_name_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused(capsys, "invalid choice: 'fetch'", "fetch", "x")
    assert_refused(capsys, "cannot be the name of a model", "pull", "../x")
    assert_refused(capsys, "There is no model nonsense to pull", "pull", "nonsense")


def call(folder: Path, endpoint: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the command line in a process of its own, as users do."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    command = [sys.executable, str(ROOT / "main.py"), "models", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment | {"HF_ENDPOINT": endpoint},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_pull_tells_its_progress_and_installs(tmp_path: Path, tiny: Path, models: Path) -> None:
    with HubServer() as hub:
        hub.files = {f"maker/tiny/{path.name}": path.read_bytes() for path in tiny.iterdir()}
        answer = call(tmp_path, hub.address, "pull", "maker/tiny")

    assert answer.returncode == 0, answer.stderr
    assert "pulling maker/tiny 1.6/1.6 MB" in answer.stderr
    assert answer.stdout.startswith(f"maker/tiny is installed in {models}")


def test_a_pull_that_is_refused_is_one_clear_line(tmp_path: Path, models: Path) -> None:
    with HubServer(usual=Answer(status=403)) as hub:
        answer = call(tmp_path, hub.address, "pull", "maker/tiny")

    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert "or import the model from a file: `patina models import PATH`." in answer.stderr


def test_an_unsafe_hub_is_refused(tmp_path: Path) -> None:
    answer = call(tmp_path, "http://example.org", "pull", "ViT-B-32")
    assert answer.returncode == 2
    assert "no https address" in answer.stderr
