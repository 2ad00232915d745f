"""The atlas of the open project, read in the background when the project comes to have it."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from desktop.document import Document
from engine.atlas.atlas import Atlas
from engine.atlas.atlas_folder import load_atlas
from engine.project import Project


class PresentAtlas(QObject):
    """Follows the document; at most one atlas is held."""

    changed = Signal(object)  # an Atlas, None for none
    failed = Signal(object)  # a UserError

    def __init__(self, document: Document, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._background = background
        self._folder: Path | None = None
        self._atlas: Atlas | None = None
        document.project_changed.connect(self._follow)

    @property
    def atlas(self) -> Atlas | None:
        """The atlas, None where there is none or it is still being read."""
        return self._atlas

    @property
    def index(self) -> int | None:
        """The place in the atlas of the frame under the playhead, None where it was not fitted to that frame."""
        number = self._document.playhead.number
        if self._atlas is None or number not in self._atlas.clip.numbers:
            return None
        return self._atlas.clip.numbers.index(number)

    def _follow(self, project: Project) -> None:
        folder = self._document.folder / project.atlas if project.atlas else None
        if folder == self._folder:
            return
        self._folder = folder
        self._take(folder, None)
        if folder is not None:
            self._background.run(lambda: load_atlas(folder), lambda atlas: self._take(folder, atlas), self.failed.emit)

    def _take(self, folder: Path | None, atlas: Atlas | None) -> None:
        if folder == self._folder and atlas is not self._atlas:
            self._atlas = atlas
            self.changed.emit(atlas)
