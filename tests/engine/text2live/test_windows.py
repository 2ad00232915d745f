"""What a training sees through the mapping is what the renderer delivers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.atlas.atlas import Atlas
from engine.errors import UserError
from engine.filters import resize
from engine.media.clips import open_clip
from engine.text2live.atlas_examples import AtlasExamples
from engine.text2live.examples import Example
from engine.text2live.settings import STARTER_QUALITIES
from engine.text2live.tensors import to_tensor
from engine.text2live.windows import MOST_WINDOWS, Window, cut_windows, window_frames
from tests.engine.small_atlas import FRAMES, small_atlas, write_clip

SIDE = 64


def _windows(atlas: Atlas, name: str) -> list[Window]:
    with open_clip(atlas.clip.path) as clip:
        return list(cut_windows(atlas, name, clip, SIDE))


def _texture(atlas: Atlas, name: str, width: int, height: int) -> Example:
    colours = to_tensor(resize(atlas.layer(name).texture, width, height), "cpu")
    return Example(colours, torch.ones_like(colours[:, :1]))


def _unlike(example: Example) -> tuple[float, float]:
    """Return how far the texture, laid over the frames, is from them, in colour and in its opacity."""
    frames = example.frames
    assert frames is not None
    seen = example.seen(torch.cat([example.source, example.region], 1))
    sure = (frames.matte > 0.95).expand(-1, 3, -1, -1)
    assert sure.float().mean() > 0.1
    apart = (seen[:, :3] - frames.source)[sure].abs().mean().item()
    return apart, (seen[:, 3:] - frames.matte).abs().mean().item()


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize(("name", "size"), [("foreground", (88, 88)), ("background", (224, 168))])
def test_the_texture_seen_through_the_mapping_is_the_footage(
    tmp_path: Path, name: str, size: tuple[int, int], light: bool
) -> None:
    atlas = write_clip(tmp_path, light)
    windows = _windows(atlas, name)

    assert [len(window.source) for window in windows] == [2, 3, 3, 3, 2]
    for window in windows:
        shown = replace(_texture(atlas, name, *size), frames=window.frames("cpu"))
        apart, opacity = _unlike(shown)
        assert apart < 0.02
        assert opacity < 0.01


def test_a_crop_of_the_texture_is_seen_where_the_whole_is(tmp_path: Path) -> None:
    atlas = write_clip(tmp_path)
    settings = replace(STARTER_QUALITIES["draft"], example_share=1.0, whole_share=0.0, atlas_share=0.0)
    whole = _texture(atlas, "background", 192, 128)
    examples = AtlasExamples(whole, _windows(atlas, "background"), settings)

    drawn = [examples.draw(0, torch.Generator().manual_seed(seed)) for seed in range(8)]

    assert len({example.size for example in drawn}) > 1
    for example in drawn:
        apart, opacity = _unlike(example)
        assert apart < 0.03
        assert opacity < 0.02


def test_some_steps_look_at_the_texture_itself(tmp_path: Path) -> None:
    atlas = write_clip(tmp_path)
    settings = replace(STARTER_QUALITIES["draft"], example_share=0.0, atlas_share=0.5)
    whole = _texture(atlas, "foreground", 128, 128)
    examples = AtlasExamples(whole, _windows(atlas, "foreground"), settings)

    drawn = [examples.draw(0, torch.Generator().manual_seed(seed)) for seed in range(40)]

    assert 10 < sum(example is whole for example in drawn) < 30
    assert all(example is whole or len(example.shown) >= 2 for example in drawn)


def test_a_layer_that_is_never_shown_has_no_windows(tmp_path: Path) -> None:
    atlas = write_clip(tmp_path)
    hidden = replace(atlas, mattes=np.zeros_like(atlas.mattes))
    faint = replace(atlas, mattes=np.minimum(atlas.mattes, 100))

    assert window_frames(atlas, "foreground") == tuple(range(FRAMES))
    assert window_frames(hidden, "foreground") == ()
    assert window_frames(faint, "foreground") == ()


def test_long_clips_are_seen_in_a_bounded_number_of_windows(tmp_path: Path) -> None:
    atlas = small_atlas(tmp_path)
    times = 30
    clip = replace(atlas.clip, numbers=range(FRAMES * times))
    layers = tuple(replace(layer, mapping=np.tile(layer.mapping, (times, 1, 1, 1))) for layer in atlas.layers)
    long = replace(atlas, clip=clip, layers=layers, mattes=np.tile(atlas.mattes, (times, 1, 1, 1)))

    chosen = window_frames(long, "foreground")
    assert len(chosen) == MOST_WINDOWS
    assert (chosen[0], chosen[-1]) == (0, FRAMES * times - 1)
    assert max(np.diff(chosen)) <= 5


def test_a_clip_without_the_atlas_s_frames_is_refused(tmp_path: Path) -> None:
    atlas = write_clip(tmp_path)
    (tmp_path / "shot.1005.png").unlink()

    with pytest.raises(UserError, match="no frame 1005"):
        _windows(atlas, "foreground")
