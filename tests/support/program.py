"""The program under test, and how it is started on several ranks: ctest says both in the environment."""
import os
import shlex

VIREO = os.environ["VIREO"]
MPIRUN = shlex.split(os.environ["VIREO_MPIRUN"])


def on_ranks(count):
    """What stands before a program that is started on so many MPI ranks; nothing for 0, which is without a launcher"""
    return [*MPIRUN, "-n", str(count)] if count else []
