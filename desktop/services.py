"""What works behind the window: made once at the start, ended in order."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from desktop.atlas.latest import Latest
from desktop.background import Background
from desktop.document import Document
from desktop.garbage import GarbageKeeper
from desktop.jobs.bridge import EngineBridge
from desktop.jobs.edits import Edits
from desktop.models.models import Models
from desktop.playback.frames import Frames
from desktop.playback.player import Player
from desktop.settings import Settings
from engine.runner import Run

SESSIONS, WORK = "sessions", "work"


@dataclass(frozen=True)
class Services:
    """The engine's bridge, the file thread, the document, its frames and what joins them; ``sessions`` is a folder."""

    garbage: GarbageKeeper
    sessions: Path
    settings: Settings
    background: Background
    bridge: EngineBridge
    document: Document
    edits: Edits
    models: Models
    frames: Frames
    player: Player
    latest: Latest

    @classmethod
    def start(cls, loop: asyncio.AbstractEventLoop, folder: Path, settings: Settings, run: Run | None = None) -> Self:
        """Start them all; ``folder`` keeps sessions and the queue, ``run`` takes the place of the engine's own."""
        garbage = GarbageKeeper()  # before there is a second thread
        sessions = folder / SESSIONS
        background = Background(loop)
        bridge = EngineBridge(loop, folder / WORK, run)
        document = Document(background, sessions)
        edits, models = Edits(document, bridge, background), Models(loop, background, run)
        frames = Frames(loop)
        player, latest = Player(document.playhead, frames), Latest(loop, "overlays")
        return cls(garbage, sessions, settings, background, bridge, document, edits, models, frames, player, latest)

    def close(self) -> None:
        """End the engine and finish writing.

        The session is removed, unless it holds what the user has not decided on: a layer that came at the very end,
        or a matte that an unfinished edit needs to go on.
        """
        self.models.close()
        self.latest.close()
        self.player.pause()
        self.frames.close()
        before = self.document.project
        self.bridge.close()
        self.background.drain()
        if self.document.project != before or self.edits.has_open_jobs():
            self.document.keep()
        else:
            self.document.close()
        self.background.close()
        self.garbage.close()
        self.settings.save()
