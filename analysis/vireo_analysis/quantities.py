"""What can be plotted against what, and how axes call it."""

#: what a run pays
PAID = {
    "wire_bytes_up": "bytes up (all workers)",
    "wire_bytes_down": "bytes down (all workers)",
    "wire_bytes": "bytes up + down (all workers)",
    "mpi_bytes": "bytes in MPI (all ranks)",
    "oracle_calls": "oracle calls (components of F)",
    "iteration": "iterations",
    "seconds": "wall-clock time",
    "seconds_modelled": "communication, modelled",
    "seconds_on_network": "time on a network, modelled",
}
#: what a run gets
GOT = {
    "residual": r"residual $\Vert z - \mathrm{prox}_g(z - F(z))\Vert$",
    "distance": r"distance $\Vert z^k - z^*\Vert$",
    "gap": "gap",
    "step": "step",
}


def unit_of(units):
    """The unit of an axis, as its ticks show it; `units` as the trace has them"""
    return {"byte": "B", "1": ""}.get(units, units)
