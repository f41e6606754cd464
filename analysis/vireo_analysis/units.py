"""Numbers with units, read as the command line of vireo reads them, and written as people like to read them."""
import math
import re

from .errors import InputError

SECONDS = {"": 1, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
RATES = {"bit/s": 1 / 8, "kbit/s": 1e3 / 8, "Mbit/s": 1e6 / 8, "Gbit/s": 1e9 / 8, "Tbit/s": 1e12 / 8, "B/s": 1, "kB/s": 1e3,
         "MB/s": 1e6, "GB/s": 1e9, "TB/s": 1e12, "KiB/s": 2**10, "MiB/s": 2**20, "GiB/s": 2**30}


def _parse(what, text, units, wanted):
    match = re.fullmatch(r"\s*([0-9.]+(?:e[-+]?[0-9]+)?)\s*([a-zA-Z/]*)\s*", text)
    try:
        value = float(match[1]) * units[match[2]]
    except (TypeError, ValueError, KeyError):
        raise InputError(f"{what}: '{text}' is not {wanted}") from None
    if not math.isfinite(value):
        raise InputError(f"{what}: '{text}' is not {wanted}")
    return value


def parse_duration(what, text):
    """Seconds of "10us", "5ms", "30s"; a bare number is seconds. InputError names `what`."""
    return _parse(what, text, SECONDS, "a duration such as 10us, 5ms or 30s")


def parse_rate(what, text):
    """Bytes per second of "1Gbit/s", "100MB/s"; positive, the unit is required. InputError names `what`."""
    value = _parse(what, text, RATES, "a rate such as 1Gbit/s, 100Mbit/s or 1GB/s")
    if value <= 0:
        raise InputError(f"{what}: '{text}' is not a rate such as 1Gbit/s, 100Mbit/s or 1GB/s")
    return value


def parse_list(what, text, convert, wanted):
    """The entries of a comma-separated list, each converted; all must be positive and finite."""
    try:
        values = [convert(part) for part in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(math.isfinite(value) and value > 0 for value in values):
        raise InputError(f"{what}: '{text}' is not a list of {wanted}")
    return values


def scaled(value, unit, steps):
    """`value` with four digits, in the first of the steps [(factor, prefix)...] that does not exceed it."""
    for factor, prefix in steps:
        if abs(value) >= factor:
            break
    return f"{value / factor:.4g} {prefix}{unit}"


def bytes_text(value):
    """ "999 B", "1.234 MB" (powers of 1000, as networks count)"""
    if not math.isfinite(value):
        return "-"
    return scaled(value, "B", [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")])


def rate_text(value):
    """ "1 Gbit/s", of bytes per second"""
    return scaled(8 * value, "bit/s", [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")])


def seconds_text(value):
    """ "12 us", "1.234 s", "2 min 5 s", "3 h 20 min" """
    if not math.isfinite(value):
        return "-"
    if value >= 3600:
        return f"{int(value // 3600)} h {int(value % 3600 // 60)} min"
    if value >= 60:
        return f"{int(value // 60)} min {int(value % 60)} s"
    return "0 s" if value == 0 else scaled(value, "s", [(1, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n")])


def count_text(value):
    """ "1,234,567" """
    return f"{value:,.0f}" if math.isfinite(value) else "-"


def real_text(value):
    """Four digits: "0.001235", "1.235e-09" """
    return f"{value:.4g}"


def counted(count, noun):
    """ "1 row", "2 rows" """
    return f"{count_text(count)} {noun}" + ("" if count == 1 else "s")
