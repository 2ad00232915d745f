"""bootstrap.py as its users call it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "installers" / "bootstrap.py"


def run_on_python(version: tuple[int, int, int], path: Path) -> subprocess.CompletedProcess[str]:
    """Run bootstrap.py under a Python that says it is of ``version``, with ``path`` as PATH."""
    code = f"import runpy, sys; sys.version_info = {version}; runpy.run_path({str(BOOTSTRAP)!r}, run_name='__main__')"
    environment = {"PATH": str(path)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    answer = run_on_python((3, 9, 2), tmp_path)

    assert answer.returncode == 2
    assert answer.stderr == (
        "Patina needs Python 3.11 or newer and this is 3.9; install a newer Python and run it with that.\n"
    )


def test_the_refusal_names_a_newer_python_on_the_path(tmp_path: Path) -> None:
    newer = tmp_path / ("python3.12.exe" if sys.platform == "win32" else "python3.12")
    newer.write_text("")
    newer.chmod(0o755)

    answer = run_on_python((3, 10, 0), tmp_path)

    assert "run it as `python3.12 installers/bootstrap.py`" in answer.stderr


def test_help_names_every_command() -> None:
    answer = subprocess.run([sys.executable, BOOTSTRAP, "--help"], capture_output=True, text=True, check=False)

    assert answer.returncode == 0
    assert all(command in answer.stdout for command in ("demo", "test", "app"))


def test_continuous_integration_calls_the_readme_command() -> None:
    command = (ROOT / ".ci" / "run").read_text().splitlines()[-1].removeprefix("exec ")

    assert command == "python3 installers/bootstrap.py test"
    assert f"    {command}\n" in (ROOT / "README.md").read_text()
