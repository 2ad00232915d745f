"""A saved project of a clip, with an edit on its atlas, and a function that delivers it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.atlas.atlas_folder import save_atlas
from engine.jobs import ClipDelivery, ImageEdit
from engine.media.clips import probe_clip
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project
from engine.results import DeliveryResult
from tests.engine.delivery.helpers import Deliver, finish
from tests.engine.small_atlas import CLIP, DISC, FIRST, FRAMES, write_clip

JOB = ImageEdit(picture="horse.png", prompt="größer gold", seed=7)


@pytest.fixture
def picture() -> np.ndarray:
    """An edit over the texture of the clip's disc."""
    y, x = np.mgrid[:DISC, :DISC] / DISC
    return np.dstack([x, y, 1 - x, 0.2 + 0.7 * y]).astype(np.float32)


@pytest.fixture
def project(tmp_path: Path, picture: np.ndarray) -> Project:
    """A clip with an edit on its atlas, of half opacity, that ends one frame before the clip."""
    atlas = write_clip(tmp_path / "clip")
    save_atlas(atlas, tmp_path / "session" / "atlases" / "fit")
    (tmp_path / "session" / "layers").mkdir()
    write_png(tmp_path / "session" / "layers" / "gold.png", picture)
    info = probe_clip(tmp_path / "clip")
    footage = Footage(tmp_path / "clip", *CLIP, FRAMES, info.rate, FIRST)
    layer = EditLayer("gold", "gold", "layers/gold.png", opacity=0.5, atlas_layer="foreground", last=FIRST + 3, job=JOB)
    return Project(footage, (layer,), atlas="atlases/fit")


@pytest.fixture
def job(project: Project, tmp_path: Path) -> Callable[..., ClipDelivery]:
    """Save the project, or a changed one, and return a job for it that delivers into the folder "out"."""

    def job_for(changed: Project = project, **settings: Any) -> ClipDelivery:
        save_project(changed, tmp_path / "art.patina", tmp_path / "session")
        return ClipDelivery(**{"project": str(tmp_path / "art.patina"), "folder": str(tmp_path / "out")} | settings)

    return job_for


@pytest.fixture
def deliver(job: Callable[..., ClipDelivery]) -> Deliver:
    """Carry out a delivery and return its result."""

    def deliver_now(changed: Project | None = None, **settings: Any) -> DeliveryResult:
        return finish(job(**({} if changed is None else {"changed": changed}), **settings))[0]

    return deliver_now
