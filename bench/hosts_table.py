"""Table of bench/hosts.sh: time and bytes of each run to the same residual, and what crossed the links against what the trace counted.

Usage: hosts_table.py FOLDER NAME...; the first run is what the others are compared to, and the run `setup` is taken off the links.
"""
import json
import pathlib
import sys

import h5py


def figures(folder, name):
    """The last line of a run with its mpi_bytes and `links`, the bytes that left the hosts"""
    result = json.loads((folder / f"{name}.json").read_text().splitlines()[-1])
    with h5py.File(folder / f"{name}.h5", "r") as file:
        result["mpi_bytes"] = file["trace/mpi_bytes"][-1].item()
    result["links"] = int((folder / f"{name}.sent").read_text())
    return result


def main():
    folder, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    setup = figures(folder, "setup")
    columns = ("iterations", "seconds", "ratio", "MB up", "MB down", "MB in MPI", "MB on links", "links/MPI")
    print("\n" + f"{'method':<18}" + "".join(f" {column:>11}" for column in columns))
    base = None
    for name in names:
        run = figures(folder, name)
        if run["termination"] != "converged":
            print(f"{name:<18} {run['termination']}")
            continue
        base = base or run["seconds"]
        links, mpi = run["links"] - setup["links"], run["mpi_bytes"] - setup["mpi_bytes"]
        cells = (f"{run['iterations']}", f"{run['seconds']:.2f}", f"{base / run['seconds']:.2f}",
                 *(f"{value / 1e6:.1f}" for value in (run["wire_bytes_up"], run["wire_bytes_down"], mpi, links)), f"{links / mpi:.3f}")
        print(f"{name:<18}" + "".join(f" {cell:>11}" for cell in cells))
    print("\nratio: seconds of the first over the method's. Links: bytes that left the hosts by their interfaces' counters, with all "
          "headers,\nless those of a run of one iteration: they are those of the problem's constants and of starting the job.")


if __name__ == "__main__":
    main()
