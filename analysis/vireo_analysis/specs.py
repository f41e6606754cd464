"""The configuration that a trace stores: lines `name = value`, and specs name[:key=value,...]."""
import re


def parse_config(text):
    """{option: value} of an INI text; {option: [values]} for `regularizer`, which may be given once per block."""
    config = {"regularizer": []}
    for line in text.split("\n"):
        name, equals, value = line.partition("=")
        if not equals or line.lstrip().startswith("#"):
            continue
        name, value = name.strip(), value.strip()
        if len(value) >= 2 and value[0] == value[-1] == '"':  # a quote within quotes is written twice
            value = value[1:-1].replace('""', '"')
        if name == "regularizer":
            config["regularizer"].append(value)
        else:
            config[name] = value
    return config


def split_outside_brackets(text, separator):
    """`text` split at the separators that no bracket encloses."""
    parts, depth = [""], 0
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def parse_spec(text):
    """(name, {key: value}) of "randk:fraction=0.1,wire=float64"; bracketed values stay texts."""
    name, _, rest = text.partition(":")
    pairs = (part.partition("=") for part in split_outside_brackets(rest, ",") if part)
    return name, {key: value for key, _, value in pairs}


#: methods whose step is adaptive unless another is given; that of all others is the theory's, `auto`
ADAPTIVE = {"masha1", "masha2", "vr-masha1", "vr-masha2", "pp-masha1", "pp-masha2", "optimistic-masha", "svogs", "three-pillars"}


def has_own_step(method, parameters):
    """Whether a step was given that is not the method's default"""
    return "step" in parameters and parameters["step"] != ("adaptive" if method in ADAPTIVE else "auto")


def short_compressor(text):
    """ "randk 0.1" of "randk:fraction=0.1,wire=float64": its name and what sets its size, as legends show it."""
    name, parameters = parse_spec(text)
    shown = []
    for key, value in parameters.items():
        nested = re.fullmatch(r"\[(.*)\]", value)
        if nested:
            shown.append(short_compressor(nested[1]))
        elif key != "wire":
            shown.append(f"{key}={value}" if key not in ("fraction", "norm") else value)
        elif value != "float64":
            shown.append(value)
    return " ".join([name, *shown])
