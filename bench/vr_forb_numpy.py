#!/usr/bin/env python3
"""vr-forb on logistic regression in NumPy and SciPy, as one would write it: vr_forb_numpy.py DATA BATCH

Prints the component evaluations per second of processor time. The same iteration as vireo's (step, probability, two evaluations of each sampled row in
one product each, prox of zero); a random number generator that is NumPy's.
"""
import sys
import time

import numpy
import scipy.sparse
import scipy.special


def load(path):
    """(rows, labels in +-1) of a LIBSVM file"""
    labels, start, columns, values = [], [0], [], []
    with open(path) as file:
        for line in file:
            fields = line.split()
            if not fields:
                continue
            labels.append(float(fields[0]))
            for field in fields[1:]:
                index, value = field.split(":")
                columns.append(int(index) - 1)
                values.append(float(value))
            start.append(len(columns))
    labels = numpy.array(labels)
    return scipy.sparse.csr_matrix((values, columns, start)), numpy.where(labels > labels.min(), 1.0, -1.0)


def main():
    rows, labels = load(sys.argv[1])
    size = int(sys.argv[2])
    n, d = rows.shape
    ridge = 1e-2
    transposed = rows.T.tocsr()

    def full(z):
        return transposed @ (-labels * scipy.special.expit(-labels * (rows @ z))) / n + ridge * z

    def sampled_difference(batch, u, v):
        A, y = rows[batch], labels[batch]
        both = A @ numpy.column_stack((u, v))
        at = scipy.special.expit(-y[:, None] * both)
        return A.T @ (-y * (at[:, 0] - at[:, 1])) / len(batch) + ridge * (u - v)

    random = numpy.random.default_rng(1)
    p = size / n
    step = 0.99 * numpy.sqrt(p * (1 - p)) / 3
    z = numpy.zeros(d)
    w = w_previous = z
    F_w = full(w)
    calls = 0
    began = time.process_time()
    while time.process_time() - began < 3:
        for _ in range(400):
            batch = random.choice(n, size, replace=False, shuffle=False)
            z = (1 - p) * z + p * w - step * (F_w + sampled_difference(batch, z, w_previous))
            calls += 2 * size
            w_previous = w
            if random.random() < p:
                w = z
                F_w = full(w)
                calls += n
    rate = calls / (time.process_time() - began)
    assert numpy.isfinite(z).all()
    print(rate)


if __name__ == "__main__":
    main()
