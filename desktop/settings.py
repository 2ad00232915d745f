"""What the window remembers between two starts."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

MOST_RECENT = 10


class Settings:
    """A thin face over QSettings: one method a thing that is remembered."""

    def __init__(self, file: Path | None = None) -> None:
        """Keep the settings in ``file`` (INI), or in the user's own place where None."""
        if file is None:
            self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "patina", "patina")
        else:
            self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def geometry(self) -> QByteArray | None:
        """Return where the window stood, None at the first start."""
        return self._bytes("window/geometry")

    def docks(self) -> QByteArray | None:
        """Return how its docks lay, None at the first start."""
        return self._bytes("window/docks")

    def keep_window(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Remember where the window stands and how its docks lie."""
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/docks", docks)

    def recent(self) -> list[Path]:
        """Return the files opened or saved last, newest first."""
        value = self._store.value("files/recent", [])
        # QSettings gives a list of one back as a plain text.
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(text) for text in texts if text]

    def add_recent(self, path: Path) -> None:
        """Put ``path`` first among the recent files."""
        others = [each for each in self.recent() if each != path]
        self._store.setValue("files/recent", [str(each) for each in [path, *others][:MOST_RECENT]])

    def clear_recent(self) -> None:
        """Forget the recent files."""
        self._store.remove("files/recent")

    def folder(self, purpose: str) -> Path:
        """Return the folder last used for ``purpose`` ("open", "save", …), the user's pictures or home at first."""
        text = str(self._store.value(f"folders/{purpose}", ""))
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        # A file dialog would take a folder that is not there for the name of a file.
        return next((Path(each) for each in (text, pictures) if each and Path(each).is_dir()), Path.home())

    def keep_folder(self, purpose: str, folder: Path) -> None:
        """Remember ``folder`` for ``purpose``."""
        self._store.setValue(f"folders/{purpose}", str(folder))

    def save(self) -> None:
        """Write everything to disk now."""
        self._store.sync()

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else None


def data_folder() -> Path:
    """Return the folder for sessions, the queue and the log."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
