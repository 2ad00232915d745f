"""The atlases of the open project, read when first asked for, by any thread."""

from pathlib import Path
from threading import Lock

from engine.atlas.atlas import Atlas
from engine.atlas.atlas_folder import load_atlas


class AtlasStore:
    """Atlases by their names in a project's folder, such as atlases/ID; they never change once written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, Atlas] = {}
        self._lock = Lock()

    def __call__(self, name: str) -> Atlas:
        """Return an atlas; raises UserError where it is missing or damaged."""
        with self._lock:
            if name not in self._known:
                self._known[name] = load_atlas(self.folder / name)
            return self._known[name]
