from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.export.dialog import ExportDialog
from desktop.export.plan import ExportSource
from desktop.export.preset_menu import NameDialog
from engine.jobs import ClipDelivery, Delivery, StillDelivery
from engine.project import Footage

LEFT = Qt.MouseButton.LeftButton
Opener = Callable[..., ExportDialog]


@pytest.fixture
def clip(still: ExportSource) -> ExportSource:
    """Return the two layers over a clip that is never read, without an atlas."""
    footage = Footage(Path("/clips/shot.%04d.png"), 48, 32, 24, Fraction(24), 1001)
    return replace(still, project=replace(still.project, footage=footage, work_in=1003, work_out=1010))


def click(button: QAbstractButton) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def go_to(dialog: ExportDialog, destination: str) -> None:
    click(dialog.destinations.row.button(destination))


def sent(qtbot: QtBot, dialog: ExportDialog) -> Delivery:
    with qtbot.waitSignal(dialog.export_requested) as requested:
        click(dialog.export_button)
    job = requested.args[0]
    assert isinstance(job, Delivery)
    return job


def question(qtbot: QtBot, dialog: ExportDialog) -> QMessageBox:
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)))
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    return box


def answer(box: QMessageBox, text: str) -> None:
    click(next(button for button in box.buttons() if button.text() == text))


def test_at_first_it_exports_all_layers_beside_the_picture(
    qtbot: QtBot, opened: Opener, still: ExportSource, tmp_path: Path
) -> None:
    dialog = opened()
    assert dialog.destinations.value == "after-effects"
    assert dialog.summary.files.text() == "horse_layer_a_v001.png, horse_layer_b_v001.png"
    assert sent(qtbot, dialog) == StillDelivery(
        str(still.folder), str(tmp_path), "layers", name="horse_{layer}_v001", handoffs=("after_effects",)
    )
    assert not dialog.isVisible()


