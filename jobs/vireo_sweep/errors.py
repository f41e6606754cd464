"""The one error that a user can cause."""


class InputError(Exception):
    """One line that says what is wrong and where; the exit code is that of vireo for the same: 2 for what is written, 3 for a file"""

    def __init__(self, text, code=2):
        super().__init__(text)
        self.code = code
