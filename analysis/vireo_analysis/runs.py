"""Which runs belong together, and what tells the others apart: found from their configurations, not typed."""
import collections
import fnmatch
import os
import re

from .errors import InputError
from .foreign import printable
from .specs import has_own_step, parse_spec, short_compressor
from .units import count_text, counted

#: options that say where results go, how often, or how often a run looks whether it has ended: not what is computed
OUTPUTS = {"trace", "trace-every", "check-every", "checkpoint", "checkpoint-every", "resume", "overwrite", "rank-timeout", "quiet"}

#: one entry of a legend: the runs that differ in nothing but the seed
Curve = collections.namedtuple("Curve", ["label", "traces"])


def problem_of(trace):
    """What must be equal for two runs to be comparable: the problem, its regularizers and its data."""
    config, problem = trace.config, trace.problem
    return (config.get("problem", ""), tuple(sorted(config["regularizer"])), problem.get("fingerprint", ""),
            problem.get("dimension"), problem.get("components"))


def problem_text(trace):
    """ "bilinear, d = 200, n = 64, condition 30": the problem in a line"""
    name, parameters = parse_spec(trace.config.get("problem", ""))
    parts = [name, f"d = {count_text(trace.problem.get('dimension', 0))}", f"n = {count_text(trace.problem.get('components', 0))}"]
    if "condition" in parameters:
        parts.append(f"condition {parameters['condition']}")
    if "data" in trace.config:
        parts.insert(1, os.path.basename(trace.config["data"]))
    parts += ["g: " + text for text in trace.config["regularizer"]]
    return ", ".join(parts)


def require_one_problem(traces):
    """InputError unless all traces solve the same problem, with the first difference."""
    for other in traces[1:]:
        ours, theirs = problem_of(traces[0]), problem_of(other)
        if ours == theirs:
            continue
        names = ("problem", "regularizers", "data", "dimension", "components")
        name, first, second = next(entry for entry in zip(names, ours, theirs) if entry[1] != entry[2])
        if name == "problem":
            first, second = _spec_difference(first, second)
        raise InputError(f"{traces[0].path} and {other.path} solve different problems ({name}: {first or 'none'} against "
                         f"{second or 'none'}); their numbers do not compare")


def _spec_difference(first, second):
    """Only the parameters that differ, if the names are the same."""
    (name, ours), (other_name, theirs) = parse_spec(first), parse_spec(second)
    if name != other_name:
        return name, other_name
    keys = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
    return tuple(name + ":" + ",".join(f"{key}={spec.get(key, '')}" for key in keys) for spec in (ours, theirs))


def _identity(trace):
    """Everything but the seed and the outputs"""
    return (tuple(sorted((name, str(value)) for name, value in trace.config.items() if name not in OUTPUTS | {"seed"})),
            trace.manifest.get("ranks"), trace.manifest.get("workers"))


def _ranks(trace):
    ranks = trace.manifest.get("ranks", 1)
    return counted(ranks, "simulated rank" if trace.manifest.get("ranks_are") == "simulated" else "rank")


def _varying(values):
    return len(set(values)) > 1


def _method_texts(traces):
    """The method's name, those parameters that differ among the runs of that method, and a step that is not its default."""
    specs = [parse_spec(trace.config.get("method", "")) for trace in traces]
    names = [name for name, _ in specs]
    texts = []
    for name, parameters in specs:
        same = [given for other, given in specs if other == name]
        keys = [key for key in dict.fromkeys(key for given in same for key in given)
                if _varying(given.get(key) for given in same)]
        alone = "step" not in keys and has_own_step(name, parameters)
        shown = " ".join(f"{key} {parameters.get(key, 'unset')}" for key in (["step"] if alone else []) + keys)
        texts.append(" ".join(part for part in (name if alone or _varying(names) else "", shown) if part))
    return texts, names[0]


def _channel_texts(traces):
    """The compressors, where they differ; (texts without, texts with "uncompressed")"""
    short, full = [], []
    both = [[trace.config.get(name, "none") for name in ("uplink", "downlink")] for trace in traces]
    differs = [_varying(pair[side] for pair in both) for side in (0, 1)]
    for pair in both:
        parts = [f"{way} {short_compressor(text)}" for way, text, shown in zip(("up", "down"), pair, differs)
                 if shown and text != "none"]
        short.append(", ".join(parts))
        full.append(short[-1] or ("uncompressed" if any(differs) else ""))
    return short, full


def labels(traces):
    """A text for each trace that names what differs between them: method, its parameters, compressors, workers, ranks, or
    else another option; the file's name where nothing does. Different runs get different texts, but for the seed."""
    methods, only_method = _method_texts(traces)
    channels, full_channels = _channel_texts(traces)
    others = [[] for _ in traces]
    if _varying(trace.manifest.get("workers") for trace in traces):
        for parts, trace in zip(others, traces):
            parts.append(f"M = {trace.manifest.get('workers')}")
    if _varying(_ranks(trace) for trace in traces):
        for parts, trace in zip(others, traces):
            parts.append(_ranks(trace))

    parts = list(zip(methods, channels, full_channels, others))
    texts = [_joined(method, channel, *other) or _joined(method, full, *other) or only_method for method, channel, full, other in parts]
    full_texts = [_joined(method, full, *other) for method, _, full, other in parts]
    for alike in _alike(texts, traces):
        if _varying(full_texts[at] for at in alike):
            for at in alike:
                texts[at] = full_texts[at]
    for alike in _alike(texts, traces):
        options = _telling_options([traces[at] for at in alike])
        for at in alike:
            texts[at] = _joined(texts[at], *(f"{name} {traces[at].config.get(name, 'unset')}" for name in options))
    for alike in _alike(texts, traces):
        for at in alike:
            texts[at] = f"{texts[at]} ({os.path.basename(traces[at].path)})"
    return texts


