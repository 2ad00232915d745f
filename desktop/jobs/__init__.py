"""Jobs in the window: the one bridge to the engine, their panel, their edits."""
