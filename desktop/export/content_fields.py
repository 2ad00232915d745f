"""What is exported: the content, and the layer that it is of."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFormLayout, QStackedWidget

from desktop import theme
from desktop.export.grouped_box import GroupedBox
from desktop.export.rows import add_row
from desktop.export.words import content_groups
from desktop.prompt.options import CalmBox
from desktop.theme import tint
from desktop.widgets.elided_label import ElidedLabel
from engine.jobs.deliveries import OF_ONE_LAYER, Content
from engine.project import Project

FIELD_WIDTH = 190


class ContentFields(QObject):
    """Offers only what the project has."""

    changed = Signal()

    def __init__(self, project: Project, current_layer: str) -> None:
        """``current_layer`` is the id of the layer that is chosen at first, empty for none."""
        super().__init__()
        self.what: GroupedBox[Content] = GroupedBox(content_groups(project), "What to export")
        self.what.setMinimumWidth(FIELD_WIDTH)
        self.hint = ElidedLabel("")
        tint(self.hint, theme.DIM)
        self.layer = CalmBox()
        self.layer.setAccessibleName("Layer to export")
        for layer in reversed(project.layers):
            self.layer.addItem(layer.name, layer.id)
        self.layer.setCurrentIndex(max(self.layer.findData(current_layer), 0))
        self._beside = QStackedWidget()  # so that nothing moves when the hint and the layer change places
        self._beside.addWidget(self.hint)
        self._beside.addWidget(self.layer)
        self.what.chosen.connect(self._change)
        self.layer.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self._show_layer()

    @property
    def layer_id(self) -> str:
        """The chosen layer's id, empty where the content is not of one layer."""
        return self.layer.currentData() or "" if self.what.value in OF_ONE_LAYER else ""

    def choose(self, what: Content) -> None:
        """Show a content, or the first that the project has."""
        self.what.choose(what)
        self._show_layer()

    def add_to(self, rows: QFormLayout) -> None:
        """Add the fields."""
        self._beside.setFixedHeight(self.layer.sizeHint().height())
        add_row(rows, "Content", self.what, self._beside, wide=self._beside)

    def _change(self) -> None:
        self._show_layer()
        self.changed.emit()

    def _show_layer(self) -> None:
        self.what.setToolTip(self.what.tip)
        self.hint.set_text(self.what.tip)
        self._beside.setCurrentWidget(self.layer if self.what.value in OF_ONE_LAYER else self.hint)
