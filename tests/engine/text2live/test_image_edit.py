import numpy as np
import pytest

from engine.context import RunContext
from engine.delivery.still_edit import write_edit
from engine.errors import UserError
from engine.events import MatteFound, Notice, Preview, Progress
from engine.jobs import ImageEdit, SubjectMatte
from engine.media.png import write_png
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.runs import run


def _finish(job):
    events, generator = [], run(job, RunContext(preview_every=0.001))
    while True:
        try:
            events.append(next(generator))
        except StopIteration as stop:
            return events, stop.value


def _cat(prompt: str, **more) -> ImageEdit:
    return ImageEdit(picture=str(sample_picture()), prompt=prompt, steps=3, size=128, **more)


def test_an_edit_goes_from_a_prompt_to_a_layer_at_full_size(tmp_path):
    events, result = _finish(_cat("leopard", subject="cat"))

    source = read_still(sample_picture()).rgb
    assert result.layer.shape == (*source.shape[:2], 4)
    assert result.matte.shape == source.shape[:2]
    assert {type(event) for event in events} == {Progress, Preview, MatteFound}
    assert result.layer[..., 3][result.matte == 0].max() == 0
    assert result.report.steps == 3
    assert result.report.size == (source.shape[1], source.shape[0])
    assert set(result.report.seconds) == {"reading", "guide", "matte", "training", "full size"}
    write_edit(result, source, tmp_path / "out")
    assert (tmp_path / "out" / "layer.png").exists()


def test_the_whole_edit_repeats_exactly():
    assert np.array_equal(_finish(_cat("golden", subject="cat"))[1].layer, _finish(_cat("golden cat"))[1].layer)


def test_without_a_subject_the_user_is_told_what_is_edited():
    events, result = _finish(_cat("golden"))

    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert "No subject was named" in notice.text
    assert result.report.notices == (notice.text,)


def test_a_given_mask_overrides_the_subject(tmp_path):
    height, width = read_still(sample_picture()).rgb.shape[:2]
    mask = np.zeros((height, width), np.float32)
    mask[:, : width // 2] = 1
    write_png(tmp_path / "mask.png", mask, bits=8)

    _, result = _finish(_cat("golden", subject="cat", mask=str(tmp_path / "mask.png")))

    assert result.layer[:, width // 2 :, 3].max() == 0
    assert result.layer[:, : width // 2, 3].mean() > 0.01


def test_the_background_is_the_rest():
    _, result = _finish(_cat("golden", subject="cat", target="background"))

    assert result.layer[..., 3][result.matte == 1].max() == 0


def test_an_edit_that_is_not_confined_may_paint_anywhere():
    events, result = _finish(_cat("leopard", subject="cat", options=(("confinement", "relevance"),)))

    assert result.matte is None
    assert not [event for event in events if isinstance(event, MatteFound)]
    assert result.layer[..., 3].min() > 0


def test_what_is_to_be_spared_is_not_edited():
    _, spared = _finish(_cat("golden", mask="", subject="cat", spare="cat"))

    assert spared.layer[..., 3].max() == 0


def test_options_are_checked_before_anything_is_read():
    with pytest.raises(UserError, match="no option 'colour'"):
        next(run(ImageEdit(picture="missing.png", prompt="golden", options=(("colour", 1.0),)), RunContext()))


@pytest.mark.parametrize("field", ["prompt", "layer", "source", "avoid", "spare"])
def test_unknown_words_are_refused_before_training(field):
    texts = {"prompt": "leopard", field: "xyzzyish"}
    with pytest.raises(UserError, match="xyzzyish"):
        _finish(_cat(**texts))


def test_a_subjects_matte_alone():
    events, result = _finish(SubjectMatte(str(sample_picture()), "cat"))

    assert all(isinstance(event, Progress) for event in events)
    assert 0.5 < result.matte.mean() < 0.95
