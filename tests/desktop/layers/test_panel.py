from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.layers.list import switch_rects
from desktop.layers.panel import LayerPanel
from desktop.pixels import with_thumbnail
from desktop.session_files import StoredLayer
from engine.compositing import BlendMode
from engine.jobs import ImageEdit
from engine.project import EditLayer


def add(document: Document, name: str, **settings: object) -> str:
    rgba = np.full((64, 96, 4), 0.5, np.float32)
    layer = EditLayer(name, name, f"layers/{name}.png", **settings)
    document.add_layer(StoredLayer(layer, with_thumbnail(rgba)))
    return name


@pytest.fixture
def panel(qtbot: QtBot, open_document: Document) -> LayerPanel:
    for name in ("low", "middle", "top"):
        add(open_document, name)
    panel = LayerPanel(open_document)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    return panel


def names(document: Document) -> list[str]:
    return [layer.name for layer in document.project.layers]


def shown_names(panel: LayerPanel) -> list[str]:
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def click_switch(qtbot: QtBot, panel: LayerPanel, row: int, name: str) -> None:
    place = switch_rects(panel.view.visualRect(panel.model.index(row)))[name].center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_layers_are_listed_top_first_and_the_newest_is_current(panel: LayerPanel) -> None:
    assert shown_names(panel) == ["top", "middle", "low"]
    assert panel.view.currentIndex().row() == 0


@pytest.mark.parametrize("name", ["visible", "solo", "locked"])
def test_a_click_on_a_switch_flips_it_and_undo_flips_it_back(
    qtbot: QtBot, panel: LayerPanel, open_document: Document, name: str
) -> None:
    before = getattr(open_document.project.layer("middle"), name)
    click_switch(qtbot, panel, 1, name)
    assert getattr(open_document.project.layer("middle"), name) is not before
    assert getattr(open_document.project.layer("top"), name) is before
    open_document.undo_stack.undo()
    assert getattr(open_document.project.layer("middle"), name) is before


def test_a_click_on_a_row_makes_its_layer_current_and_shows_its_values(
    qtbot: QtBot, panel: LayerPanel, open_document: Document
) -> None:
    low = replace(open_document.project.layer("low"), opacity=0.3, blend=BlendMode.SCREEN)
    open_document.apply("Change", open_document.project.replace_layer(low))
    place = panel.view.visualRect(panel.model.index(2)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert open_document.current_layer == "low"
    assert (panel.opacity.value(), panel.opacity_field.value()) == (30, 30)
    assert panel.blend.currentText() == BlendMode.SCREEN.label


def test_dragging_the_slider_is_one_step_and_changes_the_project_at_every_move(
    qtbot: QtBot, panel: LayerPanel, open_document: Document
) -> None:
    steps = open_document.undo_stack.count()
    heard: list[float] = []
    open_document.project_changed.connect(lambda project: heard.append(project.layer("top").opacity))
    panel.opacity.setSliderDown(True)
    for value in (80, 60, 40):
        panel.opacity.setSliderPosition(value)
    panel.opacity.setSliderDown(False)
    panel.opacity.setSliderDown(True)
    panel.opacity.setSliderPosition(20)
    panel.opacity.setSliderDown(False)

    assert heard == [0.8, 0.6, 0.4, 0.2]
    assert open_document.undo_stack.count() == steps + 2
    open_document.undo_stack.undo()
    assert open_document.project.layer("top").opacity == 0.4
    assert panel.opacity_field.value() == 40


def test_typed_opacity_and_chosen_blend_mode_reach_the_layer(
    qtbot: QtBot, panel: LayerPanel, open_document: Document
) -> None:
    panel.opacity_field.selectAll()
    qtbot.keyClicks(panel.opacity_field, "55")
    assert open_document.project.layer("top").opacity == 0.55
    panel.blend.setCurrentIndex(panel.blend.findData(BlendMode.MULTIPLY.value))
    panel.blend.activated.emit(panel.blend.currentIndex())
    assert open_document.project.layer("top").blend is BlendMode.MULTIPLY


def test_a_name_is_edited_in_place(qtbot: QtBot, panel: LayerPanel, open_document: Document) -> None:
    open_document.set_current_layer("middle")
    panel.rename_current()
    field = panel.view.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "lead")
    qtbot.keyClick(field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: names(open_document) == ["low", "lead", "top"])
    assert shown_names(panel) == ["top", "lead", "low"]
    assert open_document.undo_stack.undoText() == "Rename Layer"


