#!/usr/bin/env python3
"""Bad input, one table: the real program under mpirun ends within 5 seconds with the right exit code on every rank, one line on stderr that
says what is wrong, and nothing that looks like a result on stdout. Also what looks bad and is accepted."""
import concurrent.futures
import gzip
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

from support.program import MPIRUN, VIREO

SECONDS = 5

# Each rank notes its exit code. The launcher would end the others a second after one returns a code: here it shall not, and returns 0.
PATIENT = ["--mca", "orte_abort_on_non_zero_status", "0"]
RANK = r"""
"$VIREO" "$@"; code=$?
echo $code >"$CODES/${OMPI_COMM_WORLD_RANK:-0}"
exit $code
"""

GAME = "solve --problem bilinear:dimension=10,components=4,condition=4 --method extragradient"
MASHA = "solve --problem bilinear:dimension=10,components=4 --method masha1"
MONOTONE = "solve --problem bilinear:dimension=10,components=40,condition=inf --workers 4 --quiet"
LOGISTIC = "solve --problem logistic --method extragradient --workers 2 --data"
ROBUST = "solve --problem robust-regression --method extragradient --workers 2 --data"

GOOD_ROWS = "+1 1:0.5 2:-1\n-1 2:2 3:1e-1\n+1 1:1\n-1 3:-2.5\n"


def with_line(line, before=2, after=2):
    """A LIBSVM file in which one line among good ones is something else."""
    return GOOD_ROWS * before + line + "\n" + GOOD_ROWS * after


# The files of a run's folder: text, bytes, or a function of the path.
FILES = {
    "good.svm": GOOD_ROWS,
    "empty.svm": "",
    "blank.svm": "\n \n\t\n\n",
    "comments.svm": "# nothing\n# here\n",
    "index_zero.svm": with_line("+1 0:1 2:3"),
    "index_negative.svm": with_line("+1 -4:1"),
    "index_decreasing.svm": with_line("+1 3:1 2:1"),
    "index_twice.svm": with_line("-1 2:1 2:1"),
    "index_huge.svm": with_line("-1 2147483649:1"),
    "index_astronomic.svm": with_line("-1 99999999999999999999999:1"),
    "index_fraction.svm": with_line("-1 1.5:1"),
    "number_bad.svm": with_line("-1 1:0,5"),
    "number_missing.svm": with_line("-1 1:"),
    "number_nan.svm": with_line("-1 1:nan"),
    "number_inf.svm": with_line("-1 1:-inf"),
    "number_large.svm": with_line("-1 1:1e999"),
    "no_colon.svm": with_line("-1 1:1 2"),
    "label_missing.svm": with_line("1:1 2:1"),
    "label_nan.svm": with_line("nan 1:1"),
    "last_line.svm": with_line("-1 x:1", before=40, after=0),
    "several.svm": with_line("-1 first:1", before=1, after=40) + "-1 second:1\n",
    "three_labels.svm": GOOD_ROWS + "2 1:1\n",
    "one_label.svm": "1 1:1\n1 2:1\n",
    "no_entries.svm": "1\n-1\n1\n",
    "junk.svm": bytes(range(256)) * 40,
    "picture.svm": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(255, 0, -1)) * 20,
    "utf16.svm": GOOD_ROWS.encode("utf-16"),
    "truncated.svm.gz": gzip.compress(GOOD_ROWS.encode() * 500)[:-20],
    "no_trailer.svm.gz": gzip.compress(GOOD_ROWS.encode() * 500)[:-8],
    "trailing.svm.gz": gzip.compress(GOOD_ROWS.encode()) + b"more",
    "flipped.svm.gz": (lambda data: data[:-6] + bytes([data[-6] ^ 1]) + data[-5:])(gzip.compress(GOOD_ROWS.encode() * 500)),
    "bad_line.svm.gz": gzip.compress(with_line("+1 0:1").encode()),
    "crlf.svm": GOOD_ROWS.replace("\n", "\r\n"),
    "no_newline.svm": GOOD_ROWS.rstrip("\n"),
    "good.svm.gz": gzip.compress(GOOD_ROWS.encode()),
    "two_members.svm.gz": gzip.compress(GOOD_ROWS.encode()) + gzip.compress(GOOD_ROWS.encode()),
    "claims.mtx": "%%MatrixMarket matrix coordinate real general\n2147483648 2147483648 1\n1 1 1\n",
    "key.ini": "problem = quadratic-game\n\n# a comment\ntolerence = 1e-3\nmethod = extragradient\n",
    "plugin_key.ini": "method = extragradient\nproblem = quadratic-game:dimesion=4\n",
    "line.ini": "problem = quadratic-game\nmethod extragradient\n",
    "value.ini": "problem = quadratic-game\nmethod = extragradient\nworkers = many\n",
    "no_value.ini": "problem = quadratic-game\nmethod =\n",
    "twice.ini": "seed = 1\nproblem = quadratic-game\nseed = 2\n",
    "flag.ini": "quiet = perhaps\n",
    "nested.ini": "problem = quadratic-game\nconfig = other.ini\n",
    "junk.ini": bytes(range(256)),
    "note.txt": "not to be lost\n",
}


