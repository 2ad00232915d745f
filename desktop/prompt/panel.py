"""The prompt panel: what the picture should become, of which subject, and how well."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.prompt.settings import SEVERAL, TARGETS, PromptSettings
from desktop.prompt.suggestions import STARTER, Doubt, doubt_prompt, doubt_subject, prompt_suggester, subject_suggester
from desktop.prompt.word_field import WordField
from desktop.theme import WARNING, sentence_label, tint
from desktop.widgets.segments import Segments
from engine.errors import UserError
from engine.guidance.models.guides import GuideModel
from engine.jobs import ImageEdit, LayerEdit, Quality
from engine.text2live.settings import Settings, settings_for

QUALITIES: tuple[tuple[Quality, str, str], ...] = (
    ("draft", "Draft", "A first look"),
    ("standard", "Standard", "Good for most edits"),
    ("best", "Best", "More steps on a larger picture; takes longest"),
    ("paper", "Paper", "The published method: 1,000 steps; takes hours without a graphics card"),
)
USUAL: Quality = "standard"


class PromptPanel(QWidget):
    """Asks for an edit in words. What it sends is complete and valid."""

    edit_requested = Signal(object)  # an ImageEdit
    layer_edit_requested = Signal(object)  # a LayerEdit, of a clip; which atlas is for the receiver to say
    matte_requested = Signal(str)  # the subject
    models_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Path | None = None
        self._is_clip = False
        self.settings = PromptSettings(_defaults(USUAL, STARTER))
        self.prompt = WordField(lambda: prompt_suggester(self.guide), lambda text: doubt_prompt(text, self.guide))
        self.prompt.line.setToolTip(f"What the picture should become. {SEVERAL}")
        self.subject = WordField(lambda: subject_suggester(self.guide), lambda text: doubt_subject(text, self.guide))
        self.find_button = QPushButton("Find subject")
        self.find_button.setToolTip("Find the subject's matte now, to check and correct it")
        self.quality = Segments(QUALITIES)
        self.quality.setStyleSheet("QPushButton { padding: 5px 4px; }")  # four in a narrow panel
        self.quality.choose(USUAL)
        self._matte_tools = QHBoxLayout()
        self.problem = sentence_label(WARNING)
        self.generate_button = QPushButton(theme.icon("generate"), "Generate")
        self.generate_button.setDefault(True)
        self._lay_out()
        self._connect()
        self._show_vocabulary()
        self.set_picture(None)

    @property
    def guide(self) -> str:
        """The chosen guide's name."""
        return self.settings.guide_name

    def show_guides(self, models: Sequence[GuideModel]) -> None:
        """List the guides that can work now."""
        self.settings.guide.show_guides(models)

    def set_picture(self, picture: Path | None) -> None:
        """Say which picture is edited; without one nothing can be asked for."""
        self._picture, self._is_clip = picture, False
        self.settings.set_targets(TARGETS)
        self._show_footage()

    def set_clip(self, clip: Path, layers: Sequence[str]) -> None:
        """Say which clip is edited, and the names of the atlas layers that it has or will have."""
        self._picture, self._is_clip = clip, True
        # What users edit first is in front.
        self.settings.set_targets({name: name.capitalize() for name in (*layers[1:], *layers[:1])})
        self._show_footage()

    def show_problem(self, sentence: str) -> None:
        """Say in one sentence why nothing was asked for; an empty one takes that back."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _show_footage(self) -> None:
        picture = self._picture
        self._show_defaults()
        tip = "Train the edit layer" if picture else "Open a picture first"
        self.generate_button.setToolTip(f"{tip} (Ctrl+Return)")
        self._show_what_can_be_asked()

    def set_job(self, job: ImageEdit | LayerEdit) -> None:
        """Fill the panel with the parameters of ``job``."""
        self.settings.set_job(job)
        self.prompt.set_text(job.prompt)
        self.subject.set_text(job.subject)
        self.quality.choose(job.quality)

    def add_matte_tools(self, actions: Iterable[QAction]) -> None:
        """Put a button for each action under the subject."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            self._matte_tools.addWidget(button)
        self._matte_tools.addStretch()

    def focus_prompt(self) -> None:
        """Let the user type a prompt."""
        self.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.prompt.line.selectAll()

    def find_matte(self) -> None:
        """Ask for the matte of the subject, if its words are known."""
        if not self.subject.text:
            self.subject.show_doubt(Doubt("Name the subject first, for instance “horse”."))
            self.subject.setFocus()
        elif self.subject.check() and self._picture is not None:
            self.matte_requested.emit(self.subject.text)

    def generate(self) -> None:
        """Ask for the edit, or say in one sentence why not."""
        if self._picture is None:
            return
        if doubtful := [field for field in self._fields() if not field.check()]:
            doubtful[0].setFocus()
            return
        try:
            job = self._job(self._picture)
            settings_for(job)  # refuses options that are out of range
        except UserError as error:
            self.show_problem(str(error))
            return
        self.show_problem("")
        if isinstance(job, LayerEdit):
            self.layer_edit_requested.emit(job)
        else:
            self.edit_requested.emit(job)

    def _job(self, picture: Path) -> ImageEdit | LayerEdit:
        values = self.settings.values()
        common: dict[str, Any] = {
            "prompt": self.prompt.text,
            "layer": values.layer,
            "source": values.source,
            "avoid": values.avoid,
            "subject": self.subject.text,
            "spare": values.spare,
            "guide": values.guide,
            "quality": self.quality.value,
            "steps": values.steps,
            "size": values.size,
            "seed": values.seed,
            "options": values.options,
        }
        if self._is_clip:
            return LayerEdit(atlas=str(picture), atlas_layer=values.target, **common)
        return ImageEdit(picture=str(picture), **{"target": values.target, **common})

    def _fields(self) -> tuple[WordField, ...]:
        return self.prompt, self.subject, *self.settings.texts()

    def _show_defaults(self) -> None:
        self.settings.show_defaults(_defaults(self.quality.value, self.guide, self._is_clip))

    def _show_vocabulary(self) -> None:
        """Say in the empty fields which words will do."""
        knows_some = self.guide == STARTER
        self.prompt.line.setPlaceholderText(
            "golden, zebra, made of chocolate…" if knows_some else "any words: a swan of white yarn…"
        )
        self.subject.line.setPlaceholderText("what is seen first" if knows_some else "anywhere")
        empty = "if empty, what the guide sees first" if knows_some else "if empty, the edit finds its own place"
        self.subject.line.setToolTip(f"What in the picture to edit; {empty}. {SEVERAL}")
        for field in self._fields():
            field.check()

    def _show_what_can_be_asked(self) -> None:
        self.show_problem("")
        self.generate_button.setEnabled(self._picture is not None)
        self.find_button.setEnabled(self._picture is not None)

    def _connect(self) -> None:
        for field in (self.prompt, self.subject):
            field.changed.connect(self._show_what_can_be_asked)
        self.prompt.submitted.connect(self.generate)
        self.subject.submitted.connect(self.find_matte)
        self.settings.changed.connect(self._show_what_can_be_asked)
        self.quality.changed.connect(self._show_defaults)
        self.settings.guide.guide_changed.connect(self._show_defaults)
        self.settings.guide.guide_changed.connect(self._show_vocabulary)
        self.settings.guide.models_requested.connect(self.models_requested)
        self.find_button.clicked.connect(self.find_matte)
        self.generate_button.clicked.connect(self.generate)
        keys = QShortcut(QKeySequence("Ctrl+Return"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.generate)

    def _lay_out(self) -> None:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(10, 8, 10, 8)
        rows.setSpacing(4)
        rows.addWidget(_heading("Prompt"))
        rows.addWidget(self.prompt)
        rows.addSpacing(8)
        rows.addWidget(_heading("Subject"))
        rows.addLayout(self._subject_row())
        rows.addLayout(self._matte_tools)
        rows.addSpacing(8)
        rows.addWidget(_heading("Quality"))
        rows.addWidget(self.quality)
        rows.addSpacing(8)
        rows.addWidget(self.settings)
        rows.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 6, 10, 10)
        foot.addWidget(self.problem)
        foot.addWidget(self.generate_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)

    def _subject_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.subject, 1)
        row.addWidget(self.find_button, 0, Qt.AlignmentFlag.AlignTop)
        return row


def _defaults(quality: Quality, guide: str, is_clip: bool = False) -> Settings:
    # Neither the picture nor the prompt changes what a quality brings.
    if is_clip:
        return settings_for(LayerEdit(atlas="any", prompt="any", quality=quality, guide=guide))
    return settings_for(ImageEdit(picture="any", prompt="any", quality=quality, guide=guide))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    tint(label, theme.DIM)
    return label
