"""The window: the viewer in the middle, panels around it, and how they are joined."""

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from desktop.about import show_about
from desktop.actions import Actions
from desktop.atlas.room import AtlasRoom
from desktop.docks import Docks
from desktop.export.commands import ExportCommands
from desktop.file_commands import FileCommands, dropped_file, sample
from desktop.jobs.asking import ask_to_store_again
from desktop.jobs.panel import JobPanel
from desktop.layer_import.dropping import LayerDrop
from desktop.layer_import.importing import LayerImports
from desktop.layers.actions import LayerActions
from desktop.layers.panel import LayerPanel
from desktop.matte.brush_bar import BrushBar
from desktop.matte.commands import MatteCommands
from desktop.matte.subjects import Subjects
from desktop.menus import fill_menu_bar, tool_bar
from desktop.messages import show_error
from desktop.middle import Middle
from desktop.models.dialog import ModelsDialog
from desktop.playback.actions import PlaybackActions, SpaceTap
from desktop.playback.clip_view import ClipView
from desktop.playback.pixel_aspect import PixelAspect
from desktop.prompt.panel import PromptPanel
from desktop.recent import RecentFiles
from desktop.recovery import Recovery, RecoveryBar
from desktop.services import Services
from desktop.shortcuts import ShortcutsDialog
from desktop.status import StatusBar
from desktop.timeline.clip_timeline import ClipTimeline
from desktop.timeline.frame_rate import ask_for_rate
from desktop.timeline.timeline import Timeline
from desktop.view_actions import ViewActions
from desktop.viewer import Viewer
from desktop.welcome import WelcomePage
from engine.jobs import ImageEdit, LayerEdit
from engine.media.movie_file import is_movie
from engine.project import Footage, Project

FIRST_SIZE = (1440, 900)
NEEDS_PICTURE = ["save", "save_as", "import_layer", "export", "find_matte", "clear_matte"]
MATTE_TOOLS = ["brush", "eraser", "box", "refine_mask", "matte_overlay", "clear_matte"]


