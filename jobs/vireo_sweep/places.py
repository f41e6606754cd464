"""Where in a TOML file a key stands, which tomllib does not tell."""
import re


def _keys(text):
    """The parts of a dotted key, without quotes"""
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", text))


def line_of(text, path):
    """The number of the line with the key `path`, a tuple such as ("methods", "masha1", "uplink"), or of what leads there; else 1"""
    table, best = (), (0, 1)
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?(.+?)\]\]?\s*(?:#.*)?$", line)
        assigned = re.match(r"\s*((?:\"[^\"]*\"|'[^']*'|[\w.-]+)+)\s*=", line)
        if header:
            table = found = _keys(header[1])
        elif assigned:
            found = table + _keys(assigned[1])
        else:
            continue
        if found == path[:len(found)] and len(found) > best[0]:
            best = len(found), number
    return best[1]
