#!/usr/bin/env python3
"""Writes the seeds that are not text: lists of edits of a checkpoint, a matrix or a trace (hdf5_edits.cpp and the targets name the numbers), and gzip
files. The others are written by hand."""
import gzip
import os
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seeds")
PATHS = ["method/z", "method/h", "method/e", "method/k", "method/more", "run/best", "run/iteration", "run", "method", "config", "problem",
         "constants", "data", "/", "method/", ".", "..", "method/z/z", ""]
PATHS_OF_MATRIX = ["A", "H", "group/A", "group", "/", ".", "A/A", ""]
PATHS_OF_TRACE = ["trace/iteration", "trace/residual", "trace/more", "trace", "solution/z", "solution", "config", "problem", "theory/residual", "theory",
                  "segments/start_row", "segments/hosts", "segments", "/", ".", "trace/residual/z", ""]
ATTRIBUTES = ["format", "format_version", "iteration", "rows", "tau", "k", "best_residual", "path", "bytes", "sha256", "run", "more", ""]
REMOVE, ARRAY, TEXT, GROUP, LINK, TYPE, ATTRIBUTE = 0, 1, 3, 4, 5, 6, 7
FLOAT64, FLOAT32, BIG_ENDIAN, INT64, COMPOUND, LIST = 0, 1, 2, 3, 9, 15
SCALAR, NULL, VECTOR, MATRIX, CUBE = 0, 1, 2, 5, 7
LENGTHS = [0, 1, 2, 5, 20, 21, 19, 4, 6, 37, 2**32, 2**60]
ZERO, ONE, MINUS_TWO, NAN = 0, 1, 2, 3
SOFT, HARD, EXTERNAL, MOVE = 0, 1, 2, 3
VARIABLE, FIXED = 0, 1


def path(name, known=PATHS):
    return bytes([known.index(name)]) if name in known else bytes([len(known) - 1]) + text(name)


def attribute(name):
    return bytes([ATTRIBUTES.index(name)]) if name in ATTRIBUTES else bytes([len(ATTRIBUTES) - 1]) + text(name)


def text(value):
    return bytes([len(value.encode())]) + value.encode()


def list_of(count, how=VARIABLE):
    return how + 8 + 16 * count


def array(where, kind, shape, lengths, value, layout=0, known=PATHS):
    return bytes([ARRAY]) + path(where, known) + bytes([kind, shape, *map(LENGTHS.index, lengths), layout, value, 0])


def number(where, name, kind, changes):
    """The bytes at some places of the number are set."""
    body = bytes([len(changes)]) + b"".join(struct.pack("<HB", place, byte) for place, byte in changes)
    return bytes([ATTRIBUTE]) + path(where) + attribute(name) + bytes([2, kind, ZERO]) + body


def words(where, name, value, how=VARIABLE):
    return bytes([ATTRIBUTE]) + path(where) + attribute(name) + bytes([1, how]) + text(value)


CHECKPOINTS = {
    "removed": bytes([REMOVE]) + path("method/z"),
    "same-again": array("method/z", FLOAT64, VECTOR, [20], ONE),
    "big-endian-chunks": array("method/z", BIG_ENDIAN, VECTOR, [20], ZERO, layout=3),
    "too-long": array("method/z", FLOAT64, VECTOR, [21], ONE),
    "huge": array("method/h", FLOAT64, MATRIX, [2**60, 2**60], ONE, layout=2) + array("run/best", FLOAT64, VECTOR, [2**60], ONE, layout=2),
    "matrix-again": array("method/h", FLOAT64, MATRIX, [5, 20], MINUS_TWO),
    "not-finite": array("method/e", FLOAT64, VECTOR, [20], NAN),
    "integers": array("method/e", INT64, VECTOR, [20], ZERO),
    "compound": array("method/z", COMPOUND, VECTOR, [20], ZERO) + array("method/e", LIST, VECTOR, [20], ZERO),
    "no-space": array("method/z", FLOAT64, NULL, [], ONE) + array("config", FLOAT64, SCALAR, [], ONE),
    "a-line-break-in-a-name": array("method/a\nb", FLOAT64, VECTOR, [2], ONE),
    "control-in-a-shape": array("method/\x1b[2J", INT64, VECTOR, [2], ONE),
    "config-of-fixed-size": bytes([TEXT]) + path("config") + bytes([FIXED]) + text("problem = game\n"),
    "list-of-configs": bytes([TEXT]) + path("config") + bytes([list_of(9)]) + text("problem = game\n"),
    "no-configs": bytes([TEXT]) + path("config") + bytes([list_of(0)]) + text(""),
    "many-hosts": words("/", "more", "host", list_of(15)) + words("/", "run", "host", list_of(3, FIXED)),
    "another-config": bytes([TEXT]) + path("config") + bytes([VARIABLE]) + text("problem = other\n"),
    "group-for-array": bytes([GROUP]) + path("method/z"),
    "type-for-array": bytes([TYPE]) + path("method/z") + bytes([FLOAT64]),
    "loop": bytes([LINK]) + path("method/z") + path("method") + bytes([HARD]),
    "dangling": bytes([LINK]) + path("method/z") + path("method/more") + bytes([SOFT]),
    "elsewhere": bytes([LINK]) + path("method/z") + path("method/z") + bytes([EXTERNAL]),
    "moved": bytes([LINK]) + path("method/more") + path("method/z") + bytes([MOVE]),
    "negative": number("run", "iteration", INT64, [(7, 255)]),
    "real-for-whole": number("method", "k", FLOAT64, [(7, 64)]),
    "unknown-scalar": number("method", "more", FLOAT64, [(7, 64)]),
    "newer": number("/", "format_version", INT64, [(0, 2)]),
    "trace": words("/", "format", "vireo-trace"),
    "format-of-fixed-size": words("/", "format", "vireo-checkpoint", FIXED),
    "no-digest": words("data", "sha256", "\r\n"),
}


