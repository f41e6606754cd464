"""Which keys there are, and what the sweep's own ones may say."""
import difflib

#: keys that are no options of vireo, and where they may stand
OWN = {"title": "top", "measure": "top problem", "target": "top problem", "marks": "top problem", "ranks": "top problem method on", "trace": "top",
       "checkpoint": "top", "plot": "top", "steps": "top method", "problems": "top method", "methods": "top", "on": "method", "reference": "method",
       "within": "method", "claims": "top", "fits": "top", "quick": "top"}
#: options that are no settings of a run, and why
REFUSED = {"resume": "runs go on by themselves", "quiet": "what runs say is in their logs", "overwrite": "sweep.py --again makes runs again",
           "config": "write its options as keys", "print-config": "sweep.py --dry-run lists the commands", "dry-run": "say sweep.py --dry-run",
           "help": "is no option of a run"}
MEASURES = ("iteration", "wire_bytes_up", "wire_bytes_down", "oracle_calls", "seconds")
#: what vireo_analysis draws curves against
AXES = ("wire_bytes_up", "wire_bytes_down", "mpi_bytes", "oracle_calls", "iteration", "seconds", "seconds_modelled")
STOP = "stop"


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def nearest(key, names):
    """ "; did you mean 'uplink'?", or nothing"""
    found = difflib.get_close_matches(str(key).replace("_", "-"), [str(name) for name in names], 1, 0.6)
    return f"; did you mean '{found[0]}'?" if found else ""


def check(document, options):
    """InputError for the first key that can not be meant; options: {option of vireo solve: the name of its value}"""
    said = document.said
    check_table(document, options, (), said, "top")
    for name, place in (("problems", "problem"), ("methods", "method")):
        sections = said.get(name, {})
        if not isinstance(sections, dict) or not all(isinstance(section, dict) for section in sections.values()):
            document.fail((name,), f"{name}: is for sections, [{name}.NAME]; what is to vary is a list, {name[:-1]} = [...]")
        for section, table in sections.items():
            check_table(document, options, (name, section), table, place)
    problems = said.get("problems", {})
    for section, table in said.get("methods", {}).items():
        patterns = table.get("problems", [])
        if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
            document.fail(("methods", section, "problems"), 'problems: is a list of patterns here, such as ["bilinear-*"]')
    for section, table in said.get("methods", {}).items():
        for problem, keys in table.get("on", {}).items():
            path = ("methods", section, "on", problem)
            if not isinstance(keys, dict):
                document.fail(path, "on: is for sections, [methods.NAME.on.PROBLEM]")
            if problem not in problems and "quick" not in said:
                document.fail(path, f"on.{problem}: there is no [problems.{problem}]{nearest(problem, problems)}")
            check_table(document, options, path, keys, "on")
    for path, table in [((), said), *((("problems", name), table) for name, table in problems.items())]:
        check_goals(document, path, table)
    check_plot(document)
    check_expected(document)


def check_table(document, options, path, table, place):
    """The names of the keys of a section, and whether they belong there"""
    for key in table:
        if key in OWN:
            if place not in OWN[key].split():
                document.fail((*path, key), f"{key}: does not belong here, but {'at the top' if 'top' in OWN[key] else 'into [methods.NAME]'}")
            if key in ("trace", "checkpoint") and not isinstance(table[key], bool):
                document.fail((*path, key), f"{key}: the sweep chooses the files itself; say {key} = false for none")
        elif key in REFUSED:
            document.fail((*path, key), f"{key}: {REFUSED[key]}")
        elif key not in options:
            here = [*(options.keys() - REFUSED), *(own for own, places in OWN.items() if place in places.split())]
            document.fail((*path, key), f"unknown key '{key}'{nearest(key, sorted(here))}; see: vireo solve --help")


def check_goals(document, path, table):
    """target, measure and marks"""
    target, marks = table.get("target", STOP), table.get("marks")
    whole = isinstance(target, dict) and set(target) == {"column", "fraction"} and is_number(target["fraction"])
    if target != STOP and not whole:
        document.fail((*path, "target"), 'target: is "stop", or a column of the trace and a fraction of its first value, '
                                         'such as { column = "distance", fraction = 1e-4 }')
    if table.get("measure", MEASURES[0]) not in MEASURES:
        document.fail((*path, "measure"), f"measure: is one of {', '.join(MEASURES)}")
    if marks is not None and not (isinstance(marks, dict) and set(marks) == {"column", "components", "passes", "window"}
                                  and isinstance(marks["passes"], list) and is_number(marks["components"]) and is_number(marks["window"])):
        document.fail((*path, "marks"), 'marks: are such as { column = "residual", components = 500, passes = [200, 500], window = 0.02 }')
    if (whole or marks is not None) and document.said.get("trace") is False:
        document.fail(("trace",), "trace: a target in a column of the trace, and marks, need one")


def check_plot(document):
    """plot = false, or which axes"""
    plot = document.said.get("plot", {})
    if plot is False:
        return
    axes = plot.get("x", []) if isinstance(plot, dict) else []
    wrong = [axis for axis in axes if axis not in AXES] if isinstance(axes, list) else []
    if wrong:
        document.fail(("plot",), f"plot: x is one of {', '.join(AXES)}, not {wrong[0]!r}")
    if not isinstance(plot, dict) or not isinstance(plot.get("x", []), list) or not set(plot) <= {"x", "y", "x-scale"}:
        document.fail(("plot",), 'plot: is false, or such as { x = ["wire_bytes_up", "seconds"], y = "residual", x-scale = "log" }')


def check_expected(document):
    """[[claims]] and [[fits]]; problems and methods that a quick sweep drops may be named"""
    methods = document.said.get("methods", {})
    for kind, needed in (("claims", {"problem", "method", "over", "measure"}), ("fits", {"problems", "x", "method", "over", "measure"})):
        entries = document.said.get(kind, [])
        if not isinstance(entries, list):
            document.fail((kind,), f"{kind}: is a list of sections, [[{kind}]]")
        for entry in entries:
            if not needed <= set(entry) or not {"at_most", "at_least"} & set(entry):
                document.fail((kind,), f"[[{kind}]]: needs {', '.join(sorted(needed))}, and at_most or at_least")
            if entry["measure"] not in MEASURES:
                document.fail((kind,), f"[[{kind}]]: measure is one of {', '.join(MEASURES)}")
            for name in (entry["method"], entry["over"]):
                if name not in methods and "quick" not in document.said:
                    document.fail((kind,), f"[[{kind}]]: there is no [methods.{name}]{nearest(name, methods)}")
