# The folders know only what docs/architecture.md allows: its table of arrows is read, and every #include of the sources is held against it.
# The table itself has no circle, names no arrow that nothing uses, and keeps MPI and HDF5 out of what is mathematics.
import functools
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = (".cpp", ".hpp", ".in")
# What may be included from outside, and by whom
OUTSIDE = {r"mpi\.h": {"comm"}, r"hdf5\.h|H5\w*\.h": {"io", "storage", "app"}}
INTERFACE = "compressors"  # include/vireo/compressors: others see this alone, never a compressor


def allowed_arrows():
    text = (ROOT / "docs/architecture.md").read_text()
    rows = re.search(r"\| folder \| may include \|\n\|[-|]+\|\n((?:\|.*\|\n)+)", text)[1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.strip().splitlines()]
    return {folder: set(filter(None, (name.strip() for name in names.split(",")))) for folder, names in cells}


def folder_of(path):
    """src/NAME/..., include/vireo/NAME/... and NAME/... are of the folder NAME; headers right in include/vireo are the front door."""
    parts = path.parts
    if parts[0] == "include":
        return parts[2] if len(parts) > 3 else None
    return parts[1] if parts[0] == "src" else parts[0]


@functools.cache
def includes():
    """(file, folder, the path that it includes) of all sources"""
    found = []
    for top in ("include", "src", "compressors"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in SOURCES and file.is_file():
                path = file.relative_to(ROOT)
                for included in re.findall(r'^\s*#\s*include\s*[<"]([^">]+)[">]', file.read_text(), re.MULTILINE):
                    found.append((path, folder_of(path), included))
    return found


def folder_of_include(included):
    parts = included.split("/")
    if parts[0] == "vireo":
        return parts[1] if len(parts) > 2 else None
    return parts[0] if len(parts) > 1 and (ROOT / "src" / parts[0]).is_dir() or parts[0] == "compressors" else None


class Architecture(unittest.TestCase):
    maxDiff = None

    def test_every_include_follows_an_arrow(self):
        allowed = allowed_arrows()
        wrong = []
        count = 0
        for path, folder, included in includes():
            to = folder_of_include(included)
            if folder is None or to is None or to == folder:
                continue
            count += 1
            if to not in allowed.get(folder, set()):
                wrong.append(f"{path} includes {included}: no arrow from {folder} to {to}")
            elif to == "compressors" and not included.startswith("vireo/"):
                wrong.append(f"{path} includes {included}: a compressor, not the interface of compressors")
        self.assertEqual(wrong, [])
        self.assertGreater(count, 500)

    def test_every_folder_has_a_row(self):
        folders = {folder for _, folder, _ in includes() if folder}
        self.assertEqual(folders, set(allowed_arrows()))

    def test_no_arrow_is_idle(self):  # but for the program, which may use all
        used = {(folder, folder_of_include(included)) for _, folder, included in includes()}
        idle = [f"{a} -> {b}" for a, names in allowed_arrows().items() if a != "app" for b in names if (a, b) not in used]
        self.assertEqual(idle, [])

    def test_no_arrow_points_upward(self):
        # encoding and compressors alone: the tools know the interface of compressors, which stands beneath them
        rest = {folder: set(names) for folder, names in allowed_arrows().items()}
        rest["encoding"].discard(INTERFACE)
        while rest:
            ground = [folder for folder, names in rest.items() if not names & set(rest)]
            self.assertTrue(ground, f"a circle: {rest}")
            for folder in ground:
                del rest[folder]

    def test_mpi_and_hdf5_stay_at_the_edge(self):
        for path, folder, included in includes():
            for pattern, folders in OUTSIDE.items():
                if re.fullmatch(pattern, included):
                    self.assertIn(folder, folders, f"{path} includes {included}")


if __name__ == "__main__":
    unittest.main()
