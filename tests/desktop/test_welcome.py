from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.welcome import SHOWN, WelcomePage


def listed(page: WelcomePage) -> list[str]:
    fixed = (page.open_button, page.sample_button)
    return [button.text() for button in page.findChildren(QPushButton) if button not in fixed]


def test_the_buttons_ask_for_what_they_say(qtbot: QtBot) -> None:
    page = WelcomePage()
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.open_requested):
        page.open_button.click()
    with qtbot.waitSignal(page.sample_requested):
        page.sample_button.click()


def test_the_sample_is_offered_only_where_it_is(qtbot: QtBot) -> None:
    page = WelcomePage()
    qtbot.addWidget(page)
    page.show_sample(False)
    assert page.sample_button.isHidden()
    page.show_sample(True)
    assert not page.sample_button.isHidden()


def test_a_few_recent_files_are_one_click_away(qtbot: QtBot) -> None:
    page = WelcomePage()
    qtbot.addWidget(page)
    paths = [Path(f"/pictures/{number}.png") for number in range(SHOWN + 3)]
    page.show_recent(paths)
    assert listed(page) == [path.name for path in paths[:SHOWN]]
    with qtbot.waitSignal(page.recent_requested) as asked:
        page.findChildren(QPushButton)[-1].click()
    assert asked.args == [paths[SHOWN - 1]]
    page.show_recent([])
    qtbot.waitUntil(lambda: listed(page) == [])
