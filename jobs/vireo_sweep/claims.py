"""What a sweep is expected to show, next to what it shows.

    [[claims]]   problem, method, over: names; measure: a counter; at_most (or at_least): for counter of `method` over that of `over`
    [[fits]]     problems: list of names, x: their sizes; method, over, measure as above; at_least: for s in the fit by least squares
                 (counter of `over`) / (counter of `method`) = c x^s
"""
import math

WORDS = {"oracle_calls": "oracle calls", "wire_bytes_up": "bytes up", "wire_bytes_down": "bytes down", "iteration": "iterations",
         "seconds": "seconds"}


def slope(x, y):
    """s of the fit log y = c + s log x by least squares"""
    a, b = [math.log(value) for value in x], [math.log(value) for value in y]
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    return sum((p - mean_a) * (q - mean_b) for p, q in zip(a, b)) / sum((p - mean_a) ** 2 for p in a)


def line(text, seen, wanted):
    if seen is None:
        return f"| {text} | | not run, or not reached | **no** |"
    if "at_most" in wanted:
        bound, kept = f"at most {wanted['at_most']:g}", seen <= wanted["at_most"]
    else:
        bound, kept = f"at least {wanted['at_least']:g}", seen >= wanted["at_least"]
    return f"| {text} | {bound} | {seen:.3g} | {'yes' if kept else '**no**'} |"


def claims_text(said, medians):
    """Lines of Markdown; said: claims, fits and problems of the sweep, medians: {(problem, method): counters}"""
    claims = [c for c in said.get("claims", []) if c["problem"] in said["problems"]]
    fits = [f for f in said.get("fits", []) if all(problem in said["problems"] for problem in f["problems"])]
    if not claims and not fits:
        return []
    lines = ["## What is expected", "", "| | expected | seen | |", "|---|---|--:|---|"]
    for claim in claims:
        measure = claim["measure"]
        mine, other = medians.get((claim["problem"], claim["method"])), medians.get((claim["problem"], claim["over"]))
        seen = mine[measure] / other[measure] if mine and other else None
        lines.append(line(f"{claim['problem']}: {WORDS[measure]} of {claim['method']} over {claim['over']}", seen, claim))
    for fit in fits:
        measure = fit["measure"]
        pairs = [(medians.get((problem, fit["method"])), medians.get((problem, fit["over"]))) for problem in fit["problems"]]
        gains = [other[measure] / mine[measure] for mine, other in pairs if mine and other]
        seen = slope(fit["x"], gains) if len(gains) == len(fit["x"]) else None
        shown = ", ".join(f"{gain:.3g}" for gain in gains)
        lines.append(line(f"{WORDS[measure]} of {fit['over']} over {fit['method']} at {', '.join(f'{x:g}' for x in fit['x'])}: {shown}; "
                          f"exponent of the fit", seen, fit))
    return lines + [""]
