"""The model hub: its addresses, its cache on this machine, and open_clip's list of what lies there."""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit

from engine.errors import UserError
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE, RemoteFile

HUB = "https://huggingface.co"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
CACHE_PREFIX = "models--"
# What the hub's repositories call the weights, the best first; the second is a pickle.
WEIGHTS_NAMES = (WEIGHTS_FILE, "open_clip_pytorch_model.bin")


def hub_address() -> str:
    """Return the hub's address: what HF_ENDPOINT names (a mirror in a closed network), else the public one.

    Raises UserError for an address that is neither https nor on this machine.
    """
    address = (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
    require_safe(address)
    return address


def require_safe(address: str) -> None:
    """Raise UserError for an ``address`` at which others could swap what is fetched: only https, or this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        raise UserError(f"{address} is no https address, so what comes from there cannot be trusted; name another one.")


def address_of(file: RemoteFile, hub: str) -> str:
    """Return the address of ``file``."""
    return f"{hub}/{quote(file.repository)}/resolve/{quote(file.revision, safe='')}/{quote(file.name)}"


def hub_cache() -> Path:
    """Return the folder in which the hub's own client keeps what it fetched."""
    if named := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(named).expanduser()
    if home := os.environ.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huggingface" / "hub"


def cached_folder(repository: str, cache: Path) -> Path:
    """Return where ``cache`` keeps ``repository``."""
    return cache / (CACHE_PREFIX + repository.replace("/", "--"))


def repository_of(folder: Path) -> str:
    """Return the repository that a folder of the cache keeps, empty where it keeps none."""
    if not folder.name.startswith(CACHE_PREFIX):
        return ""
    return folder.name.removeprefix(CACHE_PREFIX).replace("--", "/", 1)


def snapshot(folder: Path) -> Path | None:
    """Return the newest whole snapshot (one with weights) in a ``folder`` of the cache, None where there is none.

    The client gives a file its name in a snapshot only when it is whole.
    """
    main = folder / "refs" / "main"
    named = [folder / "snapshots" / main.read_text(encoding="utf-8").strip()] if main.is_file() else []
    others = sorted((folder / "snapshots").glob("*"), key=lambda path: path.stat().st_mtime, reverse=True)
    return next((path for path in (*named, *others) if weights_in(path)), None)


def weights_in(folder: Path) -> Path | None:
    """Return the file of weights in a model's ``folder``, None where there is none."""
    named = (folder / name for name in WEIGHTS_NAMES)
    others = (path for suffix in ("safetensors", "bin", "pt", "pth") for path in sorted(folder.glob(f"*.{suffix}")))
    return next((path for path in (*named, *others) if path.is_file()), None)


def is_model_folder(folder: Path) -> bool:
    """Say whether open_clip can read ``folder`` as it is."""
    return (folder / CONFIG_FILE).is_file() and (folder / WEIGHTS_FILE).is_file()
