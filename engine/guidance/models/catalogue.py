"""The models that are worth having: what each costs, its licence, and where it comes from. Loads no torch."""

import difflib
from dataclasses import dataclass
from typing import Literal

Speed = Literal["fast", "medium", "slow"]

WEIGHTS_FILE = "open_clip_model.safetensors"
CONFIG_FILE = "open_clip_config.json"


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository of the hub, at ``revision`` (a commit, or a branch such as main).

    ``bytes`` and ``sha256`` (64 hex digits) are None and empty where only the hub's own answer states them.
    """

    name: str
    repository: str
    revision: str = "main"
    bytes: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Entry:
    """A model that can be pulled.

    ``source`` is the address of its page; ``bytes`` what is downloaded, ``memory_mb`` the most that a process needs
    that sees eight views and follows their gradients; ``speed`` the class of that: fast up to 1.5 times ViT-B-32's
    seconds, medium up to 6 times, else slow. ``architecture`` and ``tag`` are open_clip's names for the
    network and its training; both are empty for a model that brings its own configuration among its ``files``.
    """

    name: str
    title: str
    licence: str
    source: str
    files: tuple[RemoteFile, ...]
    bytes: int
    memory_mb: int
    speed: Speed
    recommended: bool = False
    architecture: str = ""
    tag: str = ""

    @property
    def repository(self) -> str:
        """The hub's name of the repository."""
        return self.files[0].repository


# OpenAI's own repository states MIT for CLIP; some of the hub's pages state Apache-2.0 for their copies.
_OPENAI_LICENCE = "MIT"
_APPLE_LICENCE = "Apple Machine Learning Research Model License (apple-amlr): non-commercial research only"


def page(repository: str) -> str:
    """Return the address of a repository's page."""
    return f"https://huggingface.co/{repository}"


def entries() -> tuple[Entry, ...]:
    """Return the catalogue, the recommended model first."""
    return _ENTRIES


def entry(name: str) -> Entry | None:
    """Return the entry called ``name``, None where there is none."""
    return next((entry for entry in _ENTRIES if entry.name == name), None)


def entry_of(repository: str) -> Entry | None:
    """Return the entry whose files lie in ``repository``, None where there is none."""
    return next((entry for entry in _ENTRIES if entry.repository == repository), None)


def entry_with(sha256: str) -> Entry | None:
    """Return the entry of which a file has this checksum, None where it is not known."""
    return next((entry for entry in _ENTRIES if any(file.sha256 == sha256 for file in entry.files)), None)


def nearest_name(name: str) -> str:
    """Return the catalogue's name nearest to a misspelt one, empty where none is near."""
    names = {entry.name.lower(): entry.name for entry in _ENTRIES}
    near = difflib.get_close_matches(name.lower().replace("/", "-"), names, n=1, cutoff=0.75)
    return names[near[0]] if near else ""


def _entry(
    name: str,
    title: str,
    licence: str,
    weights: RemoteFile,
    download: int,
    memory_mb: int,
    speed: Speed,
    built: tuple[str, str],
    recommended: bool = False,
) -> Entry:
    source = page(weights.repository)
    return Entry(name, title, licence, source, (weights,), download, memory_mb, speed, recommended, *built)


def _weights(repository: str, revision: str = "main", bytes_: int | None = None, sha256: str = "") -> RemoteFile:
    return RemoteFile(WEIGHTS_FILE, repository, revision, bytes_, sha256)


# Checksums are those of the hub's large-file storage for the commit named; a file without one, or without its size,
# is held against what the hub states when it is pulled. Those sizes are the tensors' alone.
_ENTRIES = (
    _entry(
        "ViT-B-32",
        "CLIP ViT-B/32 (OpenAI), the guide of the Text2LIVE paper",
        _OPENAI_LICENCE,
        _weights(
            "timm/vit_base_patch32_clip_224.openai",
            "a6f597a30f7b82c51704746581f9a4e41421e878",
            605_143_284,
            "e6d1bd7789aa45192b3bf90570a789b478bae1b74ebcce7eddd908e83a2b7c31",
        ),
        605_143_284,
        1_700,
        "fast",
        ("ViT-B-32-quickgelu", "openai"),
        recommended=True,
    ),
    _entry(
        "ViT-B-16",
        "CLIP ViT-B/16 (OpenAI): finer patches, more detail",
        _OPENAI_LICENCE,
        _weights(
            "timm/vit_base_patch16_clip_224.openai",
            "977e3dd0ec55ab8da155f2fbeb6b5f54948b6e3d",
            None,
            "4b8699299b1e8997753c64b052ba32031449d5d853f55a039148560ee02b820f",
        ),
        598_482_948,
        2_600,
        "medium",
        ("ViT-B-16-quickgelu", "openai"),
    ),
    _entry(
        "ViT-L-14",
        "CLIP ViT-L/14 (OpenAI): knows most, needs a graphics card",
        _OPENAI_LICENCE,
        _weights(
            "timm/vit_large_patch14_clip_224.openai",
            "18d0535469bb561bf468d76c1d73aa35156c922b",
            1_710_517_724,
            "9ce2e8a8ebfff3793d7d375ad6d3c35cb9aebf3de7ace0fc7308accab7cd207e",
        ),
        1_710_517_724,
        6_400,
        "slow",
        ("ViT-L-14-quickgelu", "openai"),
    ),
    _entry(
        "RN50",
        "CLIP ResNet-50 (OpenAI): a convolutional network",
        _OPENAI_LICENCE,
        _weights(
            "timm/resnet50_clip.openai",
            "ec3d92cf63a5f9d591f0d611b736895966c73076",
            408_291_932,
            "da0baa37fb2211eee5729ab69ed587eb10d48f5b7076ceeed01552fc3d4cb4ee",
        ),
        408_291_932,
        2_100,
        "medium",
        ("RN50-quickgelu", "openai"),
    ),
    _entry(
        "MobileCLIP2-S0",
        "MobileCLIP2 S0 (Apple): the smallest",
        _APPLE_LICENCE,
        _weights(
            "timm/MobileCLIP2-S0-OpenCLIP",
            "095906d28bf54d7584dc411e8ffe448f34289e05",
            None,
            "ab91a1a0c4330d6b1913e24d5035dfdea15423316aaec649610c6b1c6ddd0e95",
        ),
        299_543_956,
        2_500,
        "medium",
        ("MobileCLIP2-S0", "dfndr2b"),
    ),
    _entry(
        "MobileCLIP2-S2",
        "MobileCLIP2 S2 (Apple): small, and knows more than S0",
        _APPLE_LICENCE,
        _weights("timm/MobileCLIP2-S2-OpenCLIP"),
        397_473_060,
        4_300,
        "slow",
        ("MobileCLIP2-S2", "dfndr2b"),
    ),
    _entry(
        "ViT-B-32-laion2B",
        "OpenCLIP ViT-B/32, trained on LAION-2B",
        "MIT",
        _weights(
            "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
            "1a25a446712ba5ee05982a381eed697ef9b435cf",
            605_143_316,
            "ac4f8c4b88af6d963118cbf40ad93176d092abbedfcb752601ae1866352656e6",
        ),
        605_143_316,
        1_700,
        "fast",
        ("ViT-B-32", "laion2b_s34b_b79k"),
    ),
    _entry(
        "ViT-B-16-DataComp",
        "OpenCLIP ViT-B/16, trained on DataComp-XL: knows more than OpenAI's",
        "MIT",
        _weights("laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K"),
        598_482_948,
        2_600,
        "medium",
        ("ViT-B-16", "datacomp_xl_s13b_b90k"),
    ),
)