def common(known, here, other, group, shape, lengths):
    """What may happen to an array of any file, which is called `here`."""
    def made(*arguments, **more):
        return array(here, *arguments, **more, known=known)

    def link(kind, target):
        return bytes([LINK]) + path(here, known) + path(target, known) + bytes([kind])

    return {
        "removed": bytes([REMOVE]) + path(here, known),
        "same-again": made(FLOAT64, shape, lengths, ONE),
        "big-endian-chunks": made(BIG_ENDIAN, shape, lengths, ZERO, layout=3),
        "huge": made(FLOAT64, shape, [2**60] * len(lengths), ONE, layout=2),
        "not-finite": made(FLOAT64, shape, lengths, NAN),
        "integers": made(INT64, shape, lengths, ZERO),
        "compound": made(COMPOUND, shape, lengths, ZERO),
        "lists": made(LIST, shape, lengths, ZERO),
        "no-space": made(FLOAT64, NULL, [], ONE),
        "cube": made(FLOAT64, CUBE, [2, 2, 2], ONE),
        "group-for-array": bytes([GROUP]) + path(here, known),
        "type-for-array": bytes([TYPE]) + path(here, known) + bytes([FLOAT64]),
        "text-for-array": bytes([TEXT]) + path(here, known) + bytes([list_of(4)]) + text("1"),
        "loop": link(HARD, group),
        "dangling": link(SOFT, "nowhere"),
        "elsewhere": link(EXTERNAL, here),
        "moved": link(MOVE, other),
    }


MATRICES = common(PATHS_OF_MATRIX, "A", "H", "group", MATRIX, [5, 4])
TRACES = common(PATHS_OF_TRACE, "trace/residual", "trace/iteration", "trace", VECTOR, [5]) | {
    "a-longer-column": array("trace/iteration", INT64, VECTOR, [37], ZERO, known=PATHS_OF_TRACE),
    "another-column": array("trace/more", FLOAT64, VECTOR, [5], ONE, known=PATHS_OF_TRACE),
    "solution-of-another-type": array("solution/z", INT64, VECTOR, [20], ZERO, known=PATHS_OF_TRACE),
    "another-config": bytes([TEXT]) + path("config", PATHS_OF_TRACE) + bytes([VARIABLE]) + text("problem = other\n"),
}


def write(folder, name, content):
    with open(os.path.join(HERE, folder, name), "wb") as file:
        file.write(content)


for folder, seeds in (("checkpoint", CHECKPOINTS), ("matrix", MATRICES), ("trace", TRACES)):
    for name, content in seeds.items():
        write(folder, name, content)
ROWS = b"1 1:0.5 3:2\n-1 2:1\n"
ZIPPED = gzip.compress(ROWS, mtime=0)
write("libsvm", "zipped", b" " + ZIPPED)
write("libsvm", "zipped-and-cut", b" " + ZIPPED[:-6])
write("libsvm", "zipped-and-more", b" " + ZIPPED + ROWS)
