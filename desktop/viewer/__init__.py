"""The viewer: the picture with its edit layers, as a compositor shows it.

`Viewer` is the widget. Everything else here that makes a picture is free of Qt.
"""

from desktop.viewer.brush import Brush, Painted
from desktop.viewer.look import Backdrop, Channel, Look
from desktop.viewer.widget import Viewer

__all__ = ["Backdrop", "Brush", "Channel", "Look", "Painted", "Viewer"]
