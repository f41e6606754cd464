"""What somebody else may have sent: read in a process of its own, which may die of it, and shown as text.

One wrong bit in an HDF5 file can make the library crash, or take all memory. So a child reads it, with limits on time and memory and without
the right to write, and hands over what it has read.
"""
import contextlib
import os
import pickle
import re
import resource
import select
import signal
import stat
import time

import h5py

from .errors import InputError

#: bytes that the child may need beyond what this process has, and those that datasets may have beyond those of the file
MEMORY = 1 << 30
BEYOND = 64_000_000
#: what no trace comes near
MOST_OBJECTS, MOST_LEVELS = 10_000, 8

#: characters with which a terminal does something else than show them: controls, the direction of writing, bytes that are no UTF-8
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def _bytes_of(character):
    """Those that the character is in a text; of a byte that is no UTF-8, the byte"""
    return character.encode("utf-8", "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass")


def printable(text):
    """The text with its control characters, and bytes that are no UTF-8, shown as \\xNN"""
    return CONTROLS.sub(lambda found: "".join(f"\\x{byte:02x}" for byte in _bytes_of(found[0])), text)


def seconds_for(size):
    """The limit of processor time for a file of so many bytes"""
    return 4 + size // 20_000_000


@contextlib.contextmanager
def opened(path):
    """(a name of the open file, its size); InputError for anything but a regular file, which is not waited for"""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path}: is not a regular file")
        yield f"/proc/self/fd/{descriptor}", status.st_size
    finally:
        os.close(descriptor)


def check(file, size):
    """InputError for what leads out of the file, for types that no trace has, and for claims of more than the file can hold"""
    claimed, seen = 0, 0
    waiting = [(file, "", 0)]
    groups = set()
    while waiting:
        group, place, level = waiting.pop()
        if hash(group.id) in groups or level > MOST_LEVELS:
            raise InputError(f"'{printable(place)}' is in the file twice, or in too many groups")
        groups.add(hash(group.id))
        for name in group:
            seen += 1
            where = f"'{printable(place + name)}'"
            if seen > MOST_OBJECTS:
                raise InputError(f"{where} is one of too many")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise InputError(f"{where} is a link, which is not followed here")
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append((item, place + name + "/", level + 1))
                continue
            if not isinstance(item, h5py.Dataset):
                raise InputError(f"{where} is neither a group nor a dataset")
            if item.is_virtual or item.external:
                raise InputError(f"{where} lies in another file, which is not followed here")
            if item.dtype.kind not in "iufOS" or (item.dtype.kind == "O" and h5py.check_string_dtype(item.dtype) is None):
                raise InputError(f"{where} is neither of numbers nor of texts")
            claimed += (item.size or 0) * max(item.dtype.itemsize, 8)
            if claimed > size + BEYOND:
                raise InputError(f"{where} would have {item.size or 0:.4g} entries, more than the file can hold")


def _limit(size):
    """Few rights, for the child"""
    with open("/proc/self/statm", encoding="ascii") as file:
        has = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (has + MEMORY + 4 * size, has + MEMORY + 4 * size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds_for(size), seconds_for(size)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(end, name, size, take):
    """Never returns."""
    try:
        _limit(size)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            with h5py.File(name, "r", locking=False) as file:
                check(file, size)
                answer = ("taken", take(file))
        except InputError as error:
            answer = ("refused", str(error))
        except MemoryError:
            answer = ("refused", "takes more memory than a file of its size may")
        except Exception as error:  # h5py has many kinds for what it can not read  # pylint: disable=broad-except
            answer = ("failed", printable((str(error).splitlines() or [type(error).__name__])[0]))
        with os.fdopen(end, "wb") as out:
            pickle.dump(answer, out)
    finally:
        os._exit(0)


def _answer(end, limit):
    """All bytes that come within the limit of seconds, or None"""
    parts, until = [], time.monotonic() + limit
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([end], [], [], left)[0]:
            return None
        part = os.read(end, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)


def read_apart(path, take):
    """("taken", what take(file) gives), ("refused", why) or ("failed", why, which may be another time), of the HDF5 file at `path`."""
    with opened(path) as (name, size):
        end, other = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(end)
            _child(other, name, size, take)
        os.close(other)
        try:
            got = _answer(end, 30 + size // 1_000_000)
        finally:
            os.close(end)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
    if got:
        with contextlib.suppress(EOFError, pickle.UnpicklingError):
            return pickle.loads(got)  # of our own child
    if got is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return "refused", "takes longer to read than a file of its size may: it is damaged, or made to do harm"
    return "refused", "HDF5 crashes on it (in a process of its own): it is damaged, or made to do harm"
