"""Where an export is meant for, and the settings that suit it. Free of Qt."""

from dataclasses import replace

from desktop.export.choices import ExportSettings
from desktop.export.words import ALPHA_WORDS, CONTENT_WORDS, HANDOFF_WORDS
from engine.delivery.presets import DESTINATIONS
from engine.jobs.deliveries import RGBA_CONTENTS
from engine.media.formats import FORMATS

CUSTOM = "custom"


def destination_choices(of_clip: bool) -> list[tuple[str, str, str]]:
    """Return the names, texts and tips of all destinations."""
    known = [(each.name, each.label, summary(usual_settings(each.name, of_clip))) for each in DESTINATIONS.values()]
    return [*known, (CUSTOM, "Custom", "Settings of your own, remembered apart")]


def usual_settings(destination: str, of_clip: bool) -> ExportSettings:
    """Return a destination's own settings."""
    known = DESTINATIONS.get(destination)
    return ExportSettings() if known is None else replace(ExportSettings(), **known.settings(of_clip))


def summary(settings: ExportSettings) -> str:
    """Return settings in a line."""
    format_ = FORMATS[settings.format]
    parts = [CONTENT_WORDS[settings.what], format_.label]
    if settings.what in RGBA_CONTENTS and format_.alpha is not None:
        parts.append(ALPHA_WORDS[settings.alpha or format_.alpha].lower())
    if settings.passes:
        parts.append("passes")
    parts += [f"script for {HANDOFF_WORDS[each]}" for each in settings.handoffs]
    return " · ".join(parts)