class MainWindow(QMainWindow):
    """Patina's one window."""

    def __init__(self, services: Services, folder: Path) -> None:
        """``folder`` is where Patina keeps its log."""
        super().__init__()
        self.services = services
        self.document = services.document
        self._folder = folder
        self._may_close = False
        self.actions_by_name = Actions(self, self.document.undo_stack)
        self.files = FileCommands(self.document, services.background, services.edits, services.settings, self)
        self.export = ExportCommands(services, self)
        self.subjects = Subjects(self.document, services.background, self)
        self.matte = MatteCommands(self.document, self.subjects, services.edits, services.background)
        self._make_widgets()
        self._lay_out()
        self._connect_document()
        self._connect_panels()
        self._connect_actions()
        self._restore()
        self._show_footage(None)
        self._show_sample()
        self._show_guides()

    def start(self, path: Path | None) -> None:
        """Open ``path``, and offer what earlier starts left."""
        if path is not None:
            self.files.open(path)
        self.recovery.look()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once the user agrees."""
        if not self._may_close:
            event.ignore()
            self.files.leaving.to_quit(self._close_now)
            return
        self.services.settings.keep_window(self.saveGeometry(), self.saveState())
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one picture, clip or project."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        if path := dropped_file(event.mimeData()):
            self.files.open(path)

    def _make_widgets(self) -> None:
        self.viewer = Viewer()
        self.welcome = WelcomePage()
        self.recovery_bar = RecoveryBar()
        self.recovery = Recovery(self.recovery_bar, self.services, self.files)
        self.prompt = PromptPanel()
        self.layers = LayerPanel(self.document)
        self.timeline = Timeline(self.document.playhead, self.services.player)
        self.jobs = JobPanel(self.services.bridge)
        self.models = ModelsDialog(self.services.models, self)
        self.status = StatusBar()
        self.brush_bar = BrushBar(self.viewer)
        self.view_actions = ViewActions(self.actions_by_name, self.viewer)
        frames, player = self.services.frames, self.services.player
        self.clip_view = ClipView(self.document, frames, player, self.viewer)
        self.clip_timeline = ClipTimeline(self.document, frames, self.timeline)
        places = [self.viewer, self.timeline]
        self.playback = PlaybackActions(
            self.actions_by_name, self.document.playhead, player, self.clip_timeline.commands, places
        )
        SpaceTap(self.viewer, player)
        PixelAspect(self.document, self.actions_by_name, self.viewer)
        self.atlas = AtlasRoom(self.services, self.subjects, self.viewer, self.prompt, self.actions_by_name, self)
        self.layer_actions = LayerActions(self.actions_by_name, self.document, self.layers)
        self.layer_imports = LayerImports(self.services, self)
        LayerDrop(self.layers, lambda: self.document.is_open, self.layer_imports.take)
        self.recent = RecentFiles(self.services.settings, self.files, self.welcome, self)

    def _lay_out(self) -> None:
        self._middle = Middle(self.recovery_bar, self.welcome, self.atlas.splitter)
        self.setCentralWidget(self._middle)
        self.resize(QSize(*FIRST_SIZE).boundedTo(self.screen().availableSize()))
        self.docks = Docks(self, self.prompt, self.atlas.panel, self.layers, self.timeline, self.jobs)
        actions = self.actions_by_name
        bar = tool_bar(actions)
        self._brush_options = bar.addWidget(self.brush_bar)
        self._brush_options.setVisible(False)
        self.addToolBar(bar)
        fill_menu_bar(self, actions, self.recent.menu, self.docks.actions())
        self.prompt.add_matte_tools([actions[name] for name in MATTE_TOOLS])
        self.setStatusBar(self.status)
        self.setAcceptDrops(True)

    def _connect_document(self) -> None:
        document, edits = self.document, self.services.edits
        document.footage_changed.connect(self._show_footage)
        document.project_changed.connect(self._show_project)
        document.current_layer_changed.connect(self._show_current_layer)
        document.matte_changed.connect(self._show_matte)
        document.title_changed.connect(self._show_title)
        document.saved.connect(lambda folder: self.status.say(f"Saved to {folder}"))
        edits.preview_changed.connect(self.viewer.set_preview)
        edits.matte_ready.connect(lambda: self.viewer.set_matte_overlay(True))
        edits.said.connect(self.status.say)
        edits.failed.connect(lambda error: show_error(self, str(error)))
        edits.not_stored.connect(partial(ask_to_store_again, self, edits.discard_result))
        self.services.frames.said.connect(self.status.say)
        self.services.player.paced.connect(self.status.show_pace)
        self.services.player.rested.connect(self.status.end_pace)
        self.services.frames.failed.connect(lambda error: show_error(self, str(error)))

    def _connect_panels(self) -> None:
        viewer, prompt = self.viewer, self.prompt
        viewer.zoom_changed.connect(self.status.show_zoom)
        viewer.pointed.connect(self.status.show_pixel)
        viewer.pointer_left.connect(self.status.clear_pixel)
        viewer.matte_edited.connect(self.matte.edit)
        viewer.brush_changed.connect(lambda brush: self._brush_options.setVisible(brush is not None))
        prompt.edit_requested.connect(self.services.edits.submit)
        prompt.matte_requested.connect(lambda subject: self.matte.find(subject, prompt.guide))
        prompt.models_requested.connect(self.models.present)
        self.services.models.changed.connect(self._show_guides)
        self.services.models.said.connect(self.status.say)
        self.layers.reuse_requested.connect(self._reuse_layer)
        self.jobs.reuse_requested.connect(self._reuse)
        self.jobs.live_preview_switched.connect(lambda on: None if on else self._hide_previews())
        self.atlas.said.connect(self.status.say)
        self.atlas.failed.connect(lambda error: show_error(self, str(error)))
        self.layer_imports.said.connect(self.status.say)
        self.layer_imports.failed.connect(lambda error: show_error(self, str(error)))
        self.timeline.layer_chosen.connect(self.document.set_current_layer)
        self.welcome.open_requested.connect(self.files.choose)
        self.welcome.sample_requested.connect(self.files.open_sample)

    def _connect_actions(self) -> None:
        files = self.files
        self.actions_by_name.connect(
            {
                "open": files.choose,
                "open_project": files.choose_project,
                "open_sample": files.open_sample,
                "save": files.save,
                "save_as": files.save_as,
                "import_layer": self.layer_imports.choose,
                "export": self.export.ask,
                "quit": self.close,
                "write_prompt": self._write_prompt,
                "models": self.models.present,
                "find_matte": self.prompt.find_matte,
                "clear_matte": self.matte.clear,
                "layer_matte": self.matte.take_from_layer,
                "full_screen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
                "reset_docks": self.docks.reset,
                "shortcuts": lambda: ShortcutsDialog(self.actions_by_name, self).open(),
                "open_log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))),
                "about": lambda: show_about(self),
                "frame_rate": self._ask_for_rate,
            }
        )

    def _show_footage(self, footage: Footage | None) -> None:
        is_open = footage is not None
        self._middle.show_open(is_open)
        self.viewer.set_source(self.document.source() if is_open else None)
        if self.document.clip is None:
            self.prompt.set_picture(footage.path if footage else None)
        self.atlas.show_footage(footage)
        self.status.show_footage(footage)
        self.view_actions.enable(is_open)
        self.actions_by_name.enable(NEEDS_PICTURE, is_open)
        self.playback.enable(footage is not None and footage.frames > 1)
        is_sequence = footage is not None and footage.is_clip and not is_movie(footage.path)
        self.actions_by_name["frame_rate"].setEnabled(is_sequence)
        self._show_current_layer(self.document.current_layer)

    def _show_project(self, project: Project) -> None:
        if self.document.clip is None:
            self.viewer.set_layers(self.document.pixels.placed(project))
        self.timeline.set_project(project)
        self._show_modified()
        self._show_current_layer(self.document.current_layer)

    def _show_current_layer(self, layer_id: str) -> None:
        self.timeline.set_current_layer(layer_id)
        self.layer_actions.show_what_can_be_done()

    def _ask_for_rate(self) -> None:
        footage = self.document.project.footage
        if footage is not None and footage.rate is not None:
            ask_for_rate(self, footage.rate, self.clip_timeline.commands.set_rate)

    def _show_title(self, title: str) -> None:
        self.setWindowTitle(f"{title}[*]")
        self._show_modified()

    def _show_matte(self, matte: np.ndarray | None) -> None:
        if self.document.clip is None:
            self.viewer.set_matte(matte)
        self._show_modified()

    def _show_modified(self) -> None:
        self.setWindowModified(self.document.modified)

    def _show_guides(self) -> None:
        self.prompt.show_guides(self.services.models.installed())

    def _show_sample(self) -> None:
        has_sample = sample() is not None
        self.welcome.show_sample(has_sample)
        self.actions_by_name["open_sample"].setVisible(has_sample)

    def _reuse(self, job: ImageEdit | LayerEdit) -> None:
        self.prompt.set_job(job)
        self.docks.prompt.raise_()
        self.status.say("The layer’s prompt and settings are in the prompt panel.")

    def _reuse_layer(self, job: ImageEdit | LayerEdit) -> None:
        self._reuse(job)
        if isinstance(job, ImageEdit) and job.mask:
            self.matte.take_from_layer()

    def _write_prompt(self) -> None:
        self.docks.prompt.show()
        self.prompt.focus_prompt()

    def _hide_previews(self) -> None:
        self.viewer.set_preview(None)
        self.atlas.hide_preview()

    def _restore(self) -> None:
        geometry, docks = self.services.settings.geometry(), self.services.settings.docks()
        if geometry is not None and docks is not None:
            self.restoreGeometry(geometry)
            self.restoreState(docks)

    def _close_now(self) -> None:
        self._may_close = True
        # Qt takes no second close from inside the first one's event.
        QTimer.singleShot(0, self.close)
