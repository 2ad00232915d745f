"""What an installed Patina brings along."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_resource_is_packed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    files = [file for file in (ROOT / "resources").rglob("*") if file.is_file() and "__pycache__" not in file.parts]

    assert files
    assert [
        file.name for file in files if file.suffix != ".py" and not any(fnmatch(file.name, p) for p in patterns)
    ] == []
