"""The TOML file -> runs.

A key is an option of `vireo solve` without its dashes, and a list of values is varied: the runs are all combinations. [problems.NAME] and
[methods.NAME] are sections whose keys come before those at the top; each problem is combined with each section of methods, and
[methods.NAME.on.PROBLEM] comes before all. docs/sweeps.md lists the keys that are the sweep's own.
"""
import dataclasses
import fnmatch
import itertools
import os
import re

from .keys import STOP, check
from .labels import label
from .program import ROOT

#: options with which a command begins
FIRST = ("problem", "data", "method", "uplink", "downlink", "seed")


@dataclasses.dataclass
class Run:
    """One run: what it is, and where it belongs in the table"""

    problem: str  #: name of the section of the problem, empty if there is none
    section: str  #: name of the section of the method, empty if there is none
    options: dict  #: {option: [texts that are given together]}; an option without a value has none
    ranks: int
    values: dict  #: {key: text} of all that may vary; also of the variable `step`
    block: str = ""  #: the problem as the table calls it: runs of one block compare
    label: str = ""  #: what tells the row from the others of its block

    @property
    def seed(self):
        return self.values.get("seed", "")

    @property
    def words(self):
        return words_of(self.options)

    @property
    def row(self):
        """Runs of one row differ in nothing but the seed"""
        return self.problem, self.section, *((key, text) for key, text in self.values.items() if key != "seed")

    @property
    def name(self):
        """What messages call it"""
        step = f"step {self.values['step']}" if "step" in self.values else ""
        return ", ".join(part for part in (self.block, self.label, step, f"seed {self.seed}" if self.seed else "") if part)


def words_of(options):
    """Options as words of a command line"""
    out = []
    for option, texts in options.items():
        out += [part for text in texts for part in (f"--{option}", text)] if texts else [f"--{option}"]
    return out


class Plan:
    """All runs of one TOML file, and what is to be shown of them"""

    def __init__(self, document, options):
        self.document, self.known = document, options
        check(document, options)
        said = document.said
        self.title, self.traced, self.checkpoints = said.get("title", ""), said.get("trace", True), said.get("checkpoint", True)
        self.problems, self.sections = said.get("problems", {"": {}}), said.get("methods", {"": {}})
        self.plot = said.get("plot", {})
        self.claims, self.fits = said.get("claims", []), said.get("fits", [])
        self.runs = [run for problem in self.problems for section in self.sections for run in self._runs_of(problem, section)]
        if not self.runs:
            document.fail((), "makes no runs: no section of methods is for a problem that is there")
        label(self.runs)

    def about(self, problem, key, otherwise=None):
        """A key of the sweep's own for a problem: that of its section, or that at the top"""
        return self.problems[problem].get(key, self.document.said.get(key, otherwise))

    def needs_trace(self, problem):
        """Whether the table can not be made without the traces of a problem"""
        return self.about(problem, "target", STOP) != STOP or self.about(problem, "marks") is not None

    def where(self, run, option):
        """The path of the key that gives a run this option: in the innermost section that has it"""
        for path, table in reversed(self._layers(run.problem, run.section)):
            if option in table:
                return (*path, option)
        return (option,)

    def _layers(self, problem, section):
        """(path, table) of the sections that a run is of, from the outermost on"""
        how = self.sections[section]
        layers = [((), self.document.said)]
        if problem:
            layers.append((("problems", problem), self.problems[problem]))
        if section:
            layers.append((("methods", section), how))
        if problem in how.get("on", {}):
            layers.append((("methods", section, "on", problem), how["on"][problem]))
        return layers

    def _runs_of(self, problem, section):
        """The runs of a problem with a section of methods"""
        if not any(fnmatch.fnmatch(problem, pattern) for pattern in self.sections[section].get("problems", ["*"])):
            return
        found, steps = {"seed": (("seed",), 1)}, None
        for path, table in self._layers(problem, section):
            found |= {key: ((*path, key), value) for key, value in table.items() if key == "ranks" or key in self.known}
            steps = ((*path, "steps"), table["steps"]) if "steps" in table else steps
        for key in ("trace", "checkpoint"):
            found.pop(key, None)
        for key in ("problem", "method"):
            if key not in found:
                path = self._layers(problem, section)[-1][0]
                self.document.fail(path, f"no {key}: give {key} = \"NAME:...\"; see: vireo list {key}s")
        found["seed"] = found.pop("seed")  # it varies fastest
        lists = {key: self._values(key, value, path) for key, (path, value) in found.items()}
        if steps is not None:
            lists = {"step": self._values("step", steps[1], steps[0])} | lists
        for values in itertools.product(*lists.values()):
            yield self._run(problem, section, dict(zip(lists, values)))

    def _values(self, key, value, path):
        """The values of a key; each is true or false, or the list of texts that are given together"""
        if key == "seed" and isinstance(value, str) and (span := re.fullmatch(r"(\d+)\.\.(\d+)", value)):
            value = list(range(int(span[1]), int(span[2]) + 1))
        values = value if isinstance(value, list) else [value]
        if not values:
            self.document.fail(path, f"{path[-1]}: an empty list makes no runs")
        if self.known.get(key) == "":
            if not all(isinstance(one, bool) for one in values):
                self.document.fail(path, f"{key}: takes true or false")
            return values
        return [self._texts(key, one, path) for one in values]

    def _texts(self, key, value, path):
        if isinstance(value, list):  # as the regularizers of several blocks
            return [text for one in value for text in self._texts(key, one, path)]
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            self.document.fail(path, f"{path[-1]}: {str(value).lower()} is not a value of --{key} {self.known.get(key, '')}".rstrip())
        if key == "ranks" and (not isinstance(value, int) or value < 1):
            self.document.fail(path, f"ranks: {value} is not a number of ranks")
        text = str(value)
        if "\n" in text or "\r" in text:
            self.document.fail(path, f"{path[-1]}: has a line break in it")
        return [text]

    def _run(self, problem, section, values):
        step, ranks = (values.pop(key, [text])[0] for key, text in (("step", None), ("ranks", "1")))
        if step is not None and not any("{step}" in text for texts in values.values() if isinstance(texts, list) for text in texts):
            path = ("methods", section, "steps") if "steps" in self.sections[section] else ("steps",)
            self.document.fail(path, "steps: they replace {step} in values, and no value has it")
        data = os.environ.get("VIREO_DATA", str(ROOT.parent / "shared" / "data"))
        options = {}
        for key, texts in values.items():
            if texts is True:
                options[key] = []
            elif texts is not False:
                options[key] = [text.replace("{step}", step if step is not None else "{step}").replace("{data}", data) for text in texts]
            if any("{step}" in text for text in options.get(key, [])):
                self.document.fail((*self._layers(problem, section)[-1][0], key), f"{key}: has {{step}} in it, and there are no steps = [...]")
        # one command, in whatever order a file says it
        options = {key: options[key] for key in sorted(options, key=lambda key: (FIRST.index(key) if key in FIRST else len(FIRST), key))}
        shown = {key: " ".join(values[key]) if options[key] else "on" for key in options}  # a method stays the same method at all of its steps
        return Run(problem, section, options, int(ranks), ({"step": step} if step is not None else {}) | shown | {"ranks": ranks})
