import dataclasses
import json
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import UserError
from engine.jobs import (
    JOBS,
    LARGEST_SEED,
    LARGEST_SIZE,
    SMALLEST_SIZE,
    AtlasFit,
    AtlasImport,
    AtlasQuality,
    ClipDelivery,
    Content,
    Delivery,
    Device,
    FlowName,
    HandoffName,
    ImageEdit,
    Job,
    LayerEdit,
    LayerImport,
    ModelCheck,
    ModelImport,
    ModelPull,
    Quality,
    StillDelivery,
    Subject,
    SubjectMatte,
    Target,
    job_from_json,
)
from engine.media.formats import FORMATS
from engine.media.writers.slate import AlphaMode

words = st.text(min_size=1).filter(str.strip)
paths = words.filter(lambda path: "\0" not in path)
guides = st.just("starter") | words.map(lambda name: f"openclip:{name}")
devices = st.sampled_from(get_args(Device))
word_edits = {
    "prompt": words.filter(lambda text: text.replace(";", " ").strip()),
    "layer": st.text(),
    "source": st.text(),
    "avoid": st.text(),
    "spare": st.text(),
    "subject": st.text(),
    "guide": guides,
    "quality": st.sampled_from(get_args(Quality)),
    "steps": st.none() | st.integers(1, 100_000),
    "size": st.none() | st.integers(SMALLEST_SIZE, LARGEST_SIZE),
    "seed": st.integers(0, LARGEST_SEED),
    "device": devices,
    "options": st.dictionaries(
        st.text(), st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    )
    .map(dict.items)
    .map(tuple),
}
edits = st.builds(
    ImageEdit, picture=paths, mask=st.just("") | paths, target=st.sampled_from(get_args(Target)), **word_edits
)
layer_edits = st.builds(LayerEdit, atlas=paths, atlas_layer=words, **word_edits)
numbers = st.integers(-5, 2000)
subjects = st.builds(Subject, text=words, masks=st.text(), keys=st.lists(st.tuples(numbers, paths)).map(tuple))
atlas_fits = st.builds(
    AtlasFit,
    clip=paths,
    out=paths,
    first=st.none() | st.integers(-5, 100),
    last=st.none() | st.integers(100, 2000),
    subjects=st.lists(subjects, max_size=3).map(tuple),
    quality=st.sampled_from(get_args(AtlasQuality)),
    width=st.none() | st.integers(64, 4096),
    light=st.booleans(),
    flow=st.sampled_from(get_args(FlowName)),
    guide=guides,
    seed=st.integers(0, LARGEST_SEED),
    device=devices,
)
atlas_imports = st.builds(
    AtlasImport,
    checkpoint=paths,
    clip=paths,
    out=paths,
    first=st.none() | st.integers(-5, 100),
    last=st.none() | st.integers(100, 2000),
    device=devices,
)
mattes = st.builds(SubjectMatte, picture=paths, subject=words, guide=guides, device=devices)


formats = st.sampled_from(sorted(FORMATS))


def _deliveries(kind: type[Delivery], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Delivery]:
    """Return deliveries, leaving out what cannot go together."""
    settings = st.fixed_dictionaries(
        {
            "project": paths,
            "folder": paths,
            "what": st.sampled_from(get_args(Content)),
            "layer": st.text(),
            "format": formats,
            "name": paths,
            "version": st.integers(1, 9999),
            "alpha": st.sampled_from(["", *get_args(AlphaMode)]),
            "bake_opacity": st.booleans(),
            "passes": st.booleans(),
            "handoffs": st.lists(st.sampled_from(get_args(HandoffName)), max_size=2).map(tuple),
            **more,
        }
    )

    def made(values: dict[str, Any]) -> Delivery | None:
        try:
            return kind(**values)
        except UserError:
            return None

    return settings.map(made).filter(lambda job: job is not None)


frames = st.none() | st.integers(0, 2000)
deliveries = _deliveries(StillDelivery) | _deliveries(
    ClipDelivery, first=frames, last=frames, start=frames, sound=st.booleans()
)
model_names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._+-]{0,40}[A-Za-z0-9])?([/:][A-Za-z0-9]{1,40})?", fullmatch=True)
pulls = st.builds(ModelPull, name=model_names)
imports = st.builds(ModelImport, path=paths, name=st.just("") | model_names)
checks = st.builds(ModelCheck, guide=guides, device=devices)

jobs = edits | layer_edits | atlas_fits | atlas_imports | mattes | deliveries | pulls | imports | checks

EDIT = ImageEdit(picture="horse.png", prompt="golden")
MATTE = SubjectMatte(picture="horse.png", subject="horse")
STILL = StillDelivery(project="a.patina", folder="out", what="layer", layer="1")
FRAMES = ClipDelivery(project="a.patina", folder="out", format="prores4444")
PULL = ModelPull("ViT-B-32")
IMPORT = ModelImport("weights.safetensors", "ViT-B-32")
CHECK = ModelCheck("openclip:ViT-B-32")


@settings(deadline=None)
@given(jobs)
def test_jobs_go_to_json_and_back_unchanged(job: Job) -> None:
    again = job_from_json(json.loads(json.dumps(job.to_json())))
    assert again == job
    assert type(again) is type(job)
    assert again.digest() == job.digest()


@settings(deadline=None)
@given(jobs, jobs)
def test_equal_digests_mean_equal_jobs(one: Job, other: Job) -> None:
    assert (one.digest() == other.digest()) == (one == other)


@settings(deadline=None)
@given(jobs, st.data())
def test_any_changed_setting_changes_the_digest(job: Job, data: st.DataObject) -> None:
    texts = [f.name for f in dataclasses.fields(job) if f.type is str and f.name != "guide"]
    assume(texts)
    field = data.draw(st.sampled_from(texts))
    value = getattr(job, field)
    suffix = "x" if field != "out" else ""
    changed = dataclasses.replace(job, **{field: f"x{value}{suffix}"})
    assert changed.digest() != job.digest()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(jobs, st.data())
