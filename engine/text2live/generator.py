"""The generator: a U-Net that paints an edit layer over the picture it is given."""

import math

import torch
from torch import nn
from torch.nn import functional as F

# The paper's channels, scale by scale, and fewer where pictures are large.
PAPER_WIDTHS = (128,) * 7
NARROW_WIDTHS = (24, 48, 64, 96, 96, 96)
SKIP_WIDTH = 4
STRIDE = 2 ** len(NARROW_WIDTHS)
SLOPE = 0.2
# The axes of an opponent colour space, light, red-blue and green-magenta, and how far natural pictures vary along
# each (Ruderman, Cronin and Chiao, "Statistics of cone responses to natural images", 1998).
OPPONENT_AXES = ((1.0, 1.0, 1.0), (1.0, 0.0, -1.0), (1.0, -2.0, 1.0))
OPPONENT_GAINS = (1.5, 0.6, 0.22)


def opponent_axes() -> torch.Tensor:
    """Return the (3, 3) opponent axes, one a row, of unit length."""
    return F.normalize(torch.tensor(OPPONENT_AXES), dim=1)


class Generator(nn.Module):
    """The generator of Text2LIVE (section 3.1 and appendix A.2), with ``widths`` channels from fine to coarse.

    Narrow skips, strided convolutions down, bilinear up, reflection padding, colour in a decorrelated space.
    Its normalisation takes the statistics of the one picture at hand, as batch norm does on a batch of one.
    """

    def __init__(self, widths: tuple[int, ...] = NARROW_WIDTHS) -> None:
        super().__init__()
        above = (3, *widths[:-1])
        self.down = nn.ModuleList(
            nn.Sequential(_convolution(given, width, stride=2), _convolution(width, width))
            for given, width in zip(above, widths, strict=True)
        )
        self.skip = nn.ModuleList(_pointwise(given, SKIP_WIDTH) for given in above)
        painted = (widths[0], *widths[:-1])
        self.up = nn.ModuleList(
            nn.Sequential(_convolution(width + SKIP_WIDTH, paint), _pointwise(paint, paint))
            for width, paint in zip(widths, painted, strict=True)
        )
        self.head = nn.Conv2d(widths[0], 4, 1)
        self.register_buffer("colours", opponent_axes() * torch.tensor(OPPONENT_GAINS)[:, None])

    def draw_weights(self, draws: torch.Generator) -> None:
        """Draw all weights anew, as torch draws them, but by ``draws`` alone: other threads draw, too."""
        for module in self.modules():
            if not isinstance(module, nn.Conv2d):
                continue
            nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=draws)
            if module.bias is not None:
                reach = 1 / math.sqrt(module.weight[0].numel())
                nn.init.uniform_(module.bias, -reach, reach, generator=draws)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Return (1, 4, H, W) colour and opacity in 0..1 for a picture (1, 3, H, W); sides of 64 and more."""
        skipped, features = [], picture
        for down, skip in zip(self.down, self.skip, strict=True):
            skipped.append(skip(features))
            features = down(features)
        for up, beside in zip(reversed(self.up), reversed(skipped), strict=True):
            features = F.interpolate(features, size=beside.shape[-2:], mode="bilinear")
            features = up(torch.cat([beside, features], 1))
        painted = self.head(features)
        colour = torch.einsum("kc,bkhw->bchw", self.colours, painted[:, :3])
        return torch.sigmoid(torch.cat([colour, painted[:, 3:]], 1))


def _convolution(given: int, width: int, stride: int = 1) -> nn.Module:
    convolution = nn.Conv2d(given, width, 3, stride, 1, padding_mode="reflect", bias=False)
    return nn.Sequential(convolution, _normalisation(width), nn.LeakyReLU(SLOPE))


def _pointwise(given: int, width: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(given, width, 1), _normalisation(width), nn.LeakyReLU(SLOPE))


def _normalisation(width: int) -> nn.Module:
    return nn.BatchNorm2d(width, track_running_stats=False)
