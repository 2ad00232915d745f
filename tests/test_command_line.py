"""The command line as a user calls it, in processes of its own."""

import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.commands import command_line
from engine.media.stills import picture_size

ROOT = Path(__file__).resolve().parent.parent
MAIN = [sys.executable, str(ROOT / "main.py")]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small picture with something in it: a dark disc on a gradient."""
    y, x = np.mgrid[0:80, 0:120]
    picture = np.stack([2 * x, 2 * y + 40, 255 - 2 * x], axis=-1).astype(np.uint8)
    picture[(x - 60) ** 2 + (y - 40) ** 2 < 25**2] = 30
    path = tmp_path / "photo.png"
    Image.fromarray(picture).save(path)
    return path


def call(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [*MAIN, *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=280)


def assert_refused(answer: subprocess.CompletedProcess[str], words: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error that holds ``words``."""
    assert answer.returncode == 2, answer.stderr
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.endswith(".\n")
    assert words in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "no file and no command named nonsense"),
        (["edit"], "required: INPUT, --prompt, --out; see `main.py edit --help`"),
        (["edit", "absent.png", "--prompt", "zebra", "--out", "out"], "no file absent.png"),
        (["edit", "text.jpg", "--prompt", "zebra", "--out", "out"], "text.jpg is not a picture"),
        (["edit", "cut.png", "--prompt", "zebra", "--out", "out"], "cut.png is damaged or cut short"),
        (["edit", "dot.png", "--prompt", "zebra", "--out", "out"], "dot.png"),
        (["edit", "photo.png", "--prompt", " ", "--out", "out"], "prompt is empty"),
        (["edit", "photo.png", "--prompt", "zebra", "--out", "text.jpg"], "text.jpg is a file, not a folder"),
        (["edit", "photo.png", "--prompt", "zebra", "--out", "text.jpg/out"], "text.jpg"),
        (["edit", "photo.png", "--prompt", "zebra", "--out", "out", "--steps", "0"], "from 1 to 100000, not 0"),
        (["edit", "photo.png", "--prompt", "zebra", "--out", "out", "--steps", "x"], "--steps: invalid int value: 'x'"),
        (["edit", "photo.png", "--prompt", "zebra", "--out", "out", "--masks", "m"], "--masks is for clips, and photo"),
        (
            ["edit", "photo.png", "--prompt", "zebra", "--out", "out", "--mask", "3=m.png"],
            "several frames are for clips",
        ),
        (["edit", "clip.mov", "--prompt", "zebra", "--out", "out"], "no file clip.mov"),
        (["edit", "shot.%04d.png", "--prompt", "zebra", "--out", "out"], "shot.%04d.png"),
        (["edit", "empty", "--prompt", "zebra", "--out", "out"], "empty holds no pictures"),
        (["atlas", "text.jpg", "--out", "out"], "text.jpg"),
        (["photo.png", "photo.png"], "one picture or project at a time"),
    ],
)
def test_bad_input_is_one_clear_line(photo: Path, arguments: list[str], words: str) -> None:
    folder = photo.parent
    (folder / "text.jpg").write_text("This is not a picture.")
    (folder / "cut.png").write_bytes(photo.read_bytes()[:200])
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    (folder / "empty").mkdir()

    assert_refused(call(*arguments, folder=folder), words)
    assert not (folder / "out").exists()


def test_a_word_that_the_guide_does_not_know_is_one_clear_line(photo: Path) -> None:
    answer = call("edit", photo, "--prompt", "zzyzx", "--out", "out", folder=photo.parent)

    assert_refused(answer, "zzyzx")
    assert not (photo.parent / "out").exists()


def test_a_mask_of_another_size_is_one_clear_line(photo: Path) -> None:
    Image.new("L", (50, 50), 255).save(photo.parent / "mask.png")

    answer = call("edit", photo, "--prompt", "zebra", "--mask", "mask.png", "--out", "out", folder=photo.parent)

    assert_refused(answer, "50")
    assert not (photo.parent / "out").exists()


def test_an_edit_leaves_layer_composite_and_report(photo: Path) -> None:
    answer = call(
        *["edit", photo, "--prompt", "zebra", "--out", "made/here", "--steps", 2, "--size", 64, "--seed", 5],
        folder=photo.parent,
    )

    out = photo.parent / "made" / "here"
    assert answer.returncode == 0, answer.stderr
    assert str(Path("made/here")) in answer.stdout
    assert "2/2" in answer.stderr
    assert {"layer.png", "composite.png", "alpha.png", "edit_on_greenscreen.png", "report.json"} <= {
        file.name for file in out.iterdir()
    }
    assert picture_size(out / "layer.png") == (120, 80)
    report = json.loads((out / "report.json").read_text())
    assert (report["seed"], report["steps"], report["device"], report["size"]) == (5, 2, report["device"], [120, 80])
    assert report["job"]["prompt"] == "zebra"
    assert report["peak_memory_mb"] > 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
def test_ctrl_c_leaves_nothing(photo: Path) -> None:
    command = [*MAIN, "edit", str(photo), "--prompt", "zebra", "--out", "out", "--steps", "5000", "--size", "64"]
    # A shell without job control starts background commands with Ctrl+C ignored, and children take that over.
    listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=photo.parent, stderr=subprocess.PIPE, text=True, preexec_fn=listen) as process:
        assert process.stderr is not None
        lines = iter(process.stderr)
        assert any("/5000" in line for line in lines)
        process.send_signal(signal.SIGINT)
        rest = list(lines)

    assert process.returncode == 130
    assert rest[-1] == "Interrupted.\n"
    assert not (photo.parent / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_the_window_is_refused_in_one_clear_line(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    assert_refused(call(photo, folder=photo.parent), "no screen")


def raise_(error: BaseException) -> int:
    raise error


def test_a_bug_is_one_sentence_with_a_log_of_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    code = command_line.run([], lambda file: raise_(RuntimeError("a wheel came off")))

    sentence = capsys.readouterr().err
    assert code == 1
    assert sentence.count("\n") == 1
    log = Path(sentence.strip().rstrip(".").rsplit(" ", 1)[1])
    assert "a wheel came off" in log.read_text()
    assert "raise error" in log.read_text()
    log.unlink()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [(MemoryError(), 2, "not enough memory"), (KeyboardInterrupt(), 130, "Interrupted")],
)
def test_what_is_no_bug_has_a_code_of_its_own(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run([], lambda file: raise_(error)) == code
    assert words in capsys.readouterr().err


def test_no_arguments_and_a_file_open_the_window(photo: Path) -> None:
    opened: list[str | None] = []

    def open_window(file: str | None) -> int:
        opened.append(file)
        return 0

    assert command_line.run([], open_window) == 0
    assert command_line.run([str(photo)], open_window) == 0
    assert opened == [None, str(photo)]
