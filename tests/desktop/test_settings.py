from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from desktop.settings import MOST_RECENT, Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def reopened(settings: Settings, file: Path) -> Settings:
    settings.save()
    return Settings(file)


def test_the_first_start_remembers_nothing(file: Path) -> None:
    settings = Settings(file)
    assert (settings.geometry(), settings.docks(), settings.recent()) == (None, None, [])


@pytest.mark.parametrize("count", [1, 2, MOST_RECENT + 3])
def test_recent_files_come_newest_first_each_once(file: Path, tmp_path: Path, count: int) -> None:
    settings = Settings(file)
    paths = [tmp_path / f"{number}, with a comma.png" for number in range(count)]
    for path in [*paths, paths[0]]:
        settings.add_recent(path)
    expected = [paths[0], *reversed(paths[1:])][:MOST_RECENT]
    assert reopened(settings, file).recent() == expected


def test_dialogs_begin_among_the_pictures_or_at_home(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(file)
    monkeypatch.setattr("desktop.settings.QStandardPaths.writableLocation", lambda _place: str(tmp_path / "Pictures"))
    assert settings.folder("open") == Path.home()
    (tmp_path / "Pictures").mkdir()
    assert settings.folder("open") == tmp_path / "Pictures"


def test_the_list_of_recent_files_can_be_cleared(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    settings.add_recent(tmp_path / "a.png")
    settings.clear_recent()
    assert reopened(settings, file).recent() == []


def test_each_purpose_has_its_folder_until_that_is_gone(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    (tmp_path / "photos").mkdir()
    settings.keep_folder("open", tmp_path / "photos")
    again = reopened(settings, file)
    assert again.folder("open") == tmp_path / "photos"
    assert again.folder("project") != tmp_path / "photos"
    (tmp_path / "photos").rmdir()
    assert again.folder("open") != tmp_path / "photos"


def test_the_window_s_place_comes_back(file: Path) -> None:
    settings = Settings(file)
    settings.keep_window(QByteArray(b"place"), QByteArray(b"docks"))
    again = reopened(settings, file)
    assert (again.geometry(), again.docks()) == (QByteArray(b"place"), QByteArray(b"docks"))


def test_a_damaged_settings_file_counts_as_a_first_start(file: Path) -> None:
    file.write_bytes(b"\x00[window\ngeometry=@ByteArray(")
    settings = Settings(file)
    assert settings.geometry() is None
    assert settings.recent() == []
