"""The one error that a user can cause."""


class InputError(Exception):
    """A file, column or option that can not be used; the text is one line that says which and why (exit code 2)."""
