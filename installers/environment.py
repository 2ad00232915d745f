"""The virtual environment inside the repository."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from installers.console import SetupError, run_logged
from installers.system import install_debian_packages

EXTRAS = "sample,dev"


@dataclass(frozen=True)
class Environment:
    """The repository's own Python, in ``root``/.venv."""

    root: Path

    @property
    def folder(self) -> Path:
        """The environment's folder."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's Python program."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def is_ready(self) -> bool:
        """Return whether all packages are installed as pyproject.toml asks for them now."""
        if not self._stamp.is_file() or self._stamp.read_text(encoding="utf-8") != self._wanted_stamp():
            return False
        return self._python_runs()

    def prepare(self) -> None:
        """Make the environment and install Patina into it, with its extras; raises SetupError."""
        self._stamp.unlink(missing_ok=True)
        if not self._python_runs():
            provide_venv(self.root / "build" / "apt.log")
            venv.create(self.folder, clear=True, with_pip=True)
        log = self.root / "build" / "pip.log"
        pip = [str(self.python), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
        if not run_logged([*pip, "--editable", f"{self.root}[{EXTRAS}]"], log):
            raise SetupError(f"{pip_complaint(log)}; the whole story is in {log}. Mend that and run this again.")
        self._stamp.write_text(self._wanted_stamp(), encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.folder / "patina-stamp.txt"

    def _wanted_stamp(self) -> str:
        # An editable install points at the repository's place, so that moving the repository needs a new one.
        project = hashlib.sha256((self.root / "pyproject.toml").read_bytes()).hexdigest()
        return f"{project} {EXTRAS} {self.root}\n"

    def _python_runs(self) -> bool:
        """Return whether the environment was made whole, and the Python that it was made with is still there."""
        try:
            return subprocess.run([self.python, "-c", "import pip"], check=False, capture_output=True).returncode == 0
        except OSError:
            return False


def provide_venv(log: Path) -> None:
    """Install what Debian splits from its Python, where it is missing; raises SetupError."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_debian_packages([package], log, "This Python cannot make virtual environments")


def pip_complaint(log: Path) -> str:
    """Return pip's own words for what went wrong."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ").rstrip(".") for line in lines if line.startswith("ERROR: ")]
    return f"The packages could not be installed: {errors[-1]}" if errors else "The packages could not be installed"
