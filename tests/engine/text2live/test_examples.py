import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text2live.examples import Example, random_example, training_size
from engine.text2live.generator import STRIDE


@given(width=st.integers(16, 8000), height=st.integers(16, 8000), short=st.integers(64, 512))
def test_training_sizes_fit_the_generator(width, height, short):
    across, down = training_size(width, height, short)

    assert across % STRIDE == down % STRIDE == 0
    assert min(across, down) >= 2 * STRIDE
    assert abs(min(across, down) - max(short, 2 * STRIDE)) <= STRIDE / 2


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_what_belongs_to_the_picture_is_cropped_with_it(seed):
    ramp = torch.linspace(0, 1, 256)[None, None, None].expand(1, 3, 192, 256)
    whole = Example(ramp, ramp[:, :1], ramp)

    example = random_example(whole, torch.Generator().manual_seed(seed))

    assert example.size[0] % STRIDE == example.size[1] % STRIDE == 0
    assert torch.equal(example.source[:, :1], example.region)
    assert torch.equal(example.source, example.wanted)
    shown = example.source.max() - example.source.min()
    assert shown >= 0.83  # at least 85 % of the width, less the resampling's rim