def _joined(*parts):
    return ", ".join(part for part in parts if part)


def _alike(texts, traces):
    """Lists of the numbers of different runs that have the same text"""
    identities = [_identity(trace) for trace in traces]
    found = [[at for at, other in enumerate(texts) if other == text] for text in dict.fromkeys(texts)]
    return [alike for alike in found if _varying(identities[at] for at in alike)]


def _telling_options(traces):
    """Options in which these runs differ, as many as it takes to tell them apart"""
    skipped = OUTPUTS | {"seed", "method", "uplink", "downlink", "workers", "simulate"}
    telling, apart = [], 1
    for name in dict.fromkeys(name for trace in traces for name in trace.config if name not in skipped):
        kinds = {tuple(str(trace.config.get(each)) for each in [*telling, name]) for trace in traces}
        if len(kinds) > apart:
            telling.append(name)
            apart = len(kinds)
    return telling


def group(traces, texts=None, named=()):
    """Curves of runs that differ in the seed alone, in the order given; or those of equal text, if there is a text for each trace. `named` has
    pairs (pattern, label) for runs that are to be called otherwise, see called. InputError for several problems."""
    require_one_problem(traces)
    found = {}
    for label, trace in zip(texts or called(traces, named), traces):
        found.setdefault((label, None if texts else _identity(trace)), []).append(trace)
    return [Curve(label + _state(members), members) for (label, _), members in found.items()]


def called(traces, named=()):
    """The label of each trace: that of the first pair (pattern, label) whose pattern (as of a shell) matches the file's path, its name, its name
    without .h5, or its own label; else its own. InputError for a pattern that matches none, and for one label of different runs."""
    own = labels(traces)
    texts, matched = list(own), set()
    for at, trace in enumerate(traces):
        name = os.path.basename(trace.path)
        for pattern, label in named:
            if any(fnmatch.fnmatchcase(text, pattern) for text in (trace.path, name, os.path.splitext(name)[0], own[at])):
                texts[at] = label
                matched.add(pattern)
                break
    for pattern, _ in named:
        if pattern not in matched:
            raise InputError(f"--label {pattern}=...: '{pattern}' is the name of no trace, nor of one that no earlier --label names")
    for alike in _alike(texts, traces) if named else []:
        first, other = traces[alike[0]], next(traces[at] for at in alike if _identity(traces[at]) != _identity(traces[alike[0]]))
        raise InputError(f"--label: '{texts[alike[0]]}' would be {first.path} and {other.path}, which differ in more than the seed")
    return texts


def parse_labels(given):
    """[(pattern, label)] of ["PATTERN=TEXT"]. InputError without the sign."""
    pairs = [text.partition("=") for text in given or ()]
    for pattern, equals, label in pairs:
        if not equals or not pattern or not label:
            raise InputError(f"--label: '{pattern + equals + label}' is not PATTERN=TEXT, such as 'masha1-*=MASHA1'")
    return [(pattern, printable(label)) for pattern, _, label in pairs]


def told_once(texts):
    """(texts, what all of them say in their brackets of several runs, such as "5 seeds", taken out of them; else "")"""
    found = [re.fullmatch(r"(.*) \((\d+ (?:seeds|runs))((?:, [^()]*)?)\)", text) for text in texts]
    if len(texts) < 2 or not all(found) or len({match[2] for match in found}) > 1:
        return list(texts), ""
    return [match[1] + (f" ({match[3][2:]})" if match[3] else "") for match in found], found[0][2]


def _state(traces):
    """How many runs, and whether all came to a good end"""
    notes = [] if len(traces) == 1 else [f"{len(traces)} seeds" if _varying(trace.manifest.get("seed") for trace in traces)
                                         else f"{len(traces)} runs"]
    states = collections.Counter(state_of(trace) for trace in traces)
    del states["converged"]
    notes += [state if len(traces) == 1 else f"{count} {state}" for state, count in states.items()]
    return f" ({', '.join(notes)})" if notes else ""


def state_of(trace):
    """ "converged", another termination such as "max iterations", or "running or killed" """
    if trace.status == "running":
        return "running or killed"
    return (trace.termination or trace.status).replace("-", " ")


def names(traces):
    """Labels that tell all runs apart: with the seed, or else the file, where labels are the same."""
    texts = [label or trace.path for label, trace in zip(labels(traces), traces)]
    for detail in (lambda trace: f"seed {trace.manifest.get('seed')}", lambda trace: os.path.basename(trace.path)):
        texts = [f"{text}, {detail(trace)}" if texts.count(text) > 1 else text for text, trace in zip(texts, traces)]
    return texts
