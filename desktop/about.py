"""What the window says about Patina."""

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.messages import show_note
from engine.guidance.models.guides import installed_models

WHAT = "Patina edits a picture with words and gives you a layer."
HOW = "The method is Text2LIVE (Bar-Tal and others, 2022). Everything happens on this machine."


def show_about(parent: QWidget) -> QMessageBox:
    """Show version and licences, and return at once."""
    models = "\n".join(f"{model.guide}: {model.title} ({model.licence})" for model in installed_models())
    return show_note(parent, WHAT, f"{HOW}\n\nVersion {_version()}, licence Apache-2.0\n\nGuides\n{models}")


def _version() -> str:
    try:
        return version("patina")
    except PackageNotFoundError:
        return "from source"
