"""What lies over the picture: the wipe's line, the brush's outline, the box, the marker, the corner label."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from desktop.viewer.brush import Brush
from desktop.viewer.look import Channel, Look

DARK, LIGHT, FRAME = QColor(0, 0, 0, 170), QColor(255, 255, 255, 235), QColor(0, 0, 0, 120)
LABEL_BACK = QColor(20, 20, 20, 190)
MARKER = QColor(90, 230, 200)
MARKER_RADIUS = 6.0
HANDLE_RADIUS = 11.0
SMALLEST_OUTLINE = 4.0
LABEL_GAP = 8.0


def draw_wipe(painter: QPainter, column: float, visible: QRectF, font: QFont) -> None:
    """Draw the line at ``column`` over what is visible of the picture, with a handle, and say what lies beside it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top, bottom = QPointF(column, visible.top()), QPointF(column, visible.bottom())
    painter.setPen(QPen(DARK, 3))
    painter.drawLine(top, bottom)
    painter.setPen(QPen(LIGHT, 1))
    painter.drawLine(top, bottom)
    draw_label(painter, top + QPointF(-LABEL_GAP, LABEL_GAP), "Before", font, right=True)
    draw_label(painter, top + QPointF(LABEL_GAP, LABEL_GAP), "After", font)
    centre = QPointF(column, visible.center().y())
    painter.setPen(QPen(DARK, 1))
    painter.setBrush(LIGHT)
    painter.drawEllipse(centre, HANDLE_RADIUS, HANDLE_RADIUS)
    painter.setPen(QPen(QColor(40, 40, 40), 1.6))
    for side in (-1, 1):
        tip, back = centre.x() + side * 7, centre.x() + side * 3.5
        painter.drawPolyline(
            [QPointF(back, centre.y() - 3.5), QPointF(tip, centre.y()), QPointF(back, centre.y() + 3.5)]
        )


def draw_brush(painter: QPainter, centre: QPointF, radius: float, brush: Brush, aspect: float = 1.0) -> None:
    """Draw the brush's rim, and the part at full strength where that differs; a cross where it is tiny.

    The rim is ``aspect`` times as wide as it is high.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    style = Qt.PenStyle.DashLine if brush.erase else Qt.PenStyle.SolidLine
    for colour, width in ((DARK, 2.6), (LIGHT, 1.2)):
        pen = QPen(colour, width)
        painter.setPen(pen)
        arm = 4.0 if radius < SMALLEST_OUTLINE else 2.0
        painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
        painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))
        if radius >= SMALLEST_OUTLINE:
            pen.setStyle(style)
            painter.setPen(pen)
            painter.drawEllipse(centre, radius * aspect, radius)
    core = radius * brush.hardness
    if SMALLEST_OUTLINE < core < radius - 3:
        painter.setPen(QPen(QColor(255, 255, 255, 110), 1))
        painter.drawEllipse(centre, core * aspect, core)


def draw_box(painter: QPainter, box: QRectF) -> None:
    """Draw the box that is drawn round an object."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, style in ((DARK, Qt.PenStyle.SolidLine), (LIGHT, Qt.PenStyle.DashLine)):
        painter.setPen(QPen(colour, 1, style))
        painter.drawRect(box)


def draw_marker(painter: QPainter, place: QPointF) -> None:
    """Draw a ring with four arms round a place, which stays in sight."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((DARK, 3.0), (MARKER, 1.4)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(place, MARKER_RADIUS, MARKER_RADIUS)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            near, far = MARKER_RADIUS + 1, MARKER_RADIUS + 7
            painter.drawLine(place + QPointF(x * near, y * near), place + QPointF(x * far, y * far))


def draw_label(painter: QPainter, corner: QPointF, text: str, font: QFont, right: bool = False) -> None:
    """Draw a small label whose top left, or top ``right``, is ``corner``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    size = painter.fontMetrics().size(0, text)
    width = size.width() + 16
    box = QRectF(corner.x() - (width if right else 0), corner.y(), width, size.height() + 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LABEL_BACK)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(LIGHT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def label_of(look: Look, previewing: bool, overlay: str = "") -> str:
    """Return what the label says: everything that makes the picture differ from the plain composite."""
    parts = ["Live preview"] if previewing else []
    if look.matte_view:
        parts.append("Matte")
    elif look.channel is not Channel.RGB:
        parts.append(look.channel.label)
    if overlay:
        parts.append(overlay)
    return "  ·  ".join(parts)
