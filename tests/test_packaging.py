"""What an installed Patina brings along."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OWN = {"desktop", "engine", "main", "resources"}


def imported_packages() -> Iterator[str]:
    """Yield the top-level names that the product's modules import, those of the standard library left out."""
    for file in [ROOT / "main.py", *(ROOT / "engine").rglob("*.py"), *(ROOT / "desktop").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            yield from {name.split(".")[0] for name in names} - sys.stdlib_module_names - OWN


def test_every_library_that_is_imported_is_a_dependency() -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}
    distributions = packages_distributions()

    missing = {
        package
        for package in set(imported_packages())
        # Of a wheel that holds one compiled module, Python 3.11 does not see which; such a module has the wheel's name.
        if declared.isdisjoint(canonicalize_name(name) for name in distributions.get(package, [package]))
    }
    assert missing == set()


def test_every_resource_is_packed() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [file for file in (ROOT / "resources").rglob("*") if file.is_file() and "__pycache__" not in file.parts]

    assert files
    assert [
        file.name for file in files if file.suffix != ".py" and not any(fnmatch(file.name, p) for p in patterns)
    ] == []
