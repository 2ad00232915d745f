"""What delivered files say of how they were made."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine.jobs import WordEdit
from engine.project import EditLayer

SOURCE = Path(__file__).resolve().parents[2] / "pyproject.toml"


@cache
def patina_version() -> str:
    """Return Patina's version, also where it runs from its source; "unknown" where neither tells."""
    try:
        return version("patina")
    except PackageNotFoundError:
        pass
    try:
        return str(tomllib.loads(SOURCE.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError):
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
