"""Pins the completion for bash: what a person gets who presses TAB, asked of the program at that moment."""
import pathlib
import subprocess
import unittest

from support.program import VIREO

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "completions" / "vireo.bash"


def complete(line):
    """What bash offers at the end of a line that begins with the word vireo"""
    line = line.replace("vireo", VIREO, 1)
    script = f'source "{SCRIPT}"; COMP_LINE=$1; COMP_POINT=${{#1}}; _vireo; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script, "bash", line], capture_output=True, text=True, check=True)
    return done.stdout.split()


class Completion(unittest.TestCase):
    def test_subcommands_and_options(self):
        self.assertEqual(complete("vireo so"), ["solve"])
        self.assertIn("verify", complete("vireo "))
        self.assertEqual(complete("vireo solve --max-it"), ["--max-iterations"])
        self.assertIn("--workers", complete("vireo solve --problem bilinear --"))

    def test_names_of_a_spec(self):
        self.assertEqual(complete("vireo solve --problem quadratic-g"), ["quadratic-game"])
        self.assertEqual(complete("vireo solve --method vr-masha"), ["vr-masha1", "vr-masha2"])
        self.assertEqual(complete("vireo solve --uplink rand"), ["randk", "randk-shared"])
        self.assertEqual(complete("vireo solve --method nothing-like-it"), [])

    def test_keys_of_a_spec_after_what_bash_breaks_words_at(self):
        self.assertEqual(complete("vireo solve --method masha1:ref"), ["refresh="])
        self.assertEqual(complete("vireo solve --method masha1:refresh=next,sna"), ["next,snapshot="])
        self.assertIn("step=", complete("vireo solve --method masha1:"))

    def test_list(self):
        self.assertEqual(complete("vireo list meth"), ["methods"])
        self.assertEqual(complete("vireo list methods three"), ["three-pillars"])

    def test_the_names_are_those_of_the_list(self):
        run = lambda *words: subprocess.run([VIREO, *words], capture_output=True, text=True, check=True).stdout
        for kind in ("problems", "methods", "compressors", "regularizers"):
            names = run("list", kind, "--names").split()
            self.assertEqual(names, [line[2:] for line in run("list", kind).splitlines() if line.startswith("  ") and line[2] != " "])
            self.assertEqual(run("list", kind, names[0]).split()[0], names[0])


if __name__ == "__main__":
    unittest.main()
