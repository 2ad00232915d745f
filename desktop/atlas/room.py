"""All that a clip's atlas is in the window: made together, joined here, and left alone by stills."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from desktop.actions import Actions
from desktop.atlas.actions import AtlasActions
from desktop.atlas.clip_jobs import ClipJobs
from desktop.atlas.dialogs import CHECKPOINTS, choose_file, choose_folder
from desktop.atlas.edit_preview import EditPreview
from desktop.atlas.fit_box import FitSettings
from desktop.atlas.hand_painting import HandPainting
from desktop.atlas.overlay_view import OverlayView
from desktop.atlas.panel import AtlasPanel
from desktop.atlas.pointing import Pointing
from desktop.atlas.present_atlas import PresentAtlas
from desktop.atlas.view import AtlasView
from desktop.matte.cutting import Cutting
from desktop.matte.subjects import Subjects
from desktop.prompt.panel import PromptPanel
from desktop.services import Services
from desktop.viewer import Brush, Painted, Viewer
from engine.atlas.atlas import Atlas, layer_names
from engine.compositing import Placed
from engine.errors import UserError
from engine.jobs import AtlasJob, LayerEdit
from engine.project import Footage, Project

MASK_TOOLS = ["brush", "eraser", "box", "refine_mask", "clear_matte"]


class AtlasRoom(QObject):
    """Owns the atlas panel, and the splitter with the viewer and the atlas view."""

    said = Signal(str)
    failed = Signal(object)  # a UserError

    def __init__(
        self,
        services: Services,
        subjects: Subjects,
        viewer: Viewer,
        prompt: PromptPanel,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._services, self._document, self._window = services, services.document, window
        self._viewer, self._prompt = viewer, prompt
        document, background = services.document, services.background
        self.subjects = subjects
        self.cutting = Cutting(document, subjects, background, self)
        self.present = PresentAtlas(document, background, self)
        self.view = AtlasView()
        self.panel = AtlasPanel(subjects, lambda: prompt.guide)
        self.painting = HandPainting(document, self.present, background, self)
        self.jobs = ClipJobs(document, subjects, services.edits, background, self)
        self.overlays = OverlayView(document, self.present, services.latest, viewer)
        self._pointing = Pointing(self.present, services.latest, viewer, self.view)
        self._preview = EditPreview(document, self.present, services.latest, viewer, self.view)
        self._strokes: list[object] = []  # on frames: seen in a layer that the frame does not show yet
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(viewer)
        self.splitter.addWidget(self.view)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([600, 400])
        self.view.hide()
        self._actions = AtlasActions(actions, self.overlays, self._slots())
        self._atlas_view_action = actions["atlas_view"]
        self.panel.subjects.add_tools([actions[name] for name in MASK_TOOLS])
        self._connect()

    def show_footage(self, footage: Footage | None) -> None:
        """Follow what is open; the prompt panel asks for edits of the clip's atlas layers from now on."""
        is_clip = footage is not None and footage.is_clip
        self._strokes.clear()
        if not is_clip:
            self.view.hide()
        self._show_what_can_be_done()
        self._show_layers()

    def hide_preview(self) -> None:
        """Show no preview until the next one comes."""
        self._preview.hide()
        self.panel.fit.show_preview(None)

    def _connect(self) -> None:
        document, viewer, view = self._document, self._viewer, self.view
        document.project_changed.connect(self._show_project)
        document.current_layer_changed.connect(self._show_current_layer)
        document.frame_shown.connect(lambda _number: self._drop_strokes())
        self.present.changed.connect(self._show_atlas)
        self.subjects.changed.connect(self._show_layers)
        self.subjects.mask_changed.connect(viewer.set_matte)
        viewer.box_drawn.connect(self.cutting.cut_box)
        viewer.colour_painted.connect(self._paint_on_frame)
        viewer.brush_changed.connect(self._hold_on_atlas)
        view.viewer.brush_changed.connect(self._hold_on_frame)
        view.viewer.colour_painted.connect(self._paint_on_atlas)
        view.layer_chosen.connect(self._show_chosen_layer)
        self.panel.fit_requested.connect(self._fit)
        self.panel.fit.import_requested.connect(self._take_over)
        self.panel.subjects.frame_asked.connect(document.playhead.go)
        self.panel.subjects.mask_asked.connect(self._load_mask)
        self.panel.subjects.folder_asked.connect(self._load_mask_folder)
        self._prompt.layer_edit_requested.connect(self._generate)
        self._services.edits.clip_preview_changed.connect(self._show_preview)
        for talker in (self.subjects, self.cutting, self.painting, self.jobs):
            talker.said.connect(self.said)
            talker.failed.connect(self.failed)
        self.present.failed.connect(self.failed)

    def _slots(self) -> dict[str, Callable[[], object]]:
        return {
            "refine_mask": self.cutting.refine,
            "load_mask": self._load_mask,
            "load_mask_folder": self._load_mask_folder,
            "fit_atlas": lambda: self._fit(self.panel.fit.settings),
            "import_atlas": self._take_over,
            "atlas_view": self._toggle_view,
            "paint_import_atlas": partial(self._import, "onto the Atlas", self.painting.import_on_atlas),
            "paint_import_frame": partial(self._import, "onto the Frame", self.painting.import_on_frame),
        }

    def _toggle_view(self) -> None:
        self.view.setVisible(self.view.isHidden())
        self._show_what_can_be_done()

    def _show_project(self, project: Project) -> None:
        self.panel.show_project(project)
        self._show_edits()

    def _show_atlas(self, atlas: Atlas | None) -> None:
        self.view.show_atlas(atlas)
        self.subjects.set_atlas(atlas)
        self.panel.show_atlas(atlas)
        self._show_what_can_be_done()
        self._show_layers()

    def _show_layers(self) -> None:
        """Offer the atlas layers that there are, or will be, where edits are asked for."""
        footage, atlas = self._document.project.footage, self.present.atlas
        if footage is None or not footage.is_clip:
            return
        foreseen = layer_names(max(len(self.subjects.all), 1))
        self._prompt.set_clip(footage.path, [layer.name for layer in atlas.layers] if atlas else foreseen)

    def _show_current_layer(self, _layer_id: str) -> None:
        layer = self._document.current()
        if layer is not None and layer.atlas_layer:
            self.view.choose(layer.atlas_layer)

    def _show_chosen_layer(self, name: str) -> None:
        self.overlays.set_layer(name)
        self._show_edits()

    def _show_edits(self) -> None:
        project, pixels, number = self._document.project, self._document.pixels, self._document.playhead.number
        if self.present.atlas is None:
            return
        seen = (
            layer
            for layer in project.layers_at(number)
            if layer.atlas_layer == self.view.layer and project.atlas_of(layer) == project.atlas
        )
        self.view.set_edits(
            [Placed(pixels.rgba(layer.picture), layer.opacity_at(number), layer.blend) for layer in seen]
        )

    def _show_preview(self, job: AtlasJob | LayerEdit, picture: np.ndarray | None) -> None:
        if isinstance(job, AtlasJob):
            self.panel.fit.show_preview(picture)
        else:
            self._preview.show(job, picture)

    def _show_what_can_be_done(self) -> None:
        self._actions.enable(self._document.clip is not None, self.present.atlas is not None)
        self._atlas_view_action.setChecked(not self.view.isHidden())

    def _hold_on_atlas(self, brush: Brush | None) -> None:
        self.view.viewer.set_brush(brush if brush is not None and brush.colour is not None else None)

    def _hold_on_frame(self, brush: Brush | None) -> None:
        if brush is not None:  # resized on the atlas
            self._viewer.set_brush(brush)

    def _paint_on_atlas(self, stroke: Painted, token: object) -> None:
        self.painting.stroke_on_atlas(stroke, self.view.layer, partial(self.view.viewer.drop_stroke, token))

    def _paint_on_frame(self, stroke: Painted, token: object) -> None:
        before = self._document.project

        def seen() -> None:
            # The stroke stays until the frame is made anew with it; where nothing came of it, it goes at once.
            self._strokes.append(token)
            if self._document.project is before:
                self._drop_strokes()

        # While the atlas is on show, it says on which of its layers the stroke lands.
        layer = self.painting.layer_under(stroke) if self.view.isHidden() else self.view.layer
        self.painting.stroke_on_frame(stroke, layer, seen)

    def _drop_strokes(self) -> None:
        for token in self._strokes:
            self._viewer.drop_stroke(token)
        self._strokes.clear()

    def _fit(self, settings: FitSettings) -> None:
        try:
            self.jobs.fit(settings, self._prompt.guide)
        except UserError as error:
            self.panel.fit.show_problem(str(error))
        else:
            self.panel.fit.show_problem("")

    def _take_over(self) -> None:
        def take(checkpoint: Path) -> None:
            self.jobs.take_over(checkpoint, self.panel.fit.settings)

        title = "Import a Published Atlas"
        choose_file(self._window, self._services.settings, title, "atlases", take, CHECKPOINTS)

    def _generate(self, edit: LayerEdit) -> None:
        try:
            self.jobs.generate(edit, self.panel.fit.settings)
        except UserError as error:
            self._prompt.show_problem(str(error))

    def _load_mask(self) -> None:
        settings = self._services.settings
        choose_file(self._window, settings, "Load a Mask", "masks", self.subjects.load_mask)

    def _load_mask_folder(self) -> None:
        settings = self._services.settings
        choose_folder(self._window, settings, "Load a Folder of Masks", "masks", self.subjects.load_folder)

    def _import(self, where: str, take: Callable[[Path, str], None]) -> None:
        settings, layer = self._services.settings, self.view.layer
        choose_file(self._window, settings, f"Import a Picture {where}", "paintings", lambda path: take(path, layer))
