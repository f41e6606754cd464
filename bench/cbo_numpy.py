#!/usr/bin/env python3
"""The step of particles_bench.cpp in NumPy, as CBXpy does it (normals, objective, weights, consensus, update), for the closing table.

    bench/cbo_numpy.py [FILE.json]    prints, or writes in Google Benchmark's form, ns per particle and coordinate; one thread
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy  # noqa: E402, after the number of threads is set


def fastest_step(particles, dimension, steps):
    generator = numpy.random.default_rng(1)
    x = generator.uniform(-3, 3, (particles, dimension))
    alpha, fastest = 30.0, float("inf")
    for _ in range(steps):
        start = time.perf_counter()
        t = x - 2
        energy = (t * t - 10 * numpy.cos(2 * numpy.pi * t) + 10).sum(axis=1)
        weights = numpy.exp(-alpha * (energy - energy.min()))
        consensus = weights @ x / weights.sum()
        away = x - consensus
        x = x - 0.01 * away + 0.7 * numpy.abs(away) * generator.standard_normal(x.shape)
        alpha = min(alpha * 1.05, 1e15)
        fastest = min(fastest, time.perf_counter() - start)
    return 1e9 * fastest / (particles * dimension)


def main():
    runs = []
    for particles in (1000, 10000, 100000):
        measured = fastest_step(particles, 20, max(20, 2000000 // particles))
        runs.append({"name": f"numpy/{particles}", "measured": measured,
                     "label": f"the same in NumPy, N = {particles}: ns per particle and coordinate"})
        print(f"{runs[-1]['label']}: {measured:.1f}")
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w") as out:
            json.dump({"benchmarks": runs}, out)


if __name__ == "__main__":
    main()
