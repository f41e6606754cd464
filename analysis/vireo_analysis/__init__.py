"""Reads, tabulates and plots the traces of Vireo.

    import vireo_analysis
    trace = vireo_analysis.read("vireo-run/masha1-both-ways.h5")
    trace.rows.plot(x="wire_bytes_up", y="residual", logy=True)     # rows is a pandas DataFrame

As a command: python3 -m vireo_analysis --help
"""
import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where its cache of fonts lies is nobody's concern

from .errors import InputError
from .curves import plot
from .runs import Curve, group, labels
from .tables import table
from .trace import Trace, read

__all__ = ["Curve", "InputError", "Trace", "group", "labels", "plot", "read", "table"]
