"""What the export dialog remembers between two exports."""

from pathlib import Path
from typing import TypeVar, get_args

from PySide6.QtCore import QSettings

from desktop.export.plan import DEFAULT_NAME, ExportChoices
from engine.jobs import AlphaMode, BitDepth, ClipFormat, Content, StillFormat

GROUP = "export"
T = TypeVar("T")


def load_choices(folder: Path, layer: str, of_clip: bool = False) -> ExportChoices:
    """Return the choices of the last export of a picture, or of a clip, for ``layer``; ``folder`` where its is gone."""
    store = _store()
    formats = get_args(ClipFormat) if of_clip else get_args(StillFormat)
    kept = Path(str(store.value("folder", "")))
    return ExportChoices(
        what=_one_of(store.value("what"), get_args(Content)),
        layer=layer,
        format=_one_of(store.value(_format_name(of_clip)), formats),
        bits=_one_of(store.value("bits"), get_args(BitDepth)[::-1]),
        alpha=_one_of(store.value("alpha"), get_args(AlphaMode)),
        folder=kept if kept.is_absolute() and kept.is_dir() else folder,
        name=str(store.value("name", "")) or DEFAULT_NAME,
    )


def keep_choices(choices: ExportChoices, of_clip: bool = False) -> None:
    """Remember ``choices`` of a picture or a clip, all but the layer."""
    store = _store()
    for name in ("what", "bits", "alpha", "name"):
        store.setValue(name, getattr(choices, name))
    store.setValue(_format_name(of_clip), choices.format)
    store.setValue("folder", str(choices.folder))


def _format_name(of_clip: bool) -> str:
    return "clip_format" if of_clip else "format"


def _store() -> QSettings:
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "patina", "patina")
    store.beginGroup(GROUP)
    return store


def _one_of(value: object, known: tuple[T, ...]) -> T:
    """Return the ``known`` value that reads like ``value``, the first where none does: a file may hold anything."""
    return next((each for each in known if str(each) == str(value)), known[0])
