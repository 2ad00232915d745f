"""The part of the prompt panel that most edits leave alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import SystemRandom

from PySide6.QtCore import QRegularExpression, QSignalBlocker, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.prompt.fold import FoldButton
from desktop.prompt.guide import GuideBox
from desktop.prompt.method import MethodSection
from desktop.prompt.options import CalmBox
from desktop.prompt.suggestions import STARTER, doubt_prompt, doubt_subject, prompt_suggester, subject_suggester
from desktop.prompt.word_field import WordField
from engine.jobs import LARGEST_SIZE, SMALLEST_SIZE, ImageEdit, LayerEdit, Options
from engine.text2live.settings import Settings

LARGEST_DICE = 999_999
SEVERAL = "Several texts are parted by semicolons"
TARGETS = {"foreground": "The subject", "background": "All but the subject"}


@dataclass(frozen=True)
class SettingsValues:
    """What the fields hold; ``steps`` and ``size`` are None where the quality's own are taken.

    ``target`` is the side of the matte that is edited, of a clip the name of the atlas layer.
    """

    layer: str
    source: str
    avoid: str
    spare: str
    guide: str
    target: str
    steps: int | None
    size: int | None
    seed: int
    options: Options


class PromptSettings(QWidget):
    """A section that folds: further texts, guide, target, steps, size, seed, and the options of the method."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        """Take ``settings`` as what the quality and the guide bring at first."""
        super().__init__(parent)
        self.layer = self._prompt_field("the edit alone", "The edit alone, where it differs from the prompt")
        self.source = self._prompt_field(
            "the picture as it is", "What the picture shows now; it steers the edit away from that"
        )
        self.avoid = self._prompt_field("what not to show", "What the picture should not come to show")
        self.spare = WordField(
            lambda: subject_suggester(self.guide_name), lambda text: doubt_subject(text, self.guide_name)
        )
        self.spare.line.setPlaceholderText("what to leave alone")
        self.spare.line.setToolTip(f"What in the picture is not to be edited. {SEVERAL}")
        self.guide = GuideBox()
        self.target = CalmBox()
        self.set_targets(TARGETS)
        self.steps_field = _number_field("Steps of the training; the quality decides if empty")
        self.size_field = _number_field(
            f"Short side in training, {SMALLEST_SIZE} to {LARGEST_SIZE} pixels; the quality decides if empty"
        )
        self.seed_field = _number_field("The same seed gives the same layer again")
        self.seed_field.setPlaceholderText("0")
        self.dice = QToolButton()
        self.dice.setIcon(theme.icon("dice"))
        self.dice.setToolTip("Draw another seed")
        self.method = MethodSection(settings)
        self._body = QWidget()
        self.fold = FoldButton("Advanced", "Further texts and settings", self._body)
        self._lay_out()
        self._connect()
        self.show_defaults(settings)

    @property
    def guide_name(self) -> str:
        """The chosen guide."""
        return self.guide.guide

    def texts(self) -> tuple[WordField, ...]:
        """Return the fields that hold words."""
        return self.layer, self.source, self.avoid, self.spare

    def values(self) -> SettingsValues:
        """Return what the fields hold."""
        return SettingsValues(
            layer=self.layer.text,
            source=self.source.text,
            avoid=self.avoid.text,
            spare=self.spare.text,
            guide=self.guide_name,
            target=self.target.currentData(),
            steps=_number(self.steps_field),
            size=_number(self.size_field),
            seed=_number(self.seed_field) or 0,
            options=self.method.options(),
        )

    def set_targets(self, targets: Mapping[str, str]) -> None:
        """Offer what may be edited, with its words; what is chosen stays so where it is still offered."""
        chosen = self.target.currentData()
        with QSignalBlocker(self.target):
            self.target.clear()
            for value, text in targets.items():
                self.target.addItem(text, value)
            self.target.setCurrentIndex(max(self.target.findData(chosen), 0))

    def set_job(self, job: ImageEdit | LayerEdit) -> None:
        """Show the settings of ``job``, unfolded where they are not the usual ones."""
        self.guide.set_guide(job.guide)  # should it not be installed, the engine says so
        for field, text in zip(self.texts(), (job.layer, job.source, job.avoid, job.spare), strict=True):
            field.set_text(text)
        target = job.target if isinstance(job, ImageEdit) else job.atlas_layer
        self.target.setCurrentIndex(max(self.target.findData(target), 0))
        for line, value in ((self.steps_field, job.steps), (self.size_field, job.size), (self.seed_field, job.seed)):
            line.setText("" if value is None else str(value))
        self.method.set_options(job.options)
        usual = SettingsValues("", "", "", "", STARTER, "foreground", None, None, job.seed, ())
        if self.values() != usual:
            self.fold.setChecked(True)
        if job.options:
            self.method.fold.setChecked(True)

    def show_defaults(self, settings: Settings) -> None:
        """Show what the quality and the guide bring, where the user asked for nothing else."""
        self.steps_field.setPlaceholderText(str(settings.steps))
        self.size_field.setPlaceholderText(str(settings.size))
        self.method.show_defaults(settings)

    def throw_dice(self) -> None:
        """Draw a seed, another one than now."""
        drawn = SystemRandom().randrange(1, LARGEST_DICE)
        self.seed_field.setText(str(drawn + (drawn >= (_number(self.seed_field) or 0))))

    def _prompt_field(self, placeholder: str, tip: str) -> WordField:
        field = WordField(lambda: prompt_suggester(self.guide_name), lambda text: doubt_prompt(text, self.guide_name))
        field.line.setPlaceholderText(placeholder)
        field.line.setToolTip(f"{tip}. {SEVERAL}")
        return field

    def _lay_out(self) -> None:
        seed = QHBoxLayout()
        seed.setSpacing(4)
        seed.addWidget(self.seed_field)
        seed.addWidget(self.dice)
        form = QFormLayout(self._body)
        form.setContentsMargins(0, 4, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Layer", self.layer)
        form.addRow("Source", self.source)
        form.addRow("Avoid", self.avoid)
        form.addRow("Spare", self.spare)
        form.addRow("Edit", self.target)
        form.addRow("Guide", self.guide)
        form.addRow("Steps", self.steps_field)
        form.addRow("Size", self.size_field)
        form.addRow("Seed", seed)
        form.addRow(self.method)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.fold)
        layout.addWidget(self._body)

    def _connect(self) -> None:
        self.dice.clicked.connect(self.throw_dice)
        for signal in (
            *(field.changed for field in self.texts()),
            self.guide.guide_changed,
            self.target.currentIndexChanged,
            self.steps_field.textChanged,
            self.size_field.textChanged,
            self.seed_field.textChanged,
            self.method.changed,
        ):
            signal.connect(lambda *_: self.changed.emit())


def _number_field(tip: str) -> QLineEdit:
    field = QLineEdit()
    field.setToolTip(tip)
    # What is out of range is said in words when the job is made; letters never get in.
    field.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,19}"), field))
    return field


def _number(field: QLineEdit) -> int | None:
    return int(field.text()) if field.text() else None
