"""Data files that tests make for themselves."""
import os

import numpy


def logistic_file(folder, rows):
    """Path of a new LIBSVM file with so many rows of 9 features, whose labels a hyperplane separates up to noise"""
    generator = numpy.random.default_rng(0)
    path = os.path.join(folder, "rows.libsvm")
    with open(path, "w") as out:
        for row in generator.standard_normal((rows, 9)):
            label = "+1" if row.sum() + generator.standard_normal() > 0 else "-1"
            out.write(label + "".join(f" {j + 1}:{value:.6g}" for j, value in enumerate(row)) + "\n")
    return path
