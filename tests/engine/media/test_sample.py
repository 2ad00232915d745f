"""The sample photograph."""

import importlib.util
import subprocess
import sys

import pytest

from engine.errors import UserError
from engine.media.sample import sample_picture
from engine.media.stills import read_still


def test_the_sample_is_a_photograph() -> None:
    still = read_still(sample_picture())

    assert still.rgb.shape == (300, 451, 3)
    assert still.rgb.std() > 0.1


def test_finding_it_imports_no_scikit_image() -> None:
    code = (
        "import sys; from engine.media.sample import sample_picture; sample_picture(); print('skimage' in sys.modules)"
    )

    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_without_scikit_image_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(UserError, match=r"patina\[sample\]"):
        sample_picture()
