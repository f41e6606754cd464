"""Files as somebody could send them: traces, checkpoints and matrices with wrong bits, cut off, overwritten, resealed, or made by hand to do harm.
The same seed gives the same files."""
import os
import random
import stat
import subprocess

import h5py
import numpy

HUGE = 1 << 62


def rewrite(file, name, make):
    """Puts something else in place of an object, with the attributes that it had."""
    attributes = dict(file[name].attrs)
    del file[name]
    item = make(file, name)
    if item is not None:
        item.attrs.update(attributes)


def replaced(name, make):
    return lambda file, folder: rewrite(file, name, make)


def attribute(place, name, value):
    return lambda file, folder: file[place].attrs.__setitem__(name, value)


def dataset(**how):
    return lambda file, name: file.create_dataset(name, **how)


def linked(link):
    """In place of a column, a link; {} is the folder of what must not be touched"""
    def change(file, folder):
        del file["trace/residual"]
        file["trace/residual"] = link(folder)
    return change


def stored_elsewhere(name):
    def change(file, folder):
        rewrite(file, "trace/residual", lambda file, at: file.create_dataset(
            at, shape=(4,), dtype="f8", external=[(os.path.join(folder, name), 0, 32)]))
    return change


def virtual(name):
    def change(file, folder):
        layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
        layout[:] = h5py.VirtualSource(os.path.join(folder, name), "x", shape=(4,))
        rewrite(file, "trace/residual", lambda file, at: file.create_virtual_dataset(at, layout))
    return change


def config(old, new):
    def change(file, folder):
        text = file["config"][()].decode().replace(old, new)
        rewrite(file, "config", lambda file, name: file.create_dataset(name, data=text, dtype=h5py.string_dtype()))
    return change


def circle(file, folder):
    file["trace/again"] = file["/"]


def many_links(file, folder):
    for number in range(3000):
        file[f"trace/c{number}"] = file["trace/residual"]


#: changes of a trace or a checkpoint, all made through HDF5 itself
BY_HAND = {
    "external link to a file": linked(lambda folder: h5py.ExternalLink(os.path.join(folder, "precious.h5"), "/x")),
    "external link to a pipe": linked(lambda folder: h5py.ExternalLink(os.path.join(folder, "pipe"), "/x")),
    "external link to nothing": linked(lambda folder: h5py.ExternalLink(os.path.join(folder, "new.h5"), "/x")),
    "soft link out of the layout": linked(lambda folder: h5py.SoftLink("/problem")),
    "soft link to itself": linked(lambda folder: h5py.SoftLink("/trace/residual")),
    "soft link to nothing": linked(lambda folder: h5py.SoftLink("/nothing/at/all")),
    "stored in a file": stored_elsewhere("precious"),
    "stored in a pipe": stored_elsewhere("pipe"),
    "stored in a new file": stored_elsewhere("new"),
    "virtual, of a file": virtual("precious.h5"),
    "virtual, of a pipe": virtual("pipe"),
    "a group in itself": circle,
    "many links": many_links,
    "2^62 rows": replaced("trace/residual", dataset(shape=(HUGE,), maxshape=(None,), chunks=(1024,), dtype="f8")),
    "2^62 rows in chunks of one": replaced("trace/residual", dataset(shape=(HUGE,), maxshape=(None,), chunks=(1,), dtype="f8")),
    "1e9 rows": replaced("trace/residual", dataset(shape=(10**9,), maxshape=(None,), chunks=(1 << 20,), dtype="f8")),
    "1e9 whole numbers": replaced("trace/iteration", dataset(shape=(10**9,), maxshape=(None,), chunks=(1 << 20,), dtype="i8")),
    "compressed zeros": replaced("trace/residual", dataset(data=numpy.zeros(3 * 10**7), maxshape=(None,), compression="gzip")),
    "compressed rows": replaced("trace/residual", dataset(data=numpy.ones(50), maxshape=(None,), compression="gzip")),
    "2^62 texts": replaced("segments/hosts", dataset(shape=(HUGE,), maxshape=(None,), chunks=(16,), dtype=h5py.string_dtype())),
    "1e8 coordinates": replaced("solution/z", dataset(shape=(10**8,), chunks=(1 << 16,), dtype="f8")),
    "a matrix as solution": replaced("solution/z", dataset(data=numpy.zeros((3, 3)))),
    "texts as solution": replaced("solution/z", dataset(data=["a", "b"], dtype=h5py.string_dtype())),
    "pairs as solution": replaced("solution/z", dataset(data=numpy.zeros(4, dtype=[("a", "f8"), ("b", "i4")]))),
    "references as solution": replaced("solution/z", dataset(shape=(4,), dtype=h5py.ref_dtype)),
    "half floats as solution": replaced("solution/z", dataset(data=numpy.zeros(20, dtype="f2"))),
    "solution not finite": replaced("solution/z", dataset(data=numpy.full(20, numpy.nan))),
    "solution of huge numbers": replaced("solution/z", dataset(data=numpy.full(20, 1e300))),
    "a group as solution": replaced("solution/z", lambda file, name: file.create_group(name)),
    "a list as configuration": replaced("config", dataset(data=["problem = bilinear"] * 3, dtype=h5py.string_dtype())),
    "a number as configuration": replaced("config", dataset(data=1.5)),
    "a configuration of 5 MB": config("problem", "# " + "x" * 5_000_000 + "\nproblem"),
    "control characters": config("problem", "# \x1b]0;owned\x07\x1b[2J\nproblem"),
    "lines in run": attribute("/", "run", "0\nssh-rsa AAAA owner\n0"),
    "escapes in a text": attribute("/", "version", "\x1b[31m0.1.0\x9b2J"),
    "escapes in a list": attribute("/", "argv", numpy.array(["vireo", "\x1b[2J"], dtype=h5py.string_dtype())),
    "a seed below zero": attribute("/", "seed", -1),
    "workers without end": attribute("/", "workers", 2**62),
    "no workers": attribute("/", "workers", -3),
    "a text as number": attribute("/", "workers", "many"),
    "newer": attribute("/", "format_version", 99),
    "a huge residual": attribute("solution/z", "residual", 1e300),
    "no residual": lambda file, folder: file["solution/z"].attrs.__delitem__("residual"),
    "no columns": lambda file, folder: file.__delitem__("trace"),
    "no problem": lambda file, folder: file.__delitem__("problem"),
    "a column as group": lambda file, folder: rewrite(file, "trace/residual", lambda file, name: file.create_group(name)),
    "a column of texts": replaced("trace/residual", dataset(data=["x"] * 4, dtype=h5py.string_dtype())),
    "no rows": replaced("trace/residual", dataset(shape=(0,), maxshape=(None,), chunks=(8,), dtype="f8")),
    "another problem": config("dimension=20", "dimension=40"),
    "L of the method": config("method = extragradient", "method = extragradient:L=1e300"),
}


