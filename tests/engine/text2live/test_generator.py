import pytest
import torch

from engine.text2live.generator import STRIDE, Generator


@pytest.mark.parametrize("size", [(2 * STRIDE, 2 * STRIDE), (3 * STRIDE, 5 * STRIDE)])
def test_it_paints_colour_and_opacity_at_the_pictures_size(size):
    painted = Generator()(torch.rand(1, 3, *size))

    assert painted.shape == (1, 4, *size)
    assert painted.min() >= 0
    assert painted.max() <= 1


def test_every_weight_takes_part():
    generator = Generator()
    generator(torch.rand(1, 3, 128, 128)).square().mean().backward()

    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in generator.parameters())


def test_it_learns_one_picture():
    torch.manual_seed(0)
    generator, picture = Generator(), torch.rand(1, 3, 128, 128)
    wanted = torch.cat([picture, (picture[:, :1] > 0.5).float()], 1)
    optimizer = torch.optim.Adam(generator.parameters(), 5e-3)
    errors = []
    for _ in range(25):
        error = (generator(picture) - wanted).square().mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        errors.append(error.item())

    assert errors[-1] < 0.6 * errors[0]


def test_its_first_weights_come_from_the_seed_alone():
    def drawn(seed: int) -> list[torch.Tensor]:
        generator = Generator(widths=(8, 8))
        generator.draw_weights(torch.Generator().manual_seed(seed))
        return [weight.detach() for weight in generator.parameters()]

    assert all(torch.equal(one, other) for one, other in zip(drawn(1), drawn(1), strict=True))
    assert not torch.equal(drawn(1)[0], drawn(2)[0])
    assert drawn(1)[0].std().item() == pytest.approx((3 * 27) ** -0.5, rel=0.15)  # uniform, as torch draws it
