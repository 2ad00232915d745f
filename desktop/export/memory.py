"""What the export dialog remembers between two exports, of stills and of clips apart."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from desktop.export.choices import ExportSettings, settings_from_json

GROUP = "export"


class ExportMemory:
    """The last destination and folder, the last settings for each destination, and the user's own presets.

    Whatever a damaged file holds gives way to the usual.
    """

    def __init__(self, of_clip: bool) -> None:
        self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "patina", "patina")
        self._store.beginGroup(f"{GROUP}/{'clip' if of_clip else 'still'}")

    def destination(self) -> str:
        """Return the name of the last destination, empty for none."""
        return str(self._store.value("destination", ""))

    def folder(self) -> Path | None:
        """Return the last folder, which an export in the queue may still have to make; None where its place is gone."""
        folder = Path(str(self._store.value("folder", "")))
        is_there = folder.is_absolute() and (folder.is_dir() or folder.parent.is_dir())
        return folder if is_there else None

    def settings(self, destination: str, usual: ExportSettings) -> ExportSettings:
        """Return the last settings for ``destination``, the ``usual`` ones where there are none."""
        return settings_from_json(self._read(f"settings/{destination}"), usual)

    def keep(self, destination: str, settings: ExportSettings, folder: Path) -> None:
        """Remember an export."""
        self._store.setValue("destination", destination)
        self._store.setValue("folder", str(folder))
        self._store.setValue(f"settings/{destination}", json.dumps(settings.to_json()))

    def presets(self) -> dict[str, ExportSettings]:
        """Return the user's own presets by name, in alphabetical order."""
        kept = self._presets()
        return {name: settings_from_json(kept[name], ExportSettings()) for name in sorted(kept, key=str.casefold)}

    def keep_preset(self, name: str, settings: ExportSettings) -> None:
        """Add a preset, or give that of this name other settings."""
        self._store.setValue("presets", json.dumps(self._presets() | {name: settings.to_json()}))

    def delete_preset(self, name: str) -> None:
        """Forget a preset."""
        self._store.setValue("presets", json.dumps({key: v for key, v in self._presets().items() if key != name}))

    def _presets(self) -> dict[str, Any]:
        kept = self._read("presets")
        return kept if isinstance(kept, dict) else {}

    def _read(self, key: str) -> object:
        try:
            return json.loads(str(self._store.value(key, "")))
        except ValueError:
            return None
