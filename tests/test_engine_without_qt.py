"""The engine imports and works where no Qt is installed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent

# Runs in a process of its own: imports every module of the engine, then edits a picture, with Qt out of reach.
WITHOUT_QT = """
import importlib, importlib.abc, pkgutil, sys

class NoQt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "qasync", "desktop"}:
            raise ImportError(f"{name} was imported by the engine")
        return None

sys.meta_path.insert(0, NoQt())
import engine
modules = [module.name for module in pkgutil.walk_packages(engine.__path__, "engine.")]
for module in modules:
    importlib.import_module(module)

import main
sys.argv = ["main.py", "edit", "photo.png", "--prompt", "zebra", "--out", "out", "--steps", "2", "--size", "64"]
code = main.main()
print(*modules)
sys.exit(code)
"""


def test_every_module_imports_and_an_edit_runs(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "photo.png")

    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )

    assert answer.returncode == 0, answer.stderr
    assert {"engine.runs", "engine.runner", "engine.commands.edit"} <= set(answer.stdout.split())
    assert (tmp_path / "out" / "layer.png").is_file()
