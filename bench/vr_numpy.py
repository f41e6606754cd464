#!/usr/bin/env python3
"""vr-forb or vr-halpern on logistic regression in NumPy and SciPy, as one would write it: vr_numpy.py METHOD DATA BATCH PROBABILITY

Prints the component evaluations per second of processor time. The same iteration as vireo's (batch, probability, two evaluations of each sampled row in
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
    method = sys.argv[1]
    rows, labels = load(sys.argv[2])
    size = int(sys.argv[3])
    p = float(sys.argv[4])
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

    def draw():
        return random.choice(n, size, replace=False, shuffle=False)

    def vr_forb():
        """Yields the evaluations of each iteration"""
        step = 0.99 * numpy.sqrt(p * (1 - p)) / 3
        z = numpy.zeros(d)
        w = w_previous = z
        F_w = full(w)
        while True:
            z = (1 - p) * z + p * w - step * (F_w + sampled_difference(draw(), z, w_previous))
            w_previous = w
            refreshes = random.random() < p
            if refreshes:
                w = z
                F_w = full(w)
            assert numpy.isfinite(z).all()
            yield 2 * size + (n if refreshes else 0)

    def vr_halpern():
        """Yields the evaluations of each iteration; starts again where the residual has halved"""
        step = 0.5
        u = anchor = numpy.zeros(d)
        estimate = full(u)
        target = numpy.linalg.norm(estimate) / 2
        j = 0
        while True:
            share = 2 / (j + 4)
            previous = u
            u = share * anchor + (1 - share) * u - step * estimate
            j += 1
            refreshes = random.random() < p
            if refreshes:
                estimate = full(u)
                residual = numpy.linalg.norm(estimate)
                if residual <= target:
                    anchor, target, j = u, residual / 2, 0
            else:
                estimate = estimate + sampled_difference(draw(), u, previous)
            assert numpy.isfinite(u).all()
            yield n if refreshes else 2 * size

    iterations = {"vr-forb": vr_forb, "vr-halpern": vr_halpern}[method]()
    calls = 0
    began = time.process_time()
    while time.process_time() - began < 3:
        calls += sum(next(iterations) for _ in range(400))
    print(calls / (time.process_time() - began))


if __name__ == "__main__":
    main()
