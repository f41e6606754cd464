"""The program under test, and how it is started on several ranks: ctest says both in the environment."""
import os
import shlex

VIREO = os.environ["VIREO"]
MPIRUN = shlex.split(os.environ["VIREO_MPIRUN"])


def on_ranks(count):
    """What stands before a program that is started on so many MPI ranks; nothing for 0, which is without a launcher"""
    return [*MPIRUN, "-n", str(count)] if count else []


def every_row(arguments):
    """The same run with a row in every iteration, where it has a trace and does not say how many: most tests count iterations by their rows."""
    words = arguments.split()
    if words[0] != "solve" or "--trace" not in words or "--trace-every" in words:
        return arguments
    return arguments + " --trace-every 1"
