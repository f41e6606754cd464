"""What is written: a text is a file at once, or not at all."""
import contextlib
import os
import stat
import tempfile

from .errors import InputError


def _is_written_in_place(path):
    """What is there and no regular file, such as /dev/stdout, or belongs to somebody else's folder, is not replaced but written to"""
    try:
        return not stat.S_ISREG(os.lstat(path).st_mode) or not os.access(os.path.dirname(os.path.abspath(path)), os.W_OK)
    except OSError:
        return False


def write(path, text):
    """Writes the text as UTF-8. A file that was there keeps what it had until the new text is complete. InputError names -o."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        if _is_written_in_place(path):
            with open(path, "wb") as file:
                file.write(data)
            return
        descriptor, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=os.path.dirname(os.path.abspath(path)))
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.chmod(part, 0o666 & ~_umask())
            os.replace(part, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise
    except OSError as error:
        raise InputError(f"-o {path}: {error.strerror}") from None


def _umask():
    """The mask of this process, which can only be read by setting it"""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
