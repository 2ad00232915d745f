"""The command line: the engine without a window. The one part of the engine that prints."""