def test_a_name_being_typed_survives_a_new_layer(qtbot: QtBot, panel: LayerPanel, open_document: Document) -> None:
    open_document.set_current_layer("middle")
    panel.rename_current()
    field = panel.view.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "lead")
    rgba = np.zeros((64, 96, 4), np.float32)
    layer = EditLayer("new", "new", "layers/new.png")
    open_document.pixels.add(layer.picture, with_thumbnail(rgba))
    open_document.apply("Add Layer", open_document.project.add_layer(layer))
    qtbot.keyClick(field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: names(open_document) == ["low", "lead", "top", "new"])


@pytest.mark.parametrize(
    ("source", "gap", "expected"),
    [
        (0, 3, ["top", "low", "middle"]),  # the topmost row dropped below all
        (2, 0, ["middle", "top", "low"]),
        (0, 2, ["low", "top", "middle"]),
        (1, 1, ["low", "middle", "top"]),  # dropped where it was
        (1, 2, ["low", "middle", "top"]),
    ],
)
def test_a_dropped_row_moves_its_layer(
    panel: LayerPanel, open_document: Document, source: int, gap: int, expected: list[str]
) -> None:
    steps = open_document.undo_stack.count()
    data = panel.model.mimeData([panel.model.index(source)])
    panel.model.dropMimeData(data, Qt.DropAction.MoveAction, gap, 0, QModelIndex())

    assert names(open_document) == expected
    assert shown_names(panel) == expected[::-1]
    assert open_document.undo_stack.count() == steps + (expected != ["low", "middle", "top"])


def test_a_locked_layer_keeps_its_values(qtbot: QtBot, panel: LayerPanel, open_document: Document) -> None:
    panel.commands.switch("top", "locked")
    before = open_document.project
    panel.commands.set_opacity("top", 0.1, "")
    panel.commands.set_blend("top", BlendMode.SCREEN)
    panel.commands.rename("top", "other")
    panel.commands.delete("top")
    panel.commands.shift("top", -1)
    panel.rename_current()

    assert open_document.project == before
    assert not panel.opacity.isEnabled()
    assert panel.view.findChild(QLineEdit) is None
    assert not panel.model.flags(panel.model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_copy_lies_above_its_original_and_shares_its_pixels(panel: LayerPanel, open_document: Document) -> None:
    panel.commands.duplicate("middle")
    assert names(open_document) == ["low", "middle", "middle copy", "top"]
    assert open_document.current().name == "middle copy"
    assert open_document.layer_pixels(open_document.current_layer) is open_document.layer_pixels("middle")


def test_deleting_all_layers_shows_the_hint(panel: LayerPanel, open_document: Document) -> None:
    for name in ("top", "middle", "low"):
        panel.commands.delete(name)
    assert not panel.view.isVisible()
    assert not panel.opacity.isEnabled()
    open_document.undo_stack.undo()
    assert panel.view.isVisible()


def test_reuse_hands_out_the_job_that_made_the_layer(qtbot: QtBot, panel: LayerPanel, open_document: Document) -> None:
    job = ImageEdit(picture="a.png", prompt="golden", subject="horse", seed=7)
    add(open_document, "made", job=job)
    with qtbot.waitSignal(panel.reuse_requested) as asked:
        panel.reuse_current()
    assert asked.args == [job]
    open_document.set_current_layer("low")
    with qtbot.assertNotEmitted(panel.reuse_requested):
        panel.reuse_current()


def test_thumbnails_show_the_layer_over_a_checkerboard(panel: LayerPanel) -> None:
    image = panel.model.index(0).data(Qt.ItemDataRole.DecorationRole)
    assert (image.width(), image.height()) == (96, 64)
    # Half-transparent gray lets the two grays of the board through.
    assert image.pixelColor(2, 2) != image.pixelColor(10, 2)
