"""The argument parser that all commands share."""

import argparse
from typing import NoReturn, TypeAlias

from engine.errors import UserError


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence, like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise UserError with argparse's ``message``."""
        raise UserError(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.")


Commands: TypeAlias = "argparse._SubParsersAction[OneLineParser]"
