"""The system libraries that Qt needs on Linux and pip cannot bring."""

import ctypes
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from installers.console import SetupError, run_logged, say

# Shared library: the Debian and Ubuntu package that holds it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
DEBIAN_FONTS, RPM_FONTS = "fonts-dejavu-core", "dejavu-sans-fonts"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_SUFFIXES = {".ttf", ".otf", ".ttc", ".pfb"}


def provide_qt_libraries(log: Path) -> None:
    """Install the system libraries and a font for Qt where they are missing; raises SetupError where it may not."""
    if not sys.platform.startswith("linux"):
        return
    libraries, fonts = missing_libraries(), has_fonts()
    if not libraries and fonts:
        return
    problem = "The window lacks system libraries" if libraries else "The window lacks a font"
    if shutil.which("apt-get"):
        packages = sorted({QT_LIBRARIES[name] for name in libraries})
        install_debian_packages(packages if fonts else [*packages, DEBIAN_FONTS], log, problem)
    else:
        raise SetupError(f"{problem}; {advice(libraries, fonts)}.")
    if still := missing_libraries():
        raise SetupError(f"{problem} even now ({', '.join(still)}); see {log}.")


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """Return those of Qt's libraries that this system cannot load."""
    missing = []
    for name in QT_LIBRARIES:
        try:
            load(name)
        except OSError:
            missing.append(name)
    return missing


def has_fonts(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Return whether any of ``folders`` holds a font; Qt brings none."""
    files = (file for folder in folders for file in Path(folder).expanduser().rglob("*"))
    return any(file.suffix.lower() in FONT_SUFFIXES for file in files)


def install_debian_packages(packages: Sequence[str], log: Path, problem: str) -> None:
    """Install ``packages`` as root by apt-get; raises SetupError with the exact command where this is not root.

    ``problem`` is the start of that sentence: what is wrong, without a full stop.
    """
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise SetupError(f"{problem}; install what your system calls {' '.join(packages)} and run this again.")
    if os.geteuid() != 0:
        raise SetupError(f"{problem}; run `sudo {shlex.join(command)}` and then this again.")
    say(f"      installing {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_logged(["apt-get", "update"], log, environment)  # old lists may still do: the next command decides
    if not run_logged(command, log, environment):
        raise SetupError(f"{problem} and `{shlex.join(command)}` failed; its output is in {log}.")


def advice(libraries: Sequence[str], fonts: bool) -> str:
    """Return what to do on a Linux without apt-get; RPM systems find packages by the libraries they provide."""
    installer = next((name for name in ("dnf", "zypper", "yum") if shutil.which(name)), None)
    if installer is None:
        wanted = [*libraries] if fonts else [*libraries, "a font such as DejaVu Sans"]
        return f"install the packages that hold {', '.join(wanted)}, and run this again"
    marks = "()(64bit)" if sys.maxsize > 2**32 else ""
    wanted = [f"{name}{marks}" for name in libraries]
    return (
        f"run `sudo {shlex.join([installer, 'install', *wanted, *([] if fonts else [RPM_FONTS])])}` and then this again"
    )
