"""The subcommands of bootstrap.py."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from installers.console import SetupError, Steps, run_shown, say
from installers.environment import Environment
from installers.system import provide_qt_libraries

# Each check as arguments to the environment's Python, under the words it is announced with.
CHECKS = {
    "Lint (ruff check)": ["-m", "ruff", "check", "."],
    "Format (ruff format --check)": ["-m", "ruff", "format", "--check", "."],
    "Types (mypy)": ["-m", "mypy"],
    # Each process holds torch and a window: more of them than this would need more memory than small machines have.
    "Tests (pytest)": ["-m", "pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal"],
}


def run(arguments: Sequence[str], root: Path) -> int:
    """Carry out the command line ``arguments`` for the repository at ``root``; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "demo":
            return demo(root, options.out)
        if options.command == "test":
            return test(root)
        return app(root, options.open)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; run the same command again to go on.", file=sys.stderr)
        return 130


def demo(root: Path, out: str | None) -> int:
    """Edit the sample photograph."""
    steps = Steps(2)
    environment = _prepared(root, steps)
    with steps.step("Demo: edit the sample photograph"):
        folder = [] if out is None else ["--out", str(Path(out).absolute())]
        return run_shown([str(environment.python), "main.py", "demo", *folder], root, _offline())


def app(root: Path, file: str | None) -> int:
    """Open the window, with a picture or project in it where ``file`` names one."""
    steps = Steps(3)
    environment = _prepared(root, steps)
    _provide_libraries(root, steps)
    with steps.step("Patina's window"):
        files = [] if file is None else [str(Path(file).absolute())]
        return run_shown([str(environment.python), "main.py", *files], root, _offline())


def test(root: Path) -> int:
    """Run every check, also after one has failed; return 1 where any did."""
    steps = Steps(2 + len(CHECKS))
    environment = _prepared(root, steps)
    _provide_libraries(root, steps)
    failed = []
    for title, check in CHECKS.items():
        with steps.step(title):
            if run_shown([str(environment.python), *check], root, {**_offline(), "QT_QPA_PLATFORM": "offscreen"}):
                failed.append(title)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set Patina up in this folder, and run it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="demo | test | app")
    demo = commands.add_parser("demo", help="edit the sample photograph, without a window")
    demo.add_argument("--out", metavar="DIR", help="where the pictures go (default: patina-demo in the repository)")
    commands.add_parser("test", help="lint, check types and run the tests")
    app = commands.add_parser("app", help="open the window")
    app.add_argument("open", nargs="?", metavar="FILE", help="a picture or a .patina project to open")
    return parser


def _prepared(root: Path, steps: Steps) -> Environment:
    environment = Environment(root)
    with steps.step("Python packages"):
        if environment.is_ready():
            say("      already in place")
        else:
            say(f"      going into {environment.folder}; the first time takes some minutes and about 7 GB")
            environment.prepare()
    return environment


def _provide_libraries(root: Path, steps: Steps) -> None:
    with steps.step("System libraries for the window"):
        provide_qt_libraries(root / "build" / "apt.log")


def _offline() -> dict[str, str]:
    """Return the environment for Patina itself: libraries that could reach a model hub must not."""
    return {**os.environ, "HF_HUB_OFFLINE": "1"}
