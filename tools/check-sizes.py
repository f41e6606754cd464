#!/usr/bin/env python3
"""Files and functions stay small: fails if a file, a function, the median of all files or the number of public headers outgrows its limit.

    tools/check-sizes.py [--file N] [--function N] [--median N] [--headers N] [--worst N] [--over] [ROOT]

Looks at src, include and compressors of ROOT (default: this repository). A function counts from its first word to its closing brace, with the
lambdas inside it; a lambda outside of any function, as in a table, counts as one of its own. --over lists all that is too long, and nothing else.
"""
import argparse
import pathlib
import re
import statistics
import sys
from typing import NamedTuple

FILE_LINES = 400
FUNCTION_LINES = 70
MEDIAN_LINES = 79
PUBLIC_HEADERS = 35

FOLDERS = ("src", "include", "compressors")
LAMBDA = "[]"  # stands for the name of a lambda where a function's would be: no function is called so
SOURCES = (".cpp", ".hpp", ".c", ".h", ".cc", ".hh", ".ipp")


class Function(NamedTuple):
    name: str
    first: int
    last: int

    @property
    def lines(self):
        return self.last - self.first + 1


class Unbalanced(Exception):
    """Braces or parentheses that do not match"""


# ---- Words: what is no code (comments, literals, lines of the preprocessor) is left out.

LEFT_OUT = re.compile(r'''
    (?P<comment>  //(?:\\\n|[^\n])*  |  /\*.*?\*/ )
  | (?P<raw>      \b(?:u8|[uUL])?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)" )
  | (?P<string>   "(?:\\.|[^"\\\n])*" )
  | (?P<number>   (?<![\w.])\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])* )
  | (?P<char>     '(?:\\.|[^'\\\n])+' )
  | (?P<line>     (?m:^)[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])* )
''', re.VERBOSE | re.DOTALL)


def code_of(text):
    """The text with blanks, and as many line ends, in place of all that is no code; literals become the word 0"""
    def blank(match):
        lines = "\n" * match.group().count("\n")
        return " " + lines if match.lastgroup in ("comment", "line") else " 0 " + lines
    return LEFT_OUT.sub(blank, text)


def first_branches(text):
    """The text without what stands between #else or #elif and #endif, for files whose braces match in each branch alone"""
    kept, shown = [], []
    taken = []  # whether a branch of each enclosing #if is shown already
    for line in text.split("\n"):
        directive = re.match(r"\s*#\s*(\w+)\s*(.*)", line)
        word, rest = directive.groups() if directive else ("", "")
        if word in ("if", "ifdef", "ifndef"):
            shown.append(rest != "0")
            taken.append(rest != "0")
        elif word in ("else", "elif") and shown:
            shown[-1] = not taken[-1]
            taken[-1] = True
        elif word == "endif" and shown:
            shown.pop()
            taken.pop()
        kept.append(line if all(shown) else "")
    return "\n".join(kept)


WORD = re.compile(r"operator\s*(?:\(\s*\)|\[\s*\]|\"\"\s*\w+|->\*?|[-+*/%^&|~!=<>,]+|(?:new|delete)\b(?:\s*\[\s*\])?)"
                  r"|\w+|::|->|\.\.\.|\[\[|\S")


def words_of(code):
    """The words of the code, each with its line"""
    line, at = 1, 0
    for match in WORD.finditer(code):
        line += code.count("\n", at, match.start())
        at = match.start()
        yield match.group(), line


# ---- Heads: the words between the last boundary and an opening brace say what the brace opens.

CLOSING = {"(": ")", "[": "]", "[[": "]", "{": "}"}
AFTER_PARAMETERS = {"const", "volatile", "noexcept", "override", "final", "mutable", "constexpr", "consteval", "static", "try", "&", "...", "throw"}


def after_group(words, at):
    """Where the group goes on that opens at `at`: behind its closing bracket, or at the end of the words"""
    depth = 0
    for place in range(at, len(words)):
        if words[place] in ("(", "[", "{"):
            depth += 1
        elif words[place] == "[[":
            depth += 2
        elif words[place] in (")", "]", "}"):
            depth -= 1
        if depth <= 0:
            return place + 1
    return len(words)


def after_angles(words, at):
    depth, place = 0, at
    while place < len(words):
        if words[place] in ("(", "[", "[[", "{"):
            place = after_group(words, place)
            continue
        depth += {"<": 1, ">": -1}.get(words[place], 0)
        place += 1
        if depth <= 0:
            break
    return place


