import pytest

from desktop.jobs.words import duration_text, progress_text, settings, title
from engine.events import Progress
from engine.jobs import (
    AtlasFit,
    AtlasImport,
    ClipDelivery,
    ImageEdit,
    Job,
    LayerEdit,
    LayerImport,
    StillDelivery,
    Subject,
    SubjectMatte,
)

EDIT = ImageEdit(picture="/pictures/horse.jpg", prompt="zebra", subject="horse", target="background", steps=50, seed=3)
MATTE = SubjectMatte("/pictures/horse.jpg", "horse")
EXPORT = StillDelivery("/projects/a.patina", "/out", "greenscreen", layer="1", format="tiff", name="horse")
SEVERAL = ClipDelivery(
    "/projects/a.patina",
    "/out",
    "layers",
    format="exr",
    name="swan_{layer}_v002",
    passes=True,
    handoffs=("nuke", "otio"),
    first=1001,
    last=1050,
    start=1,
)
FIT = AtlasFit(
    clip="/clips/swan.mov",
    out="/projects/a/atlases/b",
    first=1001,
    last=1050,
    subjects=(Subject(text="black swan"), Subject(keys=((1003, "/m.png"),))),
    light=False,
)
IMPORT = AtlasImport(
    clip="/clips/swan.mov", out="/projects/a/atlases/b", checkpoint="/nla/checkpoint", first=1, last=70
)
LAYER_IMPORT = LayerImport("/projects/a", "/out/gold.mov", "abc", alpha="straight", start=1003)
LAYER_EDIT = LayerEdit(atlas="/projects/a/atlases/b", atlas_layer="foreground", prompt="flamingo")


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (EDIT, "zebra"),
        (MATTE, "Matte of “horse”"),
        (EXPORT, "Export horse.tif"),
        (SEVERAL, "Export swan_*_v002.exr"),
        (ClipDelivery("/p", "/out", format="h264", name="swan.MOV"), "Export swan.MOV"),
        (FIT, "Atlas of swan.mov"),
        (IMPORT, "Published atlas of swan.mov"),
        (LAYER_EDIT, "flamingo"),
        (LAYER_IMPORT, "Import gold.mov"),
    ],
)
def test_a_job_has_a_title(job: Job, words: str) -> None:
    assert title(job) == words


def test_settings_are_those_that_were_chosen() -> None:
    assert dict(settings(EDIT)) == {
        "Picture": "horse.jpg",
        "Subject": "horse",
        "Edit": "all but the subject",
        "Quality": "standard",
        "Steps": "50",
        "Seed": "3",
        "Guide": "starter",
    }
    method = ImageEdit(
        picture="a.png", prompt="zebra", avoid="tiger", spare="tail", options=(("sparsity_l1", 0.5), ("structure", 30))
    )
    shown = dict(settings(method))
    assert (shown["Avoid"], shown["Spare"], shown["Sparsity l1"], shown["Structure"]) == ("tiger", "tail", "0.5", "30")
    assert dict(settings(MATTE)) == {"Picture": "horse.jpg", "Guide": "starter"}
    assert dict(settings(EXPORT)) == {"Folder": "/out", "Content": "Green screen", "Format": "TIFF 16"}
    assert dict(settings(SEVERAL)) == {
        "Folder": "/out",
        "Content": "All layers",
        "Format": "OpenEXR half",
        "Alpha": "premultiplied",
        "Opacity": "left to the scripts",
        "Passes": "foreground, background, matte",
        "Frames": "1001 to 1050",
        "First file": "1",
        "Scripts": "Nuke, OpenTimelineIO",
    }


def test_the_settings_of_clip_jobs() -> None:
    assert list(settings(FIT)) == [
        ("Clip", "swan.mov"),
        ("Frames", "1001 to 1050"),
        ("Object", "black swan"),
        ("Object", "a mask at frame 1003"),
        ("Quality", "standard"),
        ("Light", "constant"),
        ("Flow", "DIS"),
        ("Guide", "starter"),
    ]
    assert list(settings(IMPORT)) == [
        ("Clip", "swan.mov"),
        ("Frames", "1 to 70"),
        ("Checkpoint", "/nla/checkpoint"),
    ]
    assert dict(settings(LAYER_IMPORT)) == {"File": "/out/gold.mov", "Alpha": "straight", "Begins at": "1003"}
    assert dict(settings(LAYER_EDIT)) == {
        "Atlas layer": "foreground",
        "Quality": "standard",
        "Seed": "0",
        "Guide": "starter",
    }


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (41.6, "42 s"),
        (59.7, "1 min"),
        (61, "1 min 1 s"),
        (140, "2 min 20 s"),
        (601, "10 min"),
        (3599, "1 h 0 min"),
        (3600 * 2 + 61, "2 h 1 min"),
    ],
)
def test_times_are_as_precise_as_one_wants(seconds: float, words: str) -> None:
    assert duration_text(seconds) == words


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress("training", 3, 10, 5.0, 12.0), "Training · step 3 of 10 · 12 s left"),
        (Progress("training", 1, 10, 5.0), "Training · step 1 of 10"),
        (Progress("training", 10, 10, 5.0, 0.0), "Training · step 10 of 10"),
        (Progress("matte", 0, 1, 5.0), "Finding the subject…"),
        (Progress("polishing", 0, 1, 5.0), "Polishing…"),
    ],
)
def test_progress_says_what_remains_where_it_is_known(progress: Progress, words: str) -> None:
    assert progress_text(progress) == words
