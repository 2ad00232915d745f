import os
from pathlib import Path

import pytest

from engine.guidance.openclip.guide import OpenClipGuide
from engine.guidance.openclip.loading import load_openclip
from tests.engine.guidance.openclip.tiny_clip import trained_once


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.getbasetemp()
    return trained_once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def tiny_guide(tiny_clip: Path) -> OpenClipGuide:
    return load_openclip(tiny_clip, "tiny")