class Maker:
    """Makes files in a folder, out of good ones: `trace`, `checkpoint` and `matrix`. `outside` is a folder that none of them may change."""

    def __init__(self, folder, good, outside, seal, seed=1):
        self.folder, self.good, self.outside, self.seal = folder, good, outside, seal
        self.random = random.Random(seed)
        self.by_hand = list(BY_HAND)

    def content(self, kind):
        with open(self.good[kind], "rb") as file:
            return bytearray(file.read())

    def write(self, name, content, sealed=False):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        if sealed:
            subprocess.run([self.seal, path], check=True)
        return path

    def flipped(self, number, kind, sealed=False):
        content = self.content(kind)
        place = self.random.randrange(512 if sealed else 0, len(content))
        # half of them where HDF5 keeps what it knows of the file, not in the numbers
        if number % 2:
            place = (512 if kind == "checkpoint" else 0) + place % 3000
        content[place] ^= 1 << self.random.randrange(8)
        return self.write(f"{number}.flipped.h5", content, sealed)

    def cut(self, number, kind, sealed=False):
        content = self.content(kind)
        return self.write(f"{number}.cut.h5", content[:self.random.randrange(600, len(content))], sealed)

    def overwritten(self, number, kind, sealed=False):
        content = self.content(kind)
        length = self.random.choice([1, 2, 4, 8, 16, 64])
        place = self.random.randrange(512 if sealed else 0, len(content) - length)
        content[place:place + length] = self.random.choice([b"\xff", b"\0", b"\x7f", bytes([self.random.randrange(256)])]) * length
        return self.write(f"{number}.overwritten.h5", content, sealed)

    def made_by_hand(self, number, kind, sealed=False):
        name = self.by_hand[number % len(self.by_hand)]
        path = self.write(f"{number}.hand.h5", self.content(kind))
        with h5py.File(path, "r+") as file:
            try:
                BY_HAND[name](file, self.outside)
            except (KeyError, OSError):  # a checkpoint has no such part: another one, then
                file["method"].attrs["k"] = "x"
        if sealed:
            subprocess.run([self.seal, path], check=True)
        return path

    def files(self, count):
        """(kind, path, name of how it was made), one after the other"""
        ways = ["flipped"] * 5 + ["overwritten"] * 2 + ["cut"] + ["made_by_hand"] * 2
        kinds = ["trace", "trace", "checkpoint", "trace", "resealed", "matrix", "trace", "resealed", "trace", "checkpoint"]
        for number in range(count):
            kind = kinds[number % 10]
            way = ways[(number // 10 * 3 + number) % 10] if count <= 100 else self.random.choice(ways)
            if kind in ("matrix", "checkpoint") and way == "made_by_hand":
                way = "flipped"
            path = getattr(self, way)(number, "checkpoint" if kind == "resealed" else kind, kind == "resealed")
            yield kind, path, way
            os.remove(path)


def outside(folder):
    """Makes what must not be touched; `state_of` tells whether it was."""
    os.mkdir(folder)
    with open(os.path.join(folder, "precious"), "wb") as file:
        file.write(b"precious" * 8)
    with h5py.File(os.path.join(folder, "precious.h5"), "w") as file:
        file["x"] = numpy.arange(4.0)
    os.mkfifo(os.path.join(folder, "pipe"))


def state_of(folder):
    state = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        status = os.lstat(path)
        content = b""
        if stat.S_ISREG(status.st_mode):
            with open(path, "rb") as file:
                content = file.read()
        state[name] = (status.st_mode, status.st_mtime_ns, content)
    return state