def test_damaged_json_is_refused_or_read_never_a_crash(job: Job, data: st.DataObject) -> None:
    values = job.to_json()
    name = data.draw(st.sampled_from(sorted(values)))
    values[name] = data.draw(json_values)
    try:
        again = job_from_json(values)
    except UserError:
        return
    wanted = tuple(values[name]) if isinstance(values[name], list) else values[name]
    assert getattr(again, name) == wanted
    assert type(getattr(again, name)) is type(wanted), "a number that only equals another stays out"


@settings(deadline=None)
@given(json_values)
def test_what_is_no_job_is_refused(values: object) -> None:
    with pytest.raises(UserError):
        job_from_json(values)


def test_every_kind_is_known_once() -> None:
    assert len({job.kind for job in JOBS}) == len(JOBS)
    for job in (EDIT, MATTE, STILL, FRAMES, PULL, IMPORT, CHECK):
        assert type(job_from_json(job.to_json())) is type(job)


def test_a_missing_or_unknown_setting_is_refused() -> None:
    values = EDIT.to_json()
    with pytest.raises(UserError, match=r"'glow'.*newer"):
        job_from_json({**values, "glow": 3})
    del values["prompt"]
    with pytest.raises(UserError, match="incomplete"):
        job_from_json(values)


@pytest.mark.parametrize(
    ("job", "settings", "message"),
    [
        (EDIT, {"picture": " "}, "No picture was named; open one first."),
        (EDIT, {"picture": "a\0b"}, "character that no file name may hold"),
        (EDIT, {"prompt": "\t"}, "The prompt is empty"),
        (EDIT, {"prompt": 3}, "'prompt' must be a text"),
        (EDIT, {"mask": " "}, "No mask was named"),
        (EDIT, {"target": "middle"}, "choose one of foreground, background"),
        (EDIT, {"quality": ["draft"]}, "choose one of draft, standard, best"),
        (EDIT, {"device": "tpu"}, "choose one of auto, cpu, cuda"),
        (EDIT, {"guide": "clip"}, "choose starter or openclip:NAME"),
        (EDIT, {"guide": "starter "}, "choose starter or openclip:NAME"),
        (EDIT, {"guide": "openclip:"}, "choose starter or openclip:NAME"),
        (EDIT, {"guide": "openclip: "}, "choose starter or openclip:NAME"),
        (EDIT, {"steps": 0}, "steps must be a whole number from 1 to 100000"),
        (EDIT, {"steps": 2.0}, "whole number"),
        (EDIT, {"steps": True}, "whole number"),
        (EDIT, {"size": 63}, "size must be a whole number from 64 to 2048"),
        (EDIT, {"seed": -1}, "seed must be a whole number"),
        (EDIT, {"seed": 2**63}, "seed must be a whole number"),
        (MATTE, {"subject": ""}, "The subject is empty"),
        (MATTE, {"picture": ""}, "No picture was named"),
        (MATTE, {"guide": "blip"}, "choose starter or openclip:NAME"),
        (STILL, {"project": ""}, "No project was named; save it first."),
        (STILL, {"folder": ""}, "choose where the files should go"),
        (STILL, {"name": " "}, "No file name was named"),
        (STILL, {"what": "everything"}, "choose one of composite, layer"),
        (STILL, {"layer": ""}, "No layer was named for the layer"),
        (STILL, {"format": "gif"}, "choose one of png, png8, tiff"),
        (STILL, {"format": "vp9"}, "VP9 with alpha is for clips"),
        (STILL, {"what": "texture"}, "which are for clips"),
        (STILL, {"alpha": "none"}, "choose one of , straight, premultiplied"),
        (STILL, {"passes": True}, "Only OpenEXR files"),
        (STILL, {"version": 0}, "version must be a whole number from 1"),
        (STILL, {"handoffs": ("maya",)}, "choose one of after_effects, nuke"),
        (STILL, {"handoffs": {}}, "hand-off scripts are damaged"),
        (FRAMES, {"project": " "}, "No project was named; save it first."),
        (FRAMES, {"what": "layer", "layer": "1", "format": "h264"}, "H.264 cannot hold alpha, which a layer needs"),
        (FRAMES, {"what": "uv"}, "need the precision of OpenEXR float"),
        (FRAMES, {"handoffs": ("nuke",)}, "Hand-off scripts build a composition of layers"),
        (FRAMES, {"first": -1}, "first frame must be a whole number from 0"),
        (FRAMES, {"first": 5, "last": 4}, "swap the two"),
        (FRAMES, {"start": 1.5}, "start number must be a whole number"),
        (PULL, {"name": ""}, "cannot be the name of a model"),
        (PULL, {"name": "../x"}, "cannot be the name of a model"),
        (PULL, {"name": 3}, "'name' must be a text"),
        (IMPORT, {"path": " "}, "choose a file of weights"),
        (IMPORT, {"path": "a\0"}, "character that no file name may hold"),
        (IMPORT, {"name": "a b"}, "cannot be the name of a model"),
        (CHECK, {"guide": "clip"}, "choose starter or openclip:NAME"),
        (CHECK, {"device": "tpu"}, "choose one of auto, cpu, cuda"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(job: Job, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        dataclasses.replace(job, **settings)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_only_short_jobs_are_done_between_the_steps_of_others() -> None:
    assert [job for job in JOBS if job.interactive] == [
        SubjectMatte,
        LayerImport,
        StillDelivery,
        ModelImport,
        ModelCheck,
    ]
