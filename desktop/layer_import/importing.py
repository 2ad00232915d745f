"""Importing a layer: choosing the file, asking what it does not tell, and taking the finished layer in."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.file_commands import CLIPS_ONLY
from desktop.layer_import.questions import ask_for_alpha, ask_for_atlas_layer, ask_for_series, ask_for_start
from desktop.pixels import LayerPixels, read_layer
from desktop.services import Services
from desktop.session_files import StoredLayer
from engine.events import Done, Ending
from engine.jobs import LayerImport
from engine.media.clips import is_clip
from engine.media.series import series_of
from engine.media.writers.slate import AlphaMode
from engine.project import EditLayer, new_id
from engine.results import ImportResult
from engine.runner import JobRecord

if TYPE_CHECKING:
    from engine.layer_import.incoming import Incoming

PURPOSE = "import"


class LayerImports(QObject):
    """What File > Import Layer does, and a file dropped on the layer panel."""

    said = Signal(str)
    failed = Signal(object)  # a UserError

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._document, self._window = services, services.document, window
        self._jobs: dict[str, LayerImport] = {}
        services.bridge.record_changed.connect(self._note_record)
        services.bridge.ended.connect(self._end)

    def choose(self) -> None:
        """Let the user choose a picture, one still of a sequence, or a movie."""
        settings = self._services.settings
        dialog = QFileDialog(self._window, "Import a Layer", str(settings.folder(PURPOSE)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([CLIPS_ONLY, "All files (*)"])
        dialog.fileSelected.connect(lambda name: settings.keep_folder(PURPOSE, Path(name).parent))
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.open()

    def take(self, path: Path) -> None:
        """Import a file; of a still in a numbered series, over a clip, ask whether all of it is meant."""
        if self._document.clip is None or is_clip(path):
            self._look(path)
            return

        def found(series: Path | None) -> None:
            if series is None:
                self._look(path)
            else:
                ask_for_series(self._window, path, series, self._look)

        self._services.background.run(partial(series_of, path), found, self.failed.emit)

    def _look(self, path: Path) -> None:
        """Look into the file, once the session's folder holds the project as it is now."""
        if not self._document.is_open:
            return
        job = LayerImport(str(self._document.folder), str(path.absolute()), new_id())

        def look() -> None:
            self._services.background.run(partial(_inspected, job), partial(self._settle, job), self.failed.emit)

        self.said.emit(f"Looking into {path.name}…")
        self._document.when_written(look)

    def _settle(self, job: LayerImport, incoming: "Incoming") -> None:
        """Ask one thing after the other that the file leaves open, then let the engine import it."""
        if not self._is_ours(job):
            return
        window, path, info = self._window, Path(job.source), incoming.info
        if incoming.alpha is None:

            def with_alpha(alpha: AlphaMode) -> None:
                self._settle(replace(job, alpha=alpha), replace(incoming, alpha=alpha))

            ask_for_alpha(window, path, with_alpha)
        elif incoming.first is None and not info.is_still:

            def with_start(start: int) -> None:
                self._settle(replace(job, start=start), replace(incoming, first=start))

            ask_for_start(window, path, info.frames, self._starts(info.frames), with_start)
        elif len(incoming.atlas_layers) > 1:

            def with_layer(name: str) -> None:
                self._settle(replace(job, atlas_layer=name), replace(incoming, atlas_layers=(name,)))

            ask_for_atlas_layer(window, path, incoming.atlas_layers, with_layer)
        else:
            self._services.edits.submit(replace(job, alpha=incoming.alpha))  # it need not be found out again

    def _starts(self, frames: int) -> list[int]:
        """Return the numbers at which so many frames may begin: the playhead's, and the clip's first one."""
        playhead = self._document.playhead
        latest = playhead.numbers[-1] - frames + 1
        return sorted({min(playhead.number, latest), playhead.numbers[0]}, reverse=True)

    def _note_record(self, record: JobRecord) -> None:
        if isinstance(record.job, LayerImport) and not record.state.ended:
            self._jobs[record.id] = record.job

    def _end(self, job_id: str, ending: Ending) -> None:
        job = self._jobs.pop(job_id, None)
        if job is None or not isinstance(ending, Done) or not isinstance(ending.result, ImportResult):
            return  # how it failed is told with all other jobs
        if self._is_ours(job):
            layer = ending.result.layer
            read = partial(read_layer, layer, self._document.folder)
            self._services.background.run(read, partial(self._add, job, layer), self.failed.emit)

    def _add(self, job: LayerImport, layer: EditLayer, pixels: LayerPixels) -> None:
        if self._is_ours(job):
            self._document.add_layer(StoredLayer(layer, pixels))
            self.said.emit(f"The layer “{layer.name}” is ready; its colour was taken for {job.alpha}.")

    def _is_ours(self, job: LayerImport) -> bool:
        """Return whether the project that asked for the import is still open."""
        return self._document.is_open and Path(job.project) == self._document.folder


def _inspected(job: LayerImport) -> "Incoming":
    # Imported on the file thread, at the first import: its libraries take a while to load.
    from engine.layer_import.incoming import inspect

    return inspect(job)