def test_a_destination_fills_in_all_below(qtbot: QtBot, opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    go_to(dialog, "nuke")
    assert dialog.format.format.value == "exr"
    job = sent(qtbot, dialog)
    assert (job.what, job.format, job.alpha_mode, job.passes, job.handoffs) == (
        "layers",
        "exr",
        "premultiplied",
        True,
        ("nuke",),
    )


def test_every_choice_is_in_the_job(qtbot: QtBot, opened: Opener, still: ExportSource, tmp_path: Path) -> None:
    dialog = opened()
    go_to(dialog, "custom")
    dialog.content.what.choose("layer")
    dialog.content.layer.setCurrentText("layer b")
    dialog.format.format.choose("tiff")
    click(dialog.format.alpha.button("premultiplied"))
    dialog.fold.click()
    click(dialog.handoff.baked.button(False))
    dialog.place.name.clear()
    QTest.keyClicks(dialog.place.name, "my ")
    click(next(chip for chip in dialog.place.chips if chip.text() == "{layer}"))

    assert sent(qtbot, dialog) == StillDelivery(
        str(still.folder),
        str(tmp_path),
        "layer",
        layer="b",
        format="tiff",
        name="my layer_b.tif",
        alpha="premultiplied",
        bake_opacity=False,
    )


def test_every_choice_of_a_clip_is_in_the_job(qtbot: QtBot, opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    go_to(dialog, "blender")
    dialog.clip.extent.choose("own")
    dialog.clip.first.setValue(1002)
    dialog.clip.last.setValue(1020)
    dialog.fold.click()
    dialog.clip.numbering.choose(True)
    assert dialog.clip.start.value() == 1001
    job = sent(qtbot, dialog)
    assert isinstance(job, ClipDelivery)
    assert (job.first, job.last, job.start) == (1002, 1020, 1001)


def test_the_work_area_shows_its_numbers(opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    assert (dialog.clip.first.value(), dialog.clip.last.value()) == (1003, 1010)
    assert not dialog.clip.first.isEnabled()
    assert dialog.clip.count.text() == "8 frames"
    dialog.clip.extent.choose("whole")
    assert dialog.choices().settings.whole
    assert dialog.clip.count.text() == "24 frames"


def test_only_what_matters_can_be_chosen(opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    dialog.fold.click()
    assert dialog.format.alpha.isEnabled()
    assert not dialog.clip.numbering.isEnabled()  # a movie has no numbers
    go_to(dialog, "review")
    assert not dialog.format.alpha.isEnabled()
    assert not dialog.clip.sound.isEnabled()  # the source is silent
    assert not dialog.handoff.boxes["nuke"].isEnabled()
    dialog.format.format.choose("exr")
    assert dialog.format.passes.isEnabled()
    assert dialog.clip.numbering.isEnabled()


def test_the_sound_can_be_left_out(qtbot: QtBot, opened: Opener, clip: ExportSource) -> None:
    dialog = opened(replace(clip, has_sound=True))
    go_to(dialog, "review")
    dialog.fold.click()
    click(dialog.clip.sound)
    job = sent(qtbot, dialog)
    assert isinstance(job, ClipDelivery)
    assert not job.sound


def test_a_script_takes_the_opacity_over(opened: Opener) -> None:
    dialog = opened()
    dialog.fold.click()
    assert not dialog.handoff.baked.isVisible()
    assert "script" in dialog.handoff.opacity_hint.text()
    click(dialog.handoff.boxes["after_effects"])
    assert dialog.handoff.baked.isVisible()


def test_only_what_the_project_has_is_offered(qtbot: QtBot, opened: Opener, still: ExportSource) -> None:
    assert opened().content.what.values() == ("layer", "layers", "composite", "greenscreen", "alpha")
    bare = replace(still, project=replace(still.project, layers=()))
    dialog = opened(bare, "")
    assert dialog.content.what.values() == ("composite",)
    assert not dialog.destinations.reset_button.isVisible()
    assert sent(qtbot, dialog).what == "composite"
    matte = replace(still.project.layers[0], matte="mattes/a.png")
    assert opened(replace(still, project=replace(still.project, layers=(matte,)))).content.what.values()[-1] == "matte"


def test_atlases_bring_their_own_contents(opened: Opener, clip: ExportSource) -> None:
    project = replace(clip.project, atlas="atlases/one")
    dialog = opened(replace(clip, project=project))
    assert dialog.content.what.values()[-3:] == ("matte", "texture", "uv")
    dialog.content.what.choose("uv")
    assert dialog.format.format.value == "exr32"


def test_what_was_changed_by_hand_is_marked_and_can_be_reset(opened: Opener) -> None:
    dialog = opened()
    button = dialog.destinations.row.button("after-effects")
    assert button.text() == "After Effects"
    dialog.format.format.choose("tiff")
    assert button.text() == "• After Effects"
    assert "TIFF 16 · straight · script for After Effects · changed" in dialog.destinations.hint.text()
    click(dialog.destinations.reset_button)
    assert button.text() == "After Effects"
    assert dialog.format.format.value == "png"


def test_settings_are_remembered_for_each_destination(qtbot: QtBot, opened: Opener, tmp_path: Path) -> None:
    dialog = opened()
    go_to(dialog, "nuke")
    dialog.place.folder.setText(str(tmp_path / "exports"))
    dialog.place.name.setText("{layer}")
    dialog.format.format.choose("exr32")
    sent(qtbot, dialog)

    again = opened()
    assert again.destinations.value == "nuke"
    assert again.choices().folder == tmp_path / "exports"
    assert (again.settings().format, again.settings().name) == ("exr32", "{layer}")
    assert again.destinations.row.button("nuke").text() == "• Nuke"
    go_to(again, "blender")
    assert again.settings().format == "exr"
    go_to(again, "nuke")
    assert again.settings().format == "exr32"


def test_stills_and_clips_are_remembered_apart(qtbot: QtBot, opened: Opener, clip: ExportSource) -> None:
    dialog = opened()
    go_to(dialog, "web")
    sent(qtbot, dialog)
    assert opened(clip).destinations.value == "after-effects"


def test_a_cancelled_export_is_not_remembered(opened: Opener) -> None:
    dialog = opened()
    go_to(dialog, "nuke")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert opened().destinations.value == "after-effects"


def test_damaged_settings_and_a_folder_that_is_gone_give_way_to_the_usual(opened: Opener, tmp_path: Path) -> None:
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "patina", "patina")
    for name, value in (
        ("destination", "nuke"),
        ("settings/nuke", "{broken"),
        ("presets", "[]"),
        ("folder", str(tmp_path / "gone" / "far")),
    ):
        store.setValue(f"export/still/{name}", value)
    dialog = opened()
    assert dialog.settings() == dialog.settings().__class__(
        what="layers", format="exr", passes=True, handoffs=("nuke",)
    )
    assert dialog.choices().folder == tmp_path


def test_presets_of_ones_own(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened()
    go_to(dialog, "blender")
    dialog.place.name.setText("{layer}_{date}")
    dialog.presets.ask_for_name()
    asked = dialog.findChild(NameDialog)
    assert not asked.save_button.isEnabled()
    QTest.keyClicks(asked.name, "  dailies & more ")
    QTest.keyClick(asked.name, Qt.Key.Key_Return)
    assert "“dailies & more”" in dialog.destinations.hint.text()

    again = opened()
    again.presets.fill()
    menu = again.presets.menu()
    assert next(action.text() for action in menu.actions()) == "dailies && more"
    menu.actions()[0].trigger()
    assert again.destinations.value == "custom"
    assert (again.settings().format, again.settings().name) == ("exr", "{layer}_{date}")
    assert "“dailies & more”" in again.destinations.hint.text()
    again.format.format.choose("exr32")
    assert "dailies" not in again.destinations.hint.text()

    delete = menu.actions()[-1].menu()
    delete.actions()[0].trigger()
    again.presets.fill()
    assert not menu.actions()[-1].isEnabled()


def test_the_version_follows_what_is_there_until_another_is_chosen(opened: Opener, tmp_path: Path) -> None:
    (tmp_path / "horse_layer_b_v004.png").touch()
    dialog = opened()
    assert (dialog.place.version.text(), dialog.place.version.value()) == ("v005", 5)
    dialog.place.version.setValue(4)
    assert not dialog.place.next_free.isChecked()
    assert "horse_layer_b_v004.png exists; you are asked" in dialog.summary.message.text()
    click(dialog.place.next_free)
    assert dialog.place.version.value() == 5
    dialog.place.name.setText("horse")
    assert not dialog.place.version.isEnabled()


def test_what_hinders_is_said_and_nothing_is_sent(qtbot: QtBot, opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    go_to(dialog, "web")
    dialog.format.format.choose("h264")
    assert "H.264 cannot hold alpha" in dialog.summary.message.text()
    dialog.format.format.choose("vp9")
    dialog.place.folder.setText("/nowhere/at/all")
    assert "/nowhere/at does not exist" in dialog.summary.message.text()
    assert not dialog.export_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.export_requested):
        dialog.export()
    assert dialog.isVisible()


@pytest.mark.parametrize("reply", ["Replace", "Cancel"])
def test_a_file_is_replaced_only_when_the_user_agrees(qtbot: QtBot, opened: Opener, tmp_path: Path, reply: str) -> None:
    (tmp_path / "old.png").touch()
    dialog = opened()
    dialog.content.what.choose("composite")
    dialog.place.name.setText("old")
    assert "old.png exists" in dialog.summary.message.text()
    jobs: list[Delivery] = []
    dialog.export_requested.connect(jobs.append)
    click(dialog.export_button)
    box = question(qtbot, dialog)
    assert not jobs
    answer(box, reply)
    qtbot.waitUntil(lambda: not box.isVisible())

    assert len(jobs) == (reply == "Replace")
    assert dialog.isVisible() == (reply == "Cancel")


def test_return_exports_from_a_field(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened()
    dialog.place.name.setFocus()
    with qtbot.waitSignal(dialog.export_requested):
        QTest.keyClick(dialog.place.name, Qt.Key.Key_Return)


def test_the_tab_key_goes_from_top_to_bottom(opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    dialog.fold.click()
    dialog.clip.extent.choose("own")
    dialog.content.what.choose("layer")
    wanted: list[QWidget] = [
        dialog.content.what,
        dialog.content.layer,
        dialog.format.format,
        dialog.clip.extent,
        dialog.clip.first,
        dialog.clip.last,
        dialog.handoff.boxes["after_effects"],
        dialog.fold,
        dialog.place.folder,
        dialog.place.name,
        dialog.place.version,
        dialog.export_button,
    ]
    visited: list[QWidget] = [dialog.content.what]
    dialog.content.what.setFocus()
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    places = [visited.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_every_field_has_a_name_for_screen_readers(opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    fields = [*dialog.handoff.boxes.values(), dialog.content.what, dialog.content.layer, dialog.format.format]
    fields += [dialog.clip.extent, dialog.clip.first, dialog.clip.last, dialog.clip.numbering]
    fields += [dialog.clip.start, dialog.place.folder, dialog.place.name, dialog.place.version]
    assert all(field.accessibleName() for field in fields)


def test_it_fits_a_small_window(opened: Opener, clip: ExportSource) -> None:
    dialog = opened(clip)
    dialog.fold.click()
    assert dialog.sizeHint().height() <= 680
    assert dialog.width() <= 800
