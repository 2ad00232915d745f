"""The part of the prompt panel that most edits leave alone."""

from dataclasses import dataclass
from random import SystemRandom

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.suggestions import STARTER, doubt_prompt, prompt_suggester
from desktop.word_field import WordField
from engine.jobs import LARGEST_SIZE, SMALLEST_SIZE, ImageEdit, Target

LARGEST_DICE = 999_999
TARGETS: tuple[tuple[Target, str], ...] = (("foreground", "The subject"), ("background", "All but the subject"))


@dataclass(frozen=True)
class SettingsValues:
    """What the fields hold; ``steps`` and ``size`` are None where the quality's own are taken."""

    layer: str
    source: str
    guide: str
    target: Target
    steps: int | None
    size: int | None
    seed: int


class PromptSettings(QWidget):
    """A section that folds: further texts, guide, target, steps, size and seed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fold = QToolButton()
        self.fold.setText("Advanced")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip("Further texts and settings")
        self.fold.setStyleSheet(f"QToolButton:checked {{ background: transparent; color: {theme.TEXT}; }}")
        self.layer = WordField(prompt_suggester, lambda text: doubt_prompt(text, self.guide_name))
        self.layer.line.setToolTip("The edit alone, where it differs from the prompt")
        self.layer.line.setPlaceholderText("the edit alone")
        self.source = WordField(prompt_suggester, lambda text: doubt_prompt(text, self.guide_name))
        self.source.line.setPlaceholderText("the picture as it is")
        self.source.line.setToolTip("What the picture shows now; it steers the edit away from that")
        self.guide = QComboBox()
        self.guide.addItem(STARTER)
        self.guide.setToolTip("The model that judges the edit")
        self.target = QComboBox()
        for value, text in TARGETS:
            self.target.addItem(text, value)
        self.steps_field = _number_field("Auto", "Steps of the training; the quality decides if empty")
        self.size_field = _number_field(
            "Auto", f"Short side in training, {SMALLEST_SIZE} to {LARGEST_SIZE} pixels; the quality decides if empty"
        )
        self.seed_field = _number_field("0", "The same seed gives the same layer again")
        self.dice = QToolButton()
        self.dice.setIcon(theme.icon("dice"))
        self.dice.setToolTip("Draw another seed")
        self._body = QWidget()
        self._lay_out()
        self._connect()
        self._unfold(False)

    @property
    def guide_name(self) -> str:
        """The chosen guide."""
        return self.guide.currentText()

    def values(self) -> SettingsValues:
        """Return what the fields hold."""
        return SettingsValues(
            layer=self.layer.text,
            source=self.source.text,
            guide=self.guide_name,
            target=self.target.currentData(),
            steps=_number(self.steps_field),
            size=_number(self.size_field),
            seed=_number(self.seed_field) or 0,
        )

    def set_job(self, job: ImageEdit) -> None:
        """Show the settings of ``job``, unfolded where they are not the usual ones."""
        if self.guide.findText(job.guide) < 0:
            self.guide.addItem(job.guide)  # should it not be installed, the engine says so
        self.guide.setCurrentText(job.guide)
        self.layer.set_text(job.layer)
        self.source.set_text(job.source)
        self.target.setCurrentIndex(self.target.findData(job.target))
        for field, value in ((self.steps_field, job.steps), (self.size_field, job.size), (self.seed_field, job.seed)):
            field.setText("" if value is None else str(value))
        usual = SettingsValues("", "", STARTER, "foreground", None, None, job.seed)
        if self.values() != usual:
            self.fold.setChecked(True)

    def throw_dice(self) -> None:
        """Draw a seed, another one than now."""
        drawn = SystemRandom().randrange(1, LARGEST_DICE)
        self.seed_field.setText(str(drawn + (drawn >= (_number(self.seed_field) or 0))))

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
        form.addRow("Edit", self.target)
        form.addRow("Guide", self.guide)
        form.addRow("Steps", self.steps_field)
        form.addRow("Size", self.size_field)
        form.addRow("Seed", seed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.fold)
        layout.addWidget(self._body)

    def _connect(self) -> None:
        self.fold.toggled.connect(self._unfold)
        self.dice.clicked.connect(self.throw_dice)
        for signal in (
            self.layer.changed,
            self.source.changed,
            self.guide.currentTextChanged,
            self.target.currentIndexChanged,
            self.steps_field.textChanged,
            self.size_field.textChanged,
            self.seed_field.textChanged,
        ):
            signal.connect(lambda *_: self.changed.emit())

    def _unfold(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded)
        self.fold.setIcon(theme.icon("down" if unfolded else "next"))


def _number_field(placeholder: str, tip: str) -> QLineEdit:
    field = QLineEdit(placeholderText=placeholder)
    field.setToolTip(tip)
    # What is out of range is said in words when the job is made; letters never get in.
    field.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,19}"), field))
    return field


def _number(field: QLineEdit) -> int | None:
    return int(field.text()) if field.text() else None
