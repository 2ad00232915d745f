"""The texts of an edit, as its guide reads them."""

from dataclasses import dataclass

from engine.guidance.guide import Guide, TextCode
from engine.guidance.templates import GREEN_SCREEN_TEMPLATES
from engine.jobs import WordEdit


@dataclass(frozen=True)
class Texts:
    """What the texts say: of the composite, of the layer alone, of the source, and of what is to be avoided."""

    target: TextCode
    layer: TextCode
    source: TextCode | None = None
    avoid: TextCode | None = None


def read_texts(job: WordEdit, guide: Guide) -> Texts:
    """Return the job's texts; raises UserError for words that the guide does not know."""

    def given(text: str) -> TextCode | None:
        return guide.read(text) if text.strip() else None

    layer = guide.read(job.layer if job.layer.strip() else job.prompt, GREEN_SCREEN_TEMPLATES)
    return Texts(guide.read(job.prompt), layer, given(job.source), given(job.avoid))
