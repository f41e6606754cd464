#!/usr/bin/env python3
"""What a cluster does to a run's files and ranks: a full disk, a directory that is gone, a file system that has become read-only, a
limit of the size of files, a standard output that nobody reads, a rank that is stopped. All ranks end, one line says why, and what was saved before is as good as it was."""
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

from support.checkpoint_runs import EXTRAGRADIENT, CheckpointCase, ranks_of
from support.traces import read_trace

IO = 6
# 8 e_m, z, w and e: a checkpoint of 1.8 MB
LARGE = ("--problem bilinear:dimension=20000,structure=sparse,components=8 --workers 8 --tolerance 0 --method masha2:step=1e-4 "
         "--uplink topk:fraction=0.1 --downlink topk:fraction=0.1 ")


class Faults(CheckpointCase):
    def tmpfs(self, size):
        path = self.path("disk")
        os.mkdir(path)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest("cannot mount a file system: " + mounted.stderr)
        self.addCleanup(subprocess.run, ["umount", "-l", path], stderr=subprocess.DEVNULL)

    def assert_resumes(self, checkpoint, arguments, extra=""):
        """The generation that was there before the fault is whole, and is gone on from, elsewhere."""
        shown = self.vireo(f"info {checkpoint}")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        shutil.copy(self.path(checkpoint), self.path("rescued.h5"))
        until = int([line for line in shown.stdout.splitlines() if line.split()[:1] == ["iteration"]][0].split()[1].replace(",", "")) + 5
        done = self.vireo(f"resume rescued.h5 --max-iterations {until} {extra}", 3)
        self.assertEqual(done.returncode, 5, done.stderr)
        whole = self.vireo(f"solve {arguments} --max-iterations {until} --quiet")
        for name in ("residual", "oracle_calls", "wire_bytes_up", "wire_bytes_down"):
            self.assertEqual(self.json_of(done.stdout)[name], self.json_of(whole.stdout)[name])

    def test_a_full_disk_while_a_checkpoint_is_written(self):
        for ranks in (0, 3):
            self.tmpfs("4m")
            done = self.vireo(f"solve {LARGE} --max-iterations none --checkpoint disk/c.h5 --checkpoint-every 2", ranks)
            self.one_error(done, IO, "--checkpoint", "disk/c.h5.unfinished", "No space left on device")
            self.assertEqual(sorted(os.listdir(self.path("disk"))), ["c.h5", "c.h5.previous"])
            for name in ("c.h5", "c.h5.previous"):
                self.assert_resumes("disk/" + name, LARGE)
            subprocess.run(["umount", "-l", self.path("disk")], check=True)
            os.rmdir(self.path("disk"))

    def test_a_full_disk_while_the_trace_is_written(self):
        for ranks in (0, 2):
            self.tmpfs("4m")
            done = self.vireo(f"solve {EXTRAGRADIENT} --max-iterations none --trace disk/t.h5 --checkpoint c.h5 --checkpoint-every 1000 --overwrite", ranks)
            self.one_error(done, IO, "disk/t.h5", "No space left on device")
            self.assert_resumes("c.h5", EXTRAGRADIENT, "--trace t.h5")
            os.remove(self.path("t.h5"))
            subprocess.run(["umount", "-l", self.path("disk")], check=True)
            os.rmdir(self.path("disk"))

    def test_a_disk_that_becomes_full_anywhere(self):
        """While the trace is begun, in a row, in a checkpoint, or at the end: where HDF5 could not write what it held, it ended in a signal."""
        run = f"solve {EXTRAGRADIENT.replace('--tolerance 0', '--tolerance 1e-3')} --trace disk/t.h5 --checkpoint disk/c.h5 --checkpoint-every 50 --quiet"
        codes = []
        for kilobytes in (8, 40, 60, 80, 120, 160, 180, 200, 220, 240, 260, 280, 300, 400):
            self.tmpfs(f"{kilobytes}k")
            done = self.vireo(run)
            codes.append(done.returncode)
            if done.returncode != 0:
                self.one_error(done, IO, "disk/", "No space left on device")
            subprocess.run(["umount", "-l", self.path("disk")], check=True)
            os.rmdir(self.path("disk"))
        self.assertEqual(codes, sorted(codes, reverse=True))
        self.assertEqual((codes[0], codes[-1]), (IO, 0))

    def test_a_limit_of_the_size_of_files(self):
        for ranks in (0, 2):
            checkpoint = f"solve {LARGE} --max-iterations none --checkpoint limited/c.h5 --checkpoint-every 300"
            trace = f"solve {EXTRAGRADIENT} --max-iterations none --trace limited/t.h5 --checkpoint c.h5 --checkpoint-every 1000"
            for arguments, first, name in ((checkpoint, "c.h5", "c.h5.unfinished"), (trace, "t.h5", "t.h5")):
                os.mkdir(self.path("limited"))
                process = self.begin(arguments, ranks)
                while process.poll() is None and not os.path.exists(self.path(f"limited/{first}")):
                    time.sleep(0.01)
                if arguments == trace:
                    self.wait_for_rows(process, "limited/t.h5", 2000)
                for pid in ranks_of(process, ranks):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1 << 19, resource.RLIM_INFINITY))
                out, err = process.communicate(timeout=60)
                self.one_error(subprocess.CompletedProcess([], process.returncode, out, err), IO, "limited/" + name, "File too large")
                self.assertEqual([file for file in os.listdir(self.path("limited")) if file.endswith(".unfinished")], [])
                shutil.rmtree(self.path("limited"))
            self.assert_resumes("c.h5", EXTRAGRADIENT, "--trace t.h5")
            for name in ("t.h5", "c.h5", "c.h5.previous"):
                os.remove(self.path(name))

    def test_a_standard_output_that_nobody_reads(self):
        for ranks in (0, 2):
            for device in ("pipe", "/dev/full"):
                with self.subTest(ranks=ranks, output=device):
                    if device == "pipe":
                        reader, writer = os.pipe()
                        os.close(reader)
                    else:
                        writer = os.open(device, os.O_WRONLY)
                    process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations 500 --trace t.h5 --checkpoint c.h5", ranks, stdout=writer)
                    os.close(writer)
                    _, err = process.communicate(timeout=60)
                    why = "Broken pipe" if device == "pipe" else "No space left on device"
                    self.one_error(subprocess.CompletedProcess([], process.returncode, "", err), IO, "standard output", why)
                    trace = read_trace(self.path("t.h5"))
                    self.assertEqual((trace.attributes["status"], trace.rows), ("complete", 501))
                    self.assertEqual(self.vireo("verify t.h5").returncode, 0)
                    self.assertIn("500", self.vireo("info c.h5").stdout)
                    for name in ("t.h5", "c.h5"):
                        os.remove(self.path(name))

    def test_a_reader_that_leaves_does_not_end_a_run(self):
        for ranks in (0, 2):
            process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations none --max-seconds 2s --trace t.h5", ranks)
            self.assertTrue(process.stdout.readline())
            process.stdout.close()
            err = process.stderr.read()
            self.one_error(subprocess.CompletedProcess([], process.wait(timeout=60), "", err), IO, "standard output", "Broken pipe")
            self.assertEqual(read_trace(self.path("t.h5")).attributes["status"], "complete")
            os.remove(self.path("t.h5"))

    def test_a_directory_that_is_gone(self):
        os.mkdir(self.path("gone"))
        process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations none --trace t.h5 --checkpoint gone/c.h5 --checkpoint-every 20", 2)
        self.wait_for_rows(process, "t.h5", 100)
        os.rename(self.path("gone"), self.path("moved"))
        out, err = process.communicate(timeout=60)
        self.one_error(subprocess.CompletedProcess([], process.returncode, out, err), IO, "gone/c.h5", "o such file or directory")
        self.assert_resumes("moved/c.h5", EXTRAGRADIENT)

    def test_a_file_system_that_has_become_read_only(self):
        self.tmpfs("40m")
        process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations none --trace t.h5 --checkpoint disk/c.h5 --checkpoint-every 5000", 2)
        while process.poll() is None and not os.path.exists(self.path("disk/c.h5")):
            pass
        # What is open for writing, as the lock is, keeps a remount from the file system: another one covers it.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", self.path("disk")], check=True)
        out, err = process.communicate(timeout=60)
        self.one_error(subprocess.CompletedProcess([], process.returncode, out, err), IO, "disk/c.h5", "Read-only file system")
        subprocess.run(["umount", self.path("disk")], check=True)
        self.assert_resumes("disk/c.h5", EXTRAGRADIENT)

    def test_a_rank_that_is_stopped(self):
        for whom in (0, 1):
            process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations none --trace t.h5 --checkpoint c.h5 --checkpoint-every 50 "
                                 "--rank-timeout 2s --overwrite", 3)
            self.wait_for_rows(process, "t.h5", 100)
            os.kill(ranks_of(process, 3)[whom], signal.SIGSTOP)
            out, err = process.communicate(timeout=60)
            self.one_error(subprocess.CompletedProcess([], process.returncode, out, err), 1, "--rank-timeout", "does not answer")
            self.assert_resumes("c.h5", EXTRAGRADIENT)
            os.remove(self.path("t.h5"))

    def test_a_patient_watch_changes_nothing(self):
        done = self.vireo(f"solve {EXTRAGRADIENT} --max-iterations 200 --rank-timeout 30s", 3)
        self.assertEqual((done.returncode, done.stderr.count("vireo: error")), (5, 0))


if __name__ == "__main__":
    sys.exit(unittest.main())
