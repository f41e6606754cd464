"""How rows of the table are called: by what tells them apart."""
import re

#: what says which problem is solved: runs that differ in these do not compare
PROBLEM = ("problem", "data", "regularizer")


def varying(runs, without=()):
    """The keys in whose values these runs differ, the seed apart"""
    keys = dict.fromkeys(key for run in runs for key in run.values)
    return [key for key in keys if key != "seed" and key not in without and len({run.values.get(key) for run in runs}) > 1]


def label(runs):
    """Sets `block` and `label` of all runs"""
    for problem in dict.fromkeys(run.problem for run in runs):
        here = [run for run in runs if run.problem == problem]
        keys = [key for key in varying(here) if key in PROBLEM]
        for run in here:
            run.block = ", ".join(part for part in (problem, *(run.values.get(key, f"no {key}") for key in keys)) if part)
    for block in dict.fromkeys(run.block for run in runs):
        here = [run for run in runs if run.block == block]
        for section in dict.fromkeys(run.section for run in here):
            label_section([run for run in here if run.section == section], section, short_names(here))
        tell_apart(here)


def short_names(runs):
    """{a method as the file gives it: its name alone, where no other has the same name, with a step that the file gives by itself}"""
    given = {run.values["method"] for run in runs}
    names = [method.partition(":")[0] for method in given]
    return {method: with_step(method) if names.count(name) == 1 else method for method, name in zip(given, names)}


def with_step(method):
    """ "masha1:step=2x" of "masha1:refresh=next,step=2x"; the name alone of a method whose step is not given, or varied and in the table"""
    step = re.search(r"[:,](step=[^,{]+)", method)
    return method.partition(":")[0] + (f":{step[1]}" if step else "")


def label_section(runs, section, methods):
    keys = varying(runs, (*PROBLEM, "step"))
    both_ways = {"uplink", "downlink"} <= set(keys)
    for run in runs:
        parts = [methods[run.values[key]] if key == "method" else shown(key, run.values.get(key), both_ways) for key in keys]
        if section and "method" not in keys:
            parts.insert(0, section)
        run.label = ", ".join(parts) or methods[run.values["method"]]


def tell_apart(runs):
    """Puts the section before a label that several sections have"""
    sections = {}
    for run in runs:
        sections.setdefault(run.label, set()).add(run.section)
    for run in runs:
        if len(sections[run.label]) > 1:
            run.label = f"{run.section}: {run.label}"


def shown(key, text, both_ways):
    """How a label shows one value"""
    if key in ("uplink", "downlink"):
        way = f"{key.removesuffix('link')} " if both_ways or key == "downlink" else ""
        return way + ("uncompressed" if text in (None, "none") else text)
    return f"default {key}" if text is None else key if text == "on" else f"{key} {text}"