def other_hdf5(path):
    with h5py.File(path, "w") as file:
        file["x"] = numpy.arange(3.0)


def claims(path):
    """Matrices of which nothing is there but their sizes"""
    with h5py.File(path, "w") as file:
        file.create_dataset("A", (2**40, 2**40), "f8", chunks=(16, 16))
        file.create_dataset("wide", (10**6, 10**6), "f8", chunks=(16, 16))


def changed(source, change):
    def make(path):
        shutil.copy(os.path.join(os.path.dirname(path), source), path)
        with h5py.File(path, "r+") as file:
            change(file)
    return make


def truncated(path):
    with open(os.path.join(os.path.dirname(path), "run.h5"), "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data[:len(data) * 3 // 4])


def tamper(file):
    file["solution/z"][3] += 1e-6


def set_text(file, old, new):
    text = file["config"][()].decode()
    assert old in text
    del file["config"]
    file.create_dataset("config", data=text.replace(old, new), dtype=h5py.string_dtype())


def resize(file):
    attributes = dict(file["solution/z"].attrs)
    del file["solution/z"]
    file["solution/z"] = numpy.zeros(7)
    file["solution/z"].attrs.update(attributes)


def poison(file):
    file["solution/z"][0] = numpy.nan


# Made after `run.h5`, a good trace of GAME, and `fit.h5`, one of LOGISTIC on fit.svm.
TRACES = {
    "other.h5": other_hdf5,
    "claims.h5": claims,
    "empty.h5": lambda path: open(path, "wb").close(),
    "text.h5": lambda path: shutil.copy(os.path.join(os.path.dirname(path), "good.svm"), path),
    "truncated.h5": truncated,
    "tampered.h5": changed("run.h5", tamper),
    "residual.h5": changed("run.h5", lambda file: file["solution/z"].attrs.modify("residual", 1e-12)),
    "nan_residual.h5": changed("run.h5", lambda file: file["solution/z"].attrs.modify("residual", float("nan"))),
    "nan_constant.h5": changed("run.h5", lambda file: file["problem"].attrs.modify("mu", float("nan"))),
    "constant.h5": changed("run.h5", lambda file: file["problem"].attrs.modify("L", 1e300)),
    "constant_too.h5": changed("constant.h5", lambda file: file["solution/z"].attrs.modify("residual", 1e-12)),
    "unfinished.h5": changed("run.h5", lambda file: (file.attrs.modify("status", "running"), file.__delitem__("solution"))),
    "newer.h5": changed("run.h5", lambda file: file.attrs.modify("format_version", 2)),
    "no_config.h5": changed("run.h5", lambda file: file.__delitem__("config")),
    "no_rows.h5": changed("run.h5", lambda file: file.__delitem__("trace")),
    "unknown.h5": changed("run.h5", lambda file: set_text(file, "problem = bilinear", "problem = trilinear")),
    "resized.h5": changed("run.h5", resize),
    "poisoned.h5": changed("run.h5", poison),
}

USAGE, DATA, NUMERICAL, LIMIT, IO = 2, 3, 4, 5, 6

# (exit code, arguments, what the line on stderr must hold ...). Files are named {name}. Where it matters, arguments begin with the number
# of ranks and a colon: "3: solve ..."; the default is 2; 0 is a lone process without mpirun.
REFUSED = [
    # names
    (USAGE, "", "no subcommand", "vireo --help"),
    (USAGE, "slove --problem bilinear", "unknown subcommand 'slove'", "did you mean 'solve'"),
    (USAGE, "list compresors", "'compresors'", "did you mean 'compressors'"),
    (USAGE, "list methods masha3", "'masha3'", "did you mean 'masha"),
    (USAGE, "list --names", "--names", "of which kind"),
    (USAGE, "solve --problem bilinar --method extragradient", "--problem", "'bilinar'", "did you mean 'bilinear'"),
    (USAGE, "solve --problem bilinear --method extragradeint", "--method", "'extragradeint'", "did you mean 'extragradient'"),
    (USAGE, "solve --problem bilinear --method newton", "--method", "'newton'", "vireo list methods"),
    (USAGE, MASHA + " --uplink rnadk", "--uplink", "'rnadk'", "did you mean 'randk'"),
    (USAGE, MASHA + " --downlink rank:k=2", "--downlink", "'rank'", "did you mean 'randk'"),
    (USAGE, GAME + " --regularizer simplx", "--regularizer", "'simplx'", "did you mean 'simplex'"),
    (USAGE, GAME + " --tolerence 1e-3", "unknown option '--tolerence'", "did you mean '--tolerance'"),
    (USAGE, GAME + " --frobnicate", "unknown option '--frobnicate'", "--help"),
    (USAGE, "solve --problem bilinear:dimensions=10 --method extragradient", "--problem", "'dimensions'", "did you mean 'dimension'"),
    (USAGE, "solve --problem bilinear --method masha1:refrehs=next", "--method", "'refrehs'", "did you mean 'refresh'"),
    (USAGE, MASHA + " --uplink randk:share=0.1", "--uplink", "'share'", "fraction, k"),
    (USAGE, MASHA + " --uplink none:k=1", "--uplink", "'k'", "no parameters"),
    (USAGE, GAME + " --regularizer ball:raduis=2", "--regularizer", "'raduis'", "did you mean 'radius'"),
    (USAGE, "solve --method extragradient", "--problem is missing", "vireo list problems"),
    (USAGE, "solve --problem bilinear", "--method is missing", "vireo list methods"),
    # how a spec is written
    (USAGE, "solve --problem bilinear:dimension=[10 --method extragradient", "--problem", "'['", "never closed"),
    (USAGE, "solve --problem bilinear:dimension=10] --method extragradient", "--problem", "']'"),
    (USAGE, "solve --problem bilinear:dimension --method extragradient", "--problem", "expected '='"),
    (USAGE, "solve --problem bilinear:dimension= --method extragradient", "--problem", "expected a value"),
    (USAGE, "solve --problem bilinear:dimension=10,dimension=12 --method extragradient", "--problem", "'dimension' is given twice"),
    (USAGE, GAME + " --regularizer x=[ball:radius=1", "--regularizer", "'[' is never closed"),
    (USAGE, GAME + " --regularizer =ball", "--regularizer", "no block"),
    # values of plug-ins
    (USAGE, MASHA + " --uplink randk:fraction=0", "--uplink", "fraction=0", "0 < fraction <= 1"),
    (USAGE, MASHA + " --uplink randk:fraction=2", "--uplink", "fraction=2", "0 < fraction <= 1"),
    (USAGE, MASHA + " --uplink randk:fraction=nan", "--uplink", "'nan'", "0 < fraction <= 1"),
    (USAGE, MASHA + " --downlink randk:fraction=-0.5", "--downlink", "fraction=-0.5", "0 < fraction <= 1"),
    (USAGE, MASHA + " --uplink randk:fraction=ten", "--uplink", "'ten' is not a number"),
    (USAGE, MASHA + " --uplink randk:k=0", "--uplink", "k=0", "k >= 1"),
    (USAGE, MASHA + " --uplink randk:k=2.5", "--uplink", "'2.5' is not a whole number"),
    (USAGE, MASHA + " --uplink randk:k=11", "--uplink", "k=11", "dimension 10"),
    (USAGE, MASHA + " --downlink randk:k=11", "--downlink", "k=11", "dimension 10"),
    (USAGE, MASHA + " --uplink randk:k=1,fraction=0.5", "--uplink", "k or fraction, not both"),
    (USAGE, GAME + " --uplink randk", "--uplink", "extragradient", "uncompressed"),
    (USAGE, MASHA + " --uplink topk:k=11", "--uplink", "k=11", "dimension 10"),
    (USAGE, MASHA + " --uplink topk", "--uplink", "unbiased", "--allow-unproven"),
    (USAGE, MONOTONE + " --method vr-halpern", "--method vr-halpern", "cocoercive", "--allow-unproven"),
    (USAGE, MONOTONE + " --method compressed-halpern:step=practical", "--method compressed-halpern", "cocoercive", "--allow-unproven"),
    (USAGE, MONOTONE + " --method compressed-halpern:step=practice", "step", "practice", "practical"),
    (USAGE, MASHA + " --uplink induced:first=[topk:k=2],second=[randk:k=2", "--uplink", "'['", "never closed"),
    (USAGE, MASHA + " --uplink induced:first=[topk:k=2],second=[randk:k=20]", "--uplink", "k=20", "dimension 10"),
    (USAGE, "solve --problem bilinear:dimension=7 --method extragradient", "--problem", "dimension=7", "even"),
    (USAGE, "solve --problem bilinear:dimension=1e30 --method extragradient", "--problem", "dimension", "1e30"),
    (USAGE, "solve --problem bilinear:condition=0.5 --method extragradient", "--problem", "condition=0.5", "condition > 1"),
    (USAGE, "solve --problem bilinear:structure=full --method extragradient", "--problem", "'full'", "dense, banded, sparse"),
    (USAGE, GAME + ":step=0", "--method", "step=0", "step > 0"),
    (USAGE, GAME + ":step=2y", "--method", "step", "'2y'"),
    (USAGE, GAME + ":step=nan", "--method", "step", "'nan'"),
    (USAGE, GAME + ":L=-1", "--method", "L=-1", "L > 0"),
    (USAGE, MASHA + ":probability=1.5", "--method", "probability=1.5", "probability <= 1"),
    (USAGE, GAME + " --regularizer box:lower=2,upper=1", "--regularizer", "lower=2", "upper=1"),
    # values of options
    (USAGE, GAME + " --tolerance -1", "--tolerance", "-1"),
    (USAGE, GAME + " --tolerance nan", "--tolerance", "'nan'"),
    (USAGE, GAME + " --tolerance small", "--tolerance", "'small'"),
    (USAGE, GAME + " --relative-tolerance inf", "--relative-tolerance", "'inf'"),
    (USAGE, GAME + " --tolerance", "--tolerance has no value"),
    (USAGE, GAME + " --tolerance --quiet", "--tolerance", "no value"),
    (USAGE, GAME + " --tolerance 1 --tolerance 2", "--tolerance", "twice"),
    (USAGE, GAME + " --workers 0", "--workers", "at least 1"),
    (USAGE, GAME + " --workers 2.5", "--workers", "'2.5'"),
    (USAGE, GAME + " --workers 5", "--workers", "5 workers", "4 components"),
    (USAGE, GAME + " --seed -1", "--seed", "-1"),
    (USAGE, GAME + " --check-every 0", "--check-every", "at least 1"),
    (USAGE, GAME + " --trace-every -1", "--trace-every", "at least 0"),
    (USAGE, GAME + " --max-iterations -3", "--max-iterations", "-3"),
    (USAGE, GAME + " --max-seconds 5parsec", "--max-seconds", "'5parsec'", "10m"),
    (USAGE, GAME + " --max-seconds -1s", "--max-seconds", "'-1s'"),
    (USAGE, GAME + " --max-oracle-calls 0", "--max-oracle-calls", "at least 1"),
    (USAGE, GAME + " --max-wire-bytes 3XB", "--max-wire-bytes", "'3XB'", "GiB"),
    (USAGE, GAME + " --return middle", "--return", "'middle'", "last, average, best"),
    (USAGE, GAME.replace("extragradient", "ceg") + " --return best", "--return", "a run of ceg has no best point", "the average of z^{k+1/2}"),
    (USAGE, GAME + " -q", "'-q'", "two dashes"),
    (USAGE, GAME + " more", "unexpected argument 'more'"),
    (USAGE, GAME + " --checkpoint-every 10", "--checkpoint-every", "--checkpoint, which is not given"),
    (USAGE, GAME + " --checkpoint {}/c.h5 --checkpoint-every 0", "--checkpoint-every", "at least 1"),
    (USAGE, GAME + " --checkpoint {}/c.h5 --checkpoint-every 0s", "--checkpoint-every", "longer than 0 s"),
    (USAGE, GAME + " --checkpoint {}/c.h5 --checkpoint-every 5parsec", "--checkpoint-every", "'5parsec'", "10m"),
    (USAGE, GAME + " --checkpoint {}/c.h5 --checkpoint-every 2.5", "--checkpoint-every", "'2.5'", "whole number"),
    (USAGE, GAME + " --resume auto", "--resume", "--checkpoint, which is not given"),
    (USAGE, GAME + " --resume yes", "--resume", "'yes'", "auto, never"),
    (USAGE, GAME + " --rank-timeout 0s", "--rank-timeout", "longer than 0 s"),
    (USAGE, GAME + " --rank-timeout soon", "--rank-timeout", "'soon'"),
    # what no memory holds: named, with what it would take
    (USAGE, "solve --problem bilinear:dimension=1000000000000 --method extragradient", "--problem: bilinear", "takes an array of", "TB"),
    (USAGE, "3: solve --problem bilinear:dimension=1000000000000 --method extragradient", "--problem: bilinear", "takes an array of", "TB"),
    (USAGE, "1: solve --problem bilinear:dimension=1000000000000 --method extragradient --simulate 2", "--problem: bilinear", "TB"),
    (USAGE, GAME.replace("extragradient", "masha1") + " --uplink " + "induced:first=[" * 65 + "none" + "]" * 65, "--uplink", "64 levels"),
    (DATA, "3: solve --problem matrix-game:dataset=A --method extragradient --data {claims.h5}", "{claims.h5}", "'A'", "1.209e+24 entries"),
    (DATA, "solve --problem matrix-game:dataset=wide --method extragradient --data {claims.h5}", "{claims.h5}", "'wide'", "more than the file can hold"),
    (DATA, "solve --problem matrix-game --method extragradient --data {claims.mtx}", "{claims.mtx}", "takes an array of", "GB"),
    # checkpoints: where they can not be written, and what can not be resumed
    (USAGE, GAME + " --checkpoint {}/c.h5 --trace {}/c.h5", "--checkpoint", "--trace"),
    (USAGE, GAME + " --checkpoint {note.txt}", "--checkpoint", "{note.txt}", "not overwritten"),
    (USAGE, GAME + " --checkpoint {run.h5}", "--checkpoint", "{run.h5}", "not overwritten"),
    (IO, GAME + " --checkpoint {}/missing/c.h5", "--checkpoint", "{}/missing/c.h5", "no directory {}/missing"),
    (IO, GAME + " --checkpoint {}", "--checkpoint", "{}", "is a directory"),
    (IO, GAME + " --checkpoint /proc/c.h5", "--checkpoint", "/proc/c.h5"),
    (IO, "3: " + GAME + " --checkpoint /dev/full", "--checkpoint", "/dev/full", "not a regular file"),
    (USAGE, "resume", "resume takes one file"),
    (USAGE, "resume {run.h5} {run.h5}", "resume takes one file"),
    (USAGE, "resume {run.h5} --seed 2", "--seed", "checkpoint's"),
    (DATA, "resume {}/missing.h5", "{}/missing.h5", "No such file"),
    (DATA, "resume {}", "{}", "is a directory"),
    (DATA, "3: resume {run.h5}", "{run.h5}", "is a trace of Vireo, not a checkpoint"),
    (DATA, "resume {other.h5}", "{other.h5}", "not a checkpoint of Vireo"),
    (DATA, "resume {good.svm}", "{good.svm}", "not a checkpoint of Vireo"),
    (IO, "resume {empty.h5}", "{empty.h5}", "empty"),
    # the simulated network
    (USAGE, GAME + " --simulate 3", "--simulate", "mpirun"),
    (USAGE, "1: " + GAME + " --simulate 0", "--simulate", "at least 1"),
    (USAGE, "0: " + GAME + " --simulate 5000", "--simulate", "4096"),
    (USAGE, "1: " + GAME + " --simulate 2 --latency 10parsec", "--latency", "'10parsec'", "10us"),
    (USAGE, "1: " + GAME + " --simulate 2 --bandwidth 1Gbit", "--bandwidth", "'1Gbit'", "1Gbit/s"),
    (USAGE, "1: " + GAME + " --simulate 2 --bandwidth 0bit/s", "--bandwidth", "'0bit/s'"),
    (USAGE, GAME + " --latency 10us", "--latency", "--simulate"),
    (USAGE, "0: " + GAME + " --simulate 3 --workers 5", "--workers", "5 workers", "4 components"),
    (USAGE, "0: " + MASHA + " --simulate 3 --uplink randk:k=11", "--uplink", "k=11"),
    (DATA, "0: " + LOGISTIC + " {index_zero.svm} --simulate 3", "{index_zero.svm}:9:", "index 0"),
    (IO, "0: " + GAME + " --simulate 3 --trace {}/missing/t.h5", "--trace", "{}/missing/t.h5", "no directory {}/missing"),
    # regularizers on blocks
    (USAGE, GAME + " --regularizer u=ball", "--regularizer", "no block 'u'", "x, y"),
    (USAGE, GAME + " --regularizer x=ball --regularizer x=simplex", "--regularizer", "'x'", "twice"),
    (USAGE, GAME + " --regularizer ball --regularizer y=simplex", "--regularizer", "'y'", "twice"),
    (USAGE, ROBUST + " {good.svm} --regularizer w=ball", "--regularizer", "'w'", "of its own"),
    # data files
    (USAGE, "solve --problem logistic --method extragradient", "--data is missing", "logistic"),
    (USAGE, GAME + " --data {good.svm}", "--data", "bilinear", "reads no file"),
    (USAGE, "3: solve --problem logistic --method extragradient --workers 5 --data {good.svm}", "--workers", "5 workers", "4 rows"),
    (DATA, LOGISTIC + " {}/missing.svm", "{}/missing.svm", "No such file"),
    (DATA, LOGISTIC + " {}", "{}", "is a directory"),
    (DATA, LOGISTIC + " /dev/null", "/dev/null", "not a regular file"),
    (DATA, LOGISTIC + " {good.svm}/x", "{good.svm}/x", "Not a directory"),
    (DATA, LOGISTIC + " {empty.svm}", "{empty.svm}", "empty"),
    (DATA, LOGISTIC + " {blank.svm}", "{blank.svm}", "no rows"),
    (DATA, LOGISTIC + " {comments.svm}", "{comments.svm}", "no rows"),
    (DATA, LOGISTIC + " {index_zero.svm}", "{index_zero.svm}:9:", "index 0"),
    (DATA, LOGISTIC + " {index_negative.svm}", "{index_negative.svm}:9:", "'-4'", "negative"),
    (DATA, LOGISTIC + " {index_decreasing.svm}", "{index_decreasing.svm}:9:", "index 2 follows index 3"),
    (DATA, LOGISTIC + " {index_twice.svm}", "{index_twice.svm}:9:", "index 2 follows index 2"),
    (DATA, LOGISTIC + " {index_huge.svm}", "{index_huge.svm}:9:", "2^31"),
    (DATA, LOGISTIC + " {index_astronomic.svm}", "{index_astronomic.svm}:9:", "2^31"),
    (DATA, LOGISTIC + " {index_fraction.svm}", "{index_fraction.svm}:9:", "'1.5'", "whole number"),
    (DATA, LOGISTIC + " {number_bad.svm}", "{number_bad.svm}:9:", "'0,5'", "not a number"),
    (DATA, LOGISTIC + " {number_missing.svm}", "{number_missing.svm}:9:", "no value"),
    (DATA, LOGISTIC + " {number_nan.svm}", "{number_nan.svm}:9:", "'nan'", "not finite"),
    (DATA, LOGISTIC + " {number_inf.svm}", "{number_inf.svm}:9:", "'-inf'", "not finite"),
    (DATA, LOGISTIC + " {number_large.svm}", "{number_large.svm}:9:", "'1e999'", "double precision"),
    (DATA, LOGISTIC + " {no_colon.svm}", "{no_colon.svm}:9:", "'2'", "index:value"),
    (DATA, LOGISTIC + " {label_missing.svm}", "{label_missing.svm}:9:", "label '1:1'"),
    (DATA, LOGISTIC + " {label_nan.svm}", "{label_nan.svm}:9:", "label 'nan'", "not finite"),
    (DATA, "3: " + LOGISTIC + " {last_line.svm}", "{last_line.svm}:161:", "'x'"),
    (DATA, "3: " + LOGISTIC + " {several.svm}", "{several.svm}:5:", "'first'"),
    (DATA, LOGISTIC + " {three_labels.svm}", "{three_labels.svm}", "two distinct labels", "-1, 1, 2"),
    (DATA, LOGISTIC + " {one_label.svm}", "{one_label.svm}", "two distinct labels", "1"),
    (DATA, LOGISTIC + " {no_entries.svm}", "{no_entries.svm}", "features="),
    (DATA, LOGISTIC + " {junk.svm}", "{junk.svm}:1:", "not LIBSVM text"),
    (DATA, LOGISTIC + " {picture.svm}", "{picture.svm}:1:"),
    (DATA, LOGISTIC + " {utf16.svm}", "{utf16.svm}", "UTF-16"),
    (DATA, LOGISTIC + " {truncated.svm.gz}", "{truncated.svm.gz}", "truncated gzip"),
    (DATA, LOGISTIC + " {no_trailer.svm.gz}", "{no_trailer.svm.gz}", "truncated gzip"),
    (DATA, LOGISTIC + " {trailing.svm.gz}", "{trailing.svm.gz}", "followed by something else"),
    (DATA, LOGISTIC + " {flipped.svm.gz}", "{flipped.svm.gz}", "corrupt gzip", "incorrect"),
    (DATA, "3: " + LOGISTIC + " {bad_line.svm.gz}", "{bad_line.svm.gz}:9:", "index 0"),
    (DATA, "solve --problem logistic:features=2 --method extragradient --data {good.svm}", "{good.svm}", "index 3", "features=2"),
    (USAGE, "solve --problem matrix-game --method extragradient", "--data FILE", "matrix=policeman-burglar"),
    (USAGE, "solve --problem matrix-game:matrix=random --method extragradient --data {good.svm}", "--data", "matrix=random"),
    (DATA, "3: solve --problem matrix-game --method extragradient --data {good.svm}", "{good.svm}", "neither a Matrix Market file"),
    (DATA, "3: solve --problem lagrangian-qp --method extragradient --data {good.svm}", "{good.svm}", "not an HDF5 file"),
    (USAGE, "solve --problem group-dro:groups=x --method extragradient --data {good.svm}", "groups=x", "workers, labels or feature:J"),
    (USAGE, "solve --problem rotations:dimension=7 --method extragradient", "dimension=7", "odd"),
    (USAGE, "solve --problem least-squares --method extragradient", "--data FILE", "rows=N"),
    (USAGE, "solve --problem logistic:lambda=-1 --method extragradient --data {good.svm}", "--problem", "lambda=-1", "0 <= lambda"),
    # where a trace can not be written
    (IO, GAME + " --trace {}/missing/t.h5", "--trace", "{}/missing/t.h5", "no directory {}/missing"),
    (IO, GAME + " --trace {}", "--trace", "{}", "is a directory"),
    (IO, GAME + " --trace {note.txt}/t.h5", "--trace", "{note.txt}/t.h5", "Not a directory"),
    (IO, GAME + " --trace /proc/t.h5", "--trace", "/proc/t.h5"),
    (IO, GAME + " --trace /sys/t.h5", "--trace", "/sys/t.h5"),
    (IO, GAME + " --trace /dev/full", "--trace", "/dev/full", "not a regular file"),
    (USAGE, GAME + " --trace {note.txt}", "--trace", "{note.txt}", "not a trace", "not overwritten"),
    (USAGE, LOGISTIC + " {good.svm} --trace {good.svm}", "--trace", "{good.svm}", "not overwritten"),
    (USAGE, GAME + " --trace {other.h5}", "--trace", "{other.h5}", "not overwritten"),
    # configuration files
    (USAGE, "solve --config {key.ini}", "{key.ini}:4:", "'tolerence'", "did you mean 'tolerance'"),
    (USAGE, "solve --config {plugin_key.ini}", "{plugin_key.ini}:2:", "'dimesion'", "did you mean 'dimension'"),
    (USAGE, "solve --config {line.ini}", "{line.ini}:2:", "name = value"),
    (USAGE, "solve --config {value.ini}", "{value.ini}:3:", "'many'"),
    (USAGE, "solve --config {no_value.ini}", "{no_value.ini}:2:", "no value"),
    (USAGE, "solve --config {twice.ini}", "{twice.ini}:3:", "seed", "twice"),
    (USAGE, "solve --config {flag.ini}", "{flag.ini}:1:", "quiet", "on or off"),
    (USAGE, "solve --config {nested.ini}", "{nested.ini}:2:", "'config'", "command line"),
    (USAGE, "solve --config {junk.ini}", "{junk.ini}:1:"),
    (DATA, "solve --config {}/missing.ini", "--config", "{}/missing.ini", "No such file"),
    (DATA, "solve --config {}", "--config", "{}", "is a directory"),
    # traces to look at or to verify
    (USAGE, "verify", "verify takes one file"),
    (USAGE, "verify {run.h5} {run.h5}", "verify takes one file"),
    (USAGE, "verify --quite {run.h5}", "'--quite'", "did you mean '--quiet'"),
    (DATA, "verify {}/missing.h5", "{}/missing.h5", "No such file"),
    (DATA, "verify {}", "{}", "is a directory"),
    (DATA, "verify {text.h5}", "{text.h5}", "not an HDF5 file"),
    (DATA, "verify {empty.h5}", "{empty.h5}", "empty"),
    (DATA, "verify {other.h5}", "{other.h5}", "not a trace of Vireo"),
    (DATA, "verify {truncated.h5}", "{truncated.h5}", "truncated"),
    (DATA, "verify {unfinished.h5}", "{unfinished.h5}", "did not finish"),
    (DATA, "verify {newer.h5}", "{newer.h5}", "format version 2"),
    (DATA, "verify {no_config.h5}", "{no_config.h5}", "'config'"),
    (DATA, "verify {no_rows.h5}", "{no_rows.h5}", "'trace'"),
    (DATA, "verify {unknown.h5}", "{unknown.h5}:/config:1:", "'trilinear'"),
    (DATA, "verify {resized.h5}", "{resized.h5}", "7 coordinates", "10"),
    (DATA, "verify {fit.h5}", "{fit.h5}", "other data"),
    (USAGE, "info", "info takes one file"),
    (DATA, "info {}/missing.h5", "{}/missing.h5", "No such file"),
    (DATA, "info {}", "{}", "is a directory"),
    (DATA, "info {text.h5}", "{text.h5}", "not an HDF5 file"),
    (DATA, "info {other.h5}", "{other.h5}", "not a trace of Vireo"),
    (DATA, "0: info {truncated.h5}", "{truncated.h5}", "truncated"),
    (DATA, "info {newer.h5}", "{newer.h5}", "format version 2"),
    # points to start from
    (DATA, GAME + " --initial {}/missing.h5", "--initial", "{}/missing.h5", "No such file"),
    (DATA, GAME + " --initial {}", "--initial", "{}", "is a directory"),
    (DATA, GAME + " --initial {good.svm}", "--initial", "{good.svm}", "not an HDF5 file"),
    (DATA, GAME + " --initial {other.h5}", "--initial", "{other.h5}", "not a trace of Vireo"),
    (DATA, GAME + " --initial {truncated.h5}", "--initial", "{truncated.h5}", "truncated"),
    (DATA, GAME + " --initial {unfinished.h5}", "--initial", "{unfinished.h5}", "no solution"),
    (DATA, GAME + " --initial {resized.h5}", "--initial", "{resized.h5}", "7 coordinates", "10"),
    (DATA, "0: " + GAME + " --simulate 3 --initial {resized.h5}", "--initial", "{resized.h5}", "7 coordinates", "10"),
    (DATA, GAME + " --initial {poisoned.h5}", "--initial", "{poisoned.h5}", "not finite"),
    (USAGE, GAME + " --initial {run.h5} --trace {run.h5}", "--trace", "--initial", "{run.h5}"),
]

# (exit code, arguments, what stdout must hold ...)
ACCEPTED = [
    (0, LOGISTIC + " {crlf.svm}", '"termination":"converged"', "dimension d = 3"),
    (0, LOGISTIC + " {no_newline.svm}", '"termination":"converged"', "components n = 4"),
    (0, LOGISTIC + " {good.svm.gz}", '"termination":"converged"', "components n = 4"),
    (0, "3: " + LOGISTIC + " {two_members.svm.gz}", '"termination":"converged"', "components n = 8"),
    (0, ROBUST + " {three_labels.svm}", '"termination":"converged"'),
    (0, "solve --problem robust-regression:beta=0.5 --method extragradient --workers 2 --data {good.svm} --max-iterations 50 --tolerance 1e9",
     "not monotone on the set: beta = 0.5 < radius_w^2 = 1"),
    (NUMERICAL, GAME + ":step=100x", '"termination":"diverged"', "what to do"),
    (NUMERICAL, MONOTONE + " --method vr-halpern --allow-unproven", '"termination":"diverged"'),
    (NUMERICAL, "verify {tampered.h5}", '"agrees":false', "DISAGREES"),
    (NUMERICAL, "verify --quiet {residual.h5}", '"agrees":false'),
    (NUMERICAL, "verify {poisoned.h5}", '"agrees":false', '"residual":null'),
    (NUMERICAL, "verify {nan_residual.h5}", '"agrees":false', "DISAGREES"),
    (NUMERICAL, "verify {nan_constant.h5}", '"agrees":false', "mu: nan (", " found again", "constants of the file"),
    (NUMERICAL, "verify {constant.h5}", '"agrees":false', "L: 1e+300 (", " found again", "constants of the file"),
    (NUMERICAL, "verify {constant_too.h5}", '"agrees":false', "the stored residual is not the one"),
    (0, "verify {run.h5}", '"agrees":true', '"constants_differ":[]'),
    (0, "info {unfinished.h5}", "running"),
    (0, "info {tampered.h5}", "complete"),
    (LIMIT, GAME + " --max-iterations 0", '"termination":"max-iterations"', '"iterations":0'),
]


class Folder:
    """All files, and the runs whose traces some cases look at."""

    def __init__(self, path):
        self.path = path
        self.rank = os.path.join(path, "rank.sh")
        with open(self.rank, "w") as out:
            out.write(RANK)
        for name, content in FILES.items():
            with open(os.path.join(path, name), "wb") as out:
                out.write(content if isinstance(content, bytes) else content.encode())
        fit = os.path.join(path, "fit.svm")
        shutil.copy(os.path.join(path, "good.svm"), fit)
        self.make_trace(GAME, "run.h5")
        self.make_trace(f"{LOGISTIC} {fit}", "fit.h5")
        with open(fit, "a") as out:
            out.write("+1 1:7\n")
        for name, make in TRACES.items():
            make(os.path.join(path, name))

    def make_trace(self, arguments, name):
        subprocess.run([VIREO, *shlex.split(arguments), "--trace", os.path.join(self.path, name), "--quiet"], check=True,
                       capture_output=True, timeout=60)

    def named(self, text):
        text = text.replace("{}", self.path)
        for name in [*FILES, *TRACES, "run.h5", "fit.h5"]:
            text = text.replace("{" + name + "}", os.path.join(self.path, name))
        return text

    def run(self, arguments, patient=True):
        """(exit codes of the ranks or, where the launcher is not patient, its own, stdout, stderr)"""
        ranks, colon, rest = arguments.partition(": ")
        ranks, arguments = (int(ranks), rest) if colon and ranks.isdigit() else (2, arguments)
        launcher = [*MPIRUN, *(PATIENT if patient else []), "-n", str(ranks)] if ranks > 0 else []
        as_users_have_it = {} if patient else {"OMPI_MCA_odls_base_sigkill_timeout": "1"}
        with tempfile.TemporaryDirectory(dir=self.path) as codes:
            command = [*launcher, "sh", self.rank, *shlex.split(self.named(arguments))]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                       env={**os.environ, "VIREO": VIREO, "CODES": codes, **as_users_have_it}, start_new_session=True)
            try:
                out, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.communicate()
                return [f"still running after {SECONDS} s"], "", ""
            of_ranks = [process.returncode]
            if patient:
                of_ranks = []
                for name in sorted(os.listdir(codes)):
                    with open(os.path.join(codes, name)) as file:
                        of_ranks.append(int(file.read()))
                of_ranks += ["missing"] * (max(ranks, 1) - len(of_ranks))
            return of_ranks, out.decode(errors="replace"), err.decode(errors="replace")


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="vireo-bad-input-")
        cls.folder = Folder(cls.scratch.name)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def each(self, table, check):
        # Two at a time: a start of mpirun mostly waits.
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda case: self.folder.run(case[1]), table)
            for (code, arguments, *texts), (codes, out, err) in zip(table, results):
                with self.subTest(arguments=arguments, stdout=out, stderr=err):
                    self.assertEqual(set(codes), {code}, "exit codes of the ranks")
                    check([self.folder.named(text) for text in texts], out, err)

    def test_what_is_wrong_is_refused_in_one_line(self):
        def check(texts, out, err):
            errors = [line for line in err.splitlines() if line.startswith("vireo: error:")]
            self.assertEqual(len(errors), 1)
            for text in texts:
                self.assertIn(text, errors[0])
            self.assertEqual(out, "")
            self.assertNotIn("terminate called", err)
            self.assertNotIn("HDF5-DIAG", err)

        self.assertGreaterEqual(len(REFUSED), 60)
        self.each(REFUSED, check)

    def test_what_is_right_is_accepted(self):
        def check(texts, out, err):
            for text in texts:
                self.assertIn(text, out)
            self.assertNotIn("vireo: error:", err)

        self.each(ACCEPTED, check)

    def test_the_launcher_returns_the_code_of_the_ranks(self):
        first_of_code = {code: arguments for code, arguments, *_ in reversed(REFUSED + ACCEPTED) if arguments[:1].isalpha()}
        self.assertEqual(sorted(first_of_code), [0, USAGE, DATA, NUMERICAL, LIMIT, IO])
        for code, arguments in first_of_code.items():
            with self.subTest(arguments=arguments):
                self.assertEqual(self.folder.run(arguments, patient=False)[0], [code])

    def test_nothing_was_written(self):
        with open(os.path.join(self.folder.path, "note.txt")) as file:
            self.assertEqual(file.read(), FILES["note.txt"])
        with open(os.path.join(self.folder.path, "good.svm")) as file:
            self.assertEqual(file.read(), GOOD_ROWS)


if __name__ == "__main__":
    sys.exit(unittest.main())
