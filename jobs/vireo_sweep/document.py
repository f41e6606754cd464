"""The TOML file as it is read, and the errors that name a line of it."""
import pathlib
import re
import tomllib

from .errors import InputError
from .places import line_of


class Document:
    """A TOML file: what it says, and where"""

    def __init__(self, path, quick=False):
        self.path = path
        try:
            self.text = pathlib.Path(path).read_text(encoding="utf-8")
            self.said = tomllib.loads(self.text)
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}", 3) from None
        except UnicodeDecodeError:
            raise InputError(f"{path}: is not UTF-8 text", 3) from None
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at line (\d+)", str(error))
            line = place[1] if place else len(self.text.splitlines())
            raise InputError(f"{path}:{line}: is not TOML: {re.sub(r' [(]at .*', '', str(error))}") from None
        if quick:
            self._make_quick()

    def fail(self, path, text):
        """InputError that names the line of the key `path`, a tuple; of the nearest that leads there, if it is not in the file itself"""
        raise InputError(f"{self.path}:{line_of(self.text, path)}: {text}")

    def _make_quick(self):
        """Lets [quick] replace keys: "methods.masha1.steps" = ["1x"], or "drop" for what is left out"""
        for path, value in self.said.get("quick", {}).items():
            *parents, last = path.split(".")
            place = self.said
            for parent in parents:
                place = place.get(parent) if isinstance(place, dict) else None
            if not isinstance(place, dict) or (value == "drop" and last not in place):
                self.fail(("quick", path), f"[quick] {path}: there is no such key")
            if value == "drop":
                del place[last]
            else:
                place[last] = value
