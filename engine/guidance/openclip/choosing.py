"""Which kind of tower a model has."""

from open_clip.modified_resnet import ModifiedResNet
from open_clip.timm_model import TimmModel
from open_clip.transformer import VisionTransformer
from timm.layers.patch_embed import PatchEmbed
from timm.models.convnext import ConvNeXt
from timm.models.fastvit import FastVit
from timm.models.vision_transformer import VisionTransformer as TimmVisionTransformer
from torch import nn

from engine.guidance.openclip.convolution import ResNetTower, TimmConvolutionTower
from engine.guidance.openclip.fixed import FixedTower
from engine.guidance.openclip.towers import Tower
from engine.guidance.openclip.transformer import ClipTransformerTower, TimmTransformerTower


def tower_of(visual: nn.Module) -> Tower:
    """Return the tower that works with a model's ``visual`` part."""
    if isinstance(visual, VisionTransformer):
        return ClipTransformerTower(visual)
    if isinstance(visual, ModifiedResNet):
        return ResNetTower(visual)
    assert isinstance(visual, TimmModel), f"open_clip has no such tower: {type(visual)}"
    trunk = visual.trunk
    if isinstance(trunk, ConvNeXt | FastVit):
        return TimmConvolutionTower(visual)
    if isinstance(trunk, TimmVisionTransformer) and isinstance(trunk.patch_embed, PatchEmbed):
        return TimmTransformerTower(visual)
    return FixedTower(visual)
