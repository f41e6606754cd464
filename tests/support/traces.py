"""What a trace holds, also while its run still writes it."""
import time

import h5py


def read_trace(path):
    """The trace's rows, cut to the shortest column; a run that writes may make a read fail: then it is repeated."""
    for _ in range(500):
        try:
            with h5py.File(path, "r") as file:
                columns = {name: dataset[:] for name, dataset in file["trace"].items()}
                rows = min((len(values) for values in columns.values()), default=0)
                segments = {name: dataset[:].tolist() for name, dataset in file["segments"].items()}
                z = file["solution/z"][:] if "solution/z" in file else None
                return Trace({name: values[:rows] for name, values in columns.items()}, rows, segments, z, dict(file.attrs))
        except (OSError, KeyError, RuntimeError, ValueError):
            time.sleep(0.01)
    raise AssertionError(path + " can not be read")


class Trace:
    def __init__(self, columns, rows, segments, z, attributes):
        self.columns, self.rows, self.segments, self.z, self.attributes = columns, rows, segments, z, attributes

    def same_bytes(self):
        """All that depends neither on the clock nor on the number of ranks."""
        return {name: values.tobytes() for name, values in self.columns.items()
                if not name.startswith("seconds") and name != "mpi_bytes"} | {"z": self.z.tobytes()}
