"""What delivered files say of how they were made."""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from engine.jobs import WordEdit
from engine.project import EditLayer


def patina_version() -> str:
    """Return Patina's version, "unknown" where it runs without being installed."""
    try:
        return version("patina")
    except PackageNotFoundError:
        return "unknown"


def texts_of(layers: Iterable[EditLayer]) -> Mapping[str, str]:
    """Return the prompt, the seed and the guide of the layers in a file, several parted by semicolons."""
    jobs = [layer.job for layer in layers if isinstance(layer.job, WordEdit)]
    told = {
        "prompt": [job.prompt for job in jobs],
        "seed": [str(job.seed) for job in jobs],
        "guide": [job.guide for job in jobs],
    }
    texts = {name: "; ".join(dict.fromkeys(values)) for name, values in told.items() if values}
    return {**texts, "version": f"Patina {patina_version()}"}