def without_prefix(words):
    """The words behind attributes, `template <...>`, requires-clauses and specifiers such as static"""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "template" and at + 1 < len(words) and words[at + 1] == "<":
            at = after_angles(words, at + 1)
        elif word in ("[[", "alignas"):
            at = after_group(words, at if word == "[[" else at + 1)
        elif word in ("export", "typedef", "static", "inline", "const", "constexpr", "constinit", "extern", "friend"):
            at += 1
        else:
            break
    return words[at:]


def is_function_tail(words):
    """Whether these words may stand between a function's parameters and its body"""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "->" or word == "requires":
            return "=" not in words[at:]
        if word in ("[[", "("):
            at = after_group(words, at)
        elif word in AFTER_PARAMETERS:
            at += 1
        else:
            return word == ":" and words[-1] in (")", "}", "...")
    return True


def top_level(words):
    """Where words stand outside of all brackets, parentheses and template arguments that start behind a name"""
    at = 0
    while at < len(words):
        if words[at] in ("(", "[", "[[", "{"):
            yield at
            at = after_group(words, at)
            continue
        yield at
        at += 1


def lambda_of(words):
    """Where the last lambda starts whose body would follow these words, or None"""
    for at in reversed(range(len(words))):
        if words[at] == "[" and (at == 0 or not re.match(r"(?!return\b|case\b|co_return\b|co_yield\b)\w+$|[)\]]$", words[at - 1])):
            place = after_group(words, at)
            if place < len(words) and words[place] == "<":
                place = after_angles(words, place)
            if place < len(words) and words[place] == "(":
                place = after_group(words, place)
            if is_function_tail(words[place:]) and ":" not in words[place:]:
                return at
    return None


def function_name(words):
    """The function's name if a function's body follows these words, else None"""
    words = without_prefix(words)
    for at in top_level(words):
        if words[at] == "=":
            return None
        if words[at] == "requires":  # of a template's requires-clause: the function's own parameters come later
            continue
        if words[at] == "(" and at > 0 and is_function_tail(words[after_group(words, at):]):
            name = words[at - 1]
            if name in ("requires", "noexcept", "decltype", "alignas", "explicit", "if", "while", "for", "switch"):
                continue
            while at >= 3 and words[at - 2] == "::" and re.match(r"\w+$", words[at - 3]):
                at -= 2
                name = words[at - 1] + "::" + name
            if at >= 2 and words[at - 2] in ("~", "operator"):
                name = words[at - 2].replace("operator", "operator ") + name
            return name
    return None


def is_class(words):
    """Whether the words, without their prefix, begin a class or an enumeration"""
    if not words or words[0] not in ("class", "struct", "union", "enum"):
        return False
    named = without_prefix(words[1:])
    name = named[:named.index(":")] if ":" in named else named
    return "=" not in name and "(" not in name


def opened_by(words, inside):
    """What a brace after these words opens: (kind, name or None); kinds: scope, function, requirement, other"""
    found = lambda_of(words)
    if inside == "scope" and not open_groups(words):
        if words and words[-1] == "requires" or requirement(words):
            return "requirement", None
        plain = without_prefix(words)
        if plain[:1] in (["namespace"], ["{"]) or not plain or words[:1] == ["extern"] and plain == ["0"]:
            return "scope", None
        if is_class(plain):
            return "scope", None
        name = function_name(words)
        if name is not None:
            return "function", name
    if found is not None:
        return "function", LAMBDA
    return "other", None


def requirement(words):
    """Whether the brace opens the body of a requires-expression: `requires {` or `requires (...) {`"""
    if not words or words[-1] != ")":
        return False
    depth = 0
    for at in reversed(range(len(words))):
        depth += {")": 1, "(": -1}.get(words[at], 0)
        if depth == 0:
            return at > 0 and words[at - 1] == "requires" and at > 1 and words[at - 2] in ("requires", "=", "(", "&", "|", "!")
    return False


def in_member_list(words):
    """Whether the brace gives a member its first value, in the list after a constructor's colon"""
    words = without_prefix(words)
    at_colon = next((at for at in top_level(words) if words[at] == ":"), None)
    if at_colon is None or is_class(words) or "(" not in words[:at_colon]:
        return False
    return re.match(r"\w+$|>$", words[-1]) is not None and words[-1] not in AFTER_PARAMETERS


class Open(NamedTuple):
    kind: str
    name: str
    first: int


