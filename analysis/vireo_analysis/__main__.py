"""The command: python3 -m vireo_analysis plot|table|watch|network|profile|report|read ..."""
import argparse
import os
import shlex
import shutil
import sys

from . import curves, foreign, network, profile, report, show, tables, watch
from .errors import InputError

COMMANDS = {
    "read": (show, "print what a trace holds, or its rows as CSV"),
    "plot": (curves, "curves of residual, distance or gap against what was paid"),
    "table": (tables, "what it took to reach given residuals"),
    "watch": (watch, "follow a running trace in the terminal"),
    "network": (network, "what the run would take on another network"),
    "profile": (profile, "where the seconds went"),
    "report": (report, "one self-contained page about all traces of a folder"),
}


class Parser(argparse.ArgumentParser):
    """One line about an error, as vireo itself does, and exit code 2"""

    def error(self, message):
        raise InputError(f"{message}; see: {self.prog} --help")


def called():
    """How this command was called, in words that call it again"""
    own = sys.argv[0]
    if os.path.basename(own) != "vireo-analysis":
        return "vireo-analysis"
    found = shutil.which("vireo-analysis")
    return "vireo-analysis" if found and os.path.samefile(found, own) else shlex.quote(own)


def parser():
    made = Parser(prog="vireo-analysis", description="Reads, tabulates and plots the traces of Vireo.")
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".", epilog=module.EXAMPLE.replace("vireo-analysis ", called().replace("%", "%%") + " "),
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return made


def main(arguments=None):
    """Runs one subcommand; returns the exit code."""
    try:
        if hasattr(sys.stdout, "reconfigure"):  # what a terminal has no character for is no error
            sys.stdout.reconfigure(errors="backslashreplace")
        options = parser().parse_args(arguments)
        return options.run(options)
    except InputError as error:
        print(f"vireo-analysis: {foreign.printable(str(error))}", file=sys.stderr)
        return 2
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # numbers and texts that are no run's, in a file of the right form
        print(f"vireo-analysis: can make nothing of what the files hold: {foreign.printable(str(error) or type(error).__name__)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
