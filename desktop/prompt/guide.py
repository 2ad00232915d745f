"""The list of guides in the prompt panel."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.prompt.options import CalmBox
from desktop.prompt.suggestions import STARTER
from engine.errors import UserError
from engine.guidance.models.guides import GuideModel
from engine.guidance.models.locating import locate

MORE = "More models…"


class GuideBox(CalmBox):
    """The guides to choose from, and at the end the way to more of them."""

    guide_changed = Signal(str)
    models_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide = STARTER
        self.setToolTip("The model that judges the edit")
        self.show_guides(())
        self.activated.connect(self._choose)

    @property
    def guide(self) -> str:
        """The chosen guide's name."""
        return self._guide

    def set_guide(self, guide: str) -> None:
        """Choose ``guide``, also one that is not listed."""
        if self.findData(guide) < 0:
            self.insertItem(self._places(), _label(guide), guide)
        self.setCurrentIndex(self.findData(guide))
        if guide != self._guide:
            self._guide = guide
            self.guide_changed.emit(guide)

    def show_guides(self, models: Sequence[GuideModel]) -> None:
        """List what is installed; the chosen guide stays chosen, and says where it is not installed any more."""
        with QSignalBlocker(self):
            self.clear()
            for model in models:
                self.addItem(model.guide, model.guide)
                self.setItemData(self.count() - 1, f"{model.title}\n{model.licence}", Qt.ItemDataRole.ToolTipRole)
            self.insertSeparator(self.count())
            self.addItem(MORE)
            self.set_guide(self._guide)
        # As wide as its longest name, which the panel may have no room for.
        self.view().setMinimumWidth(
            self.view().sizeHintForColumn(0) + self.view().verticalScrollBar().sizeHint().width()
        )

    def _places(self) -> int:
        """Return where the guides end."""
        return self.count() - 2

    def _choose(self, place: int) -> None:
        guide = self.itemData(place)
        if guide is None:
            self.setCurrentIndex(self.findData(self._guide))
            self.models_requested.emit()
        else:
            self.set_guide(guide)


def _label(guide: str) -> str:
    """Return the name of a guide that is not listed: it may lie in a folder or in the hub's cache."""
    if guide == STARTER:
        return guide
    try:
        locate(guide.partition(":")[2])
    except UserError:
        return f"{guide} (not installed)"
    return guide
