#!/usr/bin/env python3
"""Two users in one directory, sticky or not: nothing of the other one's is changed, read or lost, whatever lies under the names that a run writes.
Where the tests run as root, two users are made of numbers; else what one user alone can show is tested."""
import os
import shlex
import shutil
import stat
import subprocess
import tempfile
import unittest

from support.program import VIREO

ME, OTHER = 61111, 61112
RUN = "solve --problem bilinear:dimension=10,components=4 --method extragradient --tolerance 0 --max-iterations 5 --quiet"
NAMES = [base + ending for base in ("t.h5", "c.h5") for ending in ("", ".unfinished", ".lock", ".previous")]
USAGE, IO = 2, 6


def two_users():
    return os.geteuid() == 0


class TwoUsers(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="vireo-users-")
        self.addCleanup(scratch.cleanup)
        os.chmod(scratch.name, 0o755)
        self.folder = os.path.join(scratch.name, "shared")
        self.program = os.path.join(scratch.name, "vireo")
        shutil.copy(VIREO, self.program)  # the build may lie where only this user comes
        os.chmod(self.program, 0o755)
        self.begin_folder(0o777)

    def begin_folder(self, mode):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder)
        os.chmod(self.folder, mode)

    def path(self, name):
        return os.path.join(self.folder, name)

    def vireo(self, arguments, user=None):
        as_user = {"user": user, "group": user, "extra_groups": []} if two_users() and user else {}
        return subprocess.run([self.program, *shlex.split(arguments)], capture_output=True, text=True, timeout=60, cwd=self.folder, check=False,
                              **as_user)

    def solve(self, user, more=""):
        return self.vireo(f"{RUN} --trace t.h5 --checkpoint c.h5 {more}", user)

    def refused(self, done, *codes):
        self.assertIn(done.returncode, codes, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def state(self):
        out = {}
        for name in sorted(os.listdir(self.folder)):
            status = os.lstat(self.path(name))
            content = os.readlink(self.path(name)) if stat.S_ISLNK(status.st_mode) else ""
            if stat.S_ISREG(status.st_mode):
                with open(self.path(name), "rb") as file:
                    content = file.read()
            out[name] = (status.st_uid, status.st_mode, status.st_mtime_ns, content)
        return out

    # ---- one user

    def test_a_temporary_file_of_ours_is_removed_and_anything_else_is_refused(self):
        for name in ("t.h5.unfinished", "c.h5.unfinished"):
            with self.subTest(name=name):
                self.begin_folder(0o755)
                with open(self.path("precious"), "w", encoding="ascii") as file:
                    file.write("precious")
                for make in (lambda: os.symlink(self.path("precious"), self.path(name)), lambda: os.link(self.path("precious"), self.path(name)),
                             lambda: os.mkfifo(self.path(name)), lambda: os.mkdir(self.path(name))):
                    make()
                    before = self.state()
                    done = self.solve(None)
                    self.refused(done, USAGE)
                    self.assertIn(name, done.stderr)
                    self.assertEqual(self.state(), before)
                    (os.rmdir if os.path.isdir(self.path(name)) else os.remove)(self.path(name))
                shutil.copy(self.path("precious"), self.path(name))
                self.assertEqual(self.solve(None).returncode, 5)
                self.assertEqual(sorted(os.listdir(self.folder)), ["c.h5", "precious", "t.h5"])

    def test_a_previous_generation_that_is_not_ours_stays(self):
        self.assertEqual(self.solve(None).returncode, 5)
        for make in (lambda path: os.symlink("c.h5", path), lambda path: shutil.copy(self.path("t.h5"), path), os.mkdir):
            make(self.path("c.h5.previous"))
            before = self.state()
            self.refused(self.vireo("resume c.h5 --max-iterations 9"), USAGE, IO)
            self.refused(self.solve(None, "--overwrite"), USAGE, IO)
            self.assertEqual(self.state(), before)
            (os.rmdir if os.path.isdir(self.path("c.h5.previous")) else os.remove)(self.path("c.h5.previous"))

    def test_a_file_that_is_replaced_keeps_its_mode(self):
        self.assertEqual(self.solve(None).returncode, 5)
        for mode in (0o600, 0o640, 0o664):
            for name in ("t.h5", "c.h5"):
                os.chmod(self.path(name), mode)
            for command in ("resume c.h5 --max-iterations 20 --checkpoint-every 1 --quiet",
                            f"{RUN} --trace t.h5 --checkpoint c.h5 --checkpoint-every 2 --overwrite"):
                self.assertEqual(self.vireo(command).returncode, 5)
                self.assertEqual({name: stat.S_IMODE(os.stat(self.path(name)).st_mode) for name in os.listdir(self.folder)},
                                 dict.fromkeys(os.listdir(self.folder), mode))

    # ---- two users

    @unittest.skipUnless(two_users(), "only root can be two users")
    def test_what_the_other_user_has_put_there_stays(self):
        for mode in (0o777, 0o1777):
            for user in (ME, None):  # None: root, whom no permission keeps out
                for name in NAMES:
                    for make in ("empty", "text", "trace", "checkpoint", "link"):
                        if (user is None or make in ("trace", "text")) and name not in ("t.h5", "c.h5.previous", "c.h5.unfinished", "t.h5.lock"):
                            continue
                        with self.subTest(mode=oct(mode), user=user, name=name, make=make):
                            self.begin_folder(mode)
                            self.put(make, name)
                            before = self.state()
                            done = self.solve(user, "--overwrite")
                            if name == "t.h5.previous":  # traces have none
                                self.assertEqual(done.returncode, 5, done.stderr)
                                self.assertEqual(self.state()[name], before[name])
                                continue
                            self.refused(done, USAGE, IO)
                            self.assertEqual(self.state(), before)

    def put(self, make, name):
        path = self.path(name)
        if make == "link":
            os.symlink(self.path("nothing-yet"), path)
            os.lchown(path, OTHER, OTHER)
            return
        if make in ("trace", "checkpoint"):
            if not hasattr(self, "kept"):
                self.kept = tempfile.mkdtemp(prefix="vireo-users-")
                self.addCleanup(shutil.rmtree, self.kept)
                subprocess.run([self.program, *shlex.split(f"{RUN} --trace t --checkpoint c")], cwd=self.kept, capture_output=True, check=False)
            shutil.copy(os.path.join(self.kept, make[0]), path)
        else:
            with open(path, "w", encoding="ascii") as file:
                file.write("" if make == "empty" else "theirs\n")
        os.chown(path, OTHER, OTHER)
        os.chmod(path, 0o666)

    @unittest.skipUnless(two_users(), "only root can be two users")
    def test_the_others_checkpoint_can_be_read_and_goes_on_elsewhere(self):
        self.assertEqual(self.solve(OTHER).returncode, 5)
        before = self.state()
        self.refused(self.vireo("resume c.h5 --max-iterations 9", ME), USAGE, IO)
        self.assertEqual(self.state(), before)
        done = self.vireo("resume c.h5 --max-iterations 9 --checkpoint mine.c.h5 --trace mine.t.h5 --quiet", ME)
        self.assertEqual(done.returncode, 5, done.stderr)
        after = self.state()
        self.assertEqual({name: after[name] for name in before}, before)

    @unittest.skipUnless(two_users(), "only root can be two users")
    def test_the_others_previous_generation_does_not_stand_in_for_a_checkpoint(self):
        self.put("checkpoint", "c.h5.previous")
        before = self.state()
        done = self.vireo("resume c.h5 --max-iterations 9 --checkpoint mine.c.h5 --trace mine.t.h5 --quiet", ME)
        self.refused(done, IO)
        self.assertIn(f"c.h5.previous: belongs to another user (number {OTHER})", done.stderr)
        self.assertEqual(self.state(), before)
        os.chown(self.path("c.h5.previous"), ME, ME)
        done = self.vireo("resume c.h5 --max-iterations 9 --checkpoint mine.c.h5 --trace mine.t.h5 --quiet", ME)
        self.assertEqual(done.returncode, 5, done.stderr)


if __name__ == "__main__":
    unittest.main()
