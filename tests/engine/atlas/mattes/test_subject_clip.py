import numpy as np
import pytest
import torch

from engine.atlas.finishing import finish
from engine.atlas.mattes.subject_clip import finding_subject, own_motion
from engine.atlas.motion.flow import Flows
from engine.errors import UserError
from tests.engine.atlas.moving_clips import moving_clip


class RednessGuide:
    """Finds what is red, and knows nothing else."""

    name, licence, input_size = "redness", "", 32

    def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
        if text != "red thing":
            raise UserError(f"“{text}” is not known.")
        return ((picture[0, 0] - picture[0, 1]) * 3).clamp(0, 1)


def test_the_subject_is_found_and_followed():
    clip = moving_clip(10)
    run = finding_subject(list(clip.frames), Flows(clip.frames), RednessGuide(), "red thing")  # type: ignore[arg-type]
    shares: list[float] = []
    found = finish(run, shares.append) > 127
    union = (found | clip.mattes).sum((1, 2))
    assert ((found & clip.mattes).sum((1, 2)) / union).min() > 0.85
    assert shares == sorted(shares)


def test_an_unknown_subject_is_refused_in_the_guides_words():
    clip = moving_clip(3)
    with pytest.raises(UserError, match="is not known"):
        finish(finding_subject(list(clip.frames), Flows(clip.frames), RednessGuide(), "blue"))  # type: ignore[arg-type]


def test_own_motion_is_that_of_the_object_alone():
    clip = moving_clip(2, speed=4, camera_speed=-4)
    moving = own_motion(Flows(clip.frames), 0)
    assert np.median(moving[clip.mattes[0]]) > 5
    assert np.median(moving[~clip.mattes[0]]) < 0.5
