"""Errors that a user can mend."""


class UserError(Exception):
    """What the user can mend; the message is one sentence that says what is wrong and what to do."""