def scan(code):
    """All functions of the code"""
    functions, stack, head, lines = [], [Open("scope", None, 0)], [], []
    heads = []  # of the enclosing levels

    def forget():
        head.clear()
        lines.clear()

    for word, line in words_of(code):
        inside = stack[-1].kind
        if inside == "function" or inside == "inner":
            if word in ("{", "(", "["):
                stack.append(Open("inner", word, line))
            elif word == "[[":
                stack += [Open("inner", "[", line), Open("inner", "[", line)]
            elif word in (")", "]", "}"):
                expected = "}" if inside == "function" else CLOSING[stack[-1].name]
                if word != expected:
                    raise Unbalanced(f"line {line}: '{word}' closes nothing")
                opened = stack.pop()
                if opened.kind == "function":
                    if opened.name == "catch" and functions:  # belongs to the function whose body is the try block
                        functions[-1] = functions[-1]._replace(last=line)
                    else:
                        name = "lambda" if opened.name == LAMBDA else opened.name
                        functions.append(Function(name, opened.first, line))
                    head[:], lines[:] = heads.pop()
                    if opened.name == LAMBDA:
                        head += ["{", "}"]
                        lines += [line, line]
                    else:
                        forget()
            continue
        if word == "{":
            if inside == "scope" and in_member_list(head):
                kind, name = "other", None
            else:
                kind, name = opened_by(head, inside)
            first = lines[0] if lines else line
            if name == LAMBDA:
                first = lines[lambda_of(head)]
            heads.append((list(head), list(lines)))
            stack.append(Open(kind, name, first))
            forget()
        elif word == "}":
            if len(stack) == 1 or inside == "group":
                raise Unbalanced(f"line {line}: '}}' closes nothing")
            opened = stack.pop()
            head[:], lines[:] = heads.pop()
            if opened.kind == "scope":
                forget()
            else:
                head += ["{", "}"]
                lines += [line, line]
        else:
            if word in (";",) or word == "," and inside == "other" and not open_groups(head):
                forget()
            else:
                head.append(word)
                lines.append(line)
                if word == ":" and len(head) == 2 and head[0] in ("public", "private", "protected"):
                    forget()
    if len(stack) > 1:
        raise Unbalanced("a brace stays open")
    return functions


def open_groups(words):
    return sum(word in ("(", "[") for word in words) + 2 * sum(word == "[[" for word in words) > sum(word in (")", "]") for word in words)


def functions_of(text):
    try:
        return scan(code_of(text))
    except Unbalanced:
        return scan(code_of(first_branches(text)))


# ---- The repository

def sources(root):
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in SOURCES)


def measure(root):
    """Lines of each file, and all functions as (lines, place, name)"""
    files, functions = {}, []
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(root))
        files[name] = len(text.splitlines())
        try:
            functions += [(f.lines, f"{name}:{f.first}", f.name) for f in functions_of(text)]
        except Unbalanced as error:
            sys.exit(f"check-sizes: {name}: {error}: its functions can not be measured")
    return files, sorted(functions, reverse=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--file", type=int, default=FILE_LINES, help="lines of a file at most (default: %(default)s)")
    parser.add_argument("--function", type=int, default=FUNCTION_LINES, help="lines of a function at most (default: %(default)s)")
    parser.add_argument("--median", type=int, default=MEDIAN_LINES, help="median of the lines of files at most (default: %(default)s)")
    parser.add_argument("--headers", type=int, default=PUBLIC_HEADERS, help="public headers at most (default: %(default)s)")
    parser.add_argument("--worst", type=int, default=5, help="how many of the longest to show (default: %(default)s)")
    parser.add_argument("--over", action="store_true", help="show all that is too long, and nothing else")
    given = parser.parse_args()

    files, functions = measure(given.root)
    if not files:
        sys.exit(f"check-sizes: no sources in {given.root}")
    headers = [name for name in files if name.startswith("include/")]
    median = statistics.median(files.values())
    long_files = sorted(((lines, name) for name, lines in files.items()), reverse=True)
    too_long = [entry for entry in long_files if entry[0] > given.file] + [entry for entry in functions if entry[0] > given.function]

    if not given.over:
        print(f"{len(files)} files, {sum(files.values())} lines, {len(functions)} functions, {len(headers)} public headers, median file {median:g} lines")
        print("longest files:")
        for lines, name in long_files[:given.worst]:
            print(f"  {lines:4} {name}")
        print("longest functions:")
        for lines, place, name in functions[:given.worst]:
            print(f"  {lines:4} {place} {name}")
    for lines, *where in too_long:
        kind, limit = ("function", given.function) if len(where) == 2 else ("file", given.file)
        print(f"TOO LONG: {lines} lines (at most {limit}): {kind} {' '.join(where)}")
    failed = bool(too_long)
    if median > given.median:
        print(f"TOO LONG: the median file has {median:g} lines (at most {given.median})")
        failed = True
    if len(headers) > given.headers:
        print(f"TOO MANY: {len(headers)} public headers (at most {given.headers})")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
