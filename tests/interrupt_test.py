#!/usr/bin/env python3
"""The real program, interrupted by a signal or by its time, ends with 75, and goes on from its checkpoint on any number of ranks to the bytes of
a run that was left alone. Also what resume takes, refuses and says."""
import fcntl
import functools
import os
import pty
import resource
import signal
import subprocess
import sys
import termios
import time
import unittest

from support.checkpoint_runs import EXTRAGRADIENT, MASHA, REQUEUE, SIGNALS, CheckpointCase, ranks_of
from support.traces import read_trace


class Resume(CheckpointCase):
    def interrupt(self, arguments, ranks, number, whom="a rank"):
        for name in ("t.h5", "c.h5", "c.h5.previous"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        process = self.begin(f"solve {arguments} --max-iterations none --trace t.h5 --checkpoint c.h5", ranks)
        self.wait_for_rows(process, "t.h5", 20)
        os.kill(process.pid if whom == "launcher" else ranks_of(process, ranks)[-1], number)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, REQUEUE, out + err)
        self.assertNotIn("vireo: error", err)
        self.assertEqual(self.json_of(out)["termination"], "interrupted")
        trace = read_trace(self.path("t.h5"))
        self.assertEqual((trace.attributes["status"], trace.attributes["termination"]), ("interrupted", "interrupted"))
        return trace

    def go_on(self, arguments, until, ranks, extra=""):
        done = self.vireo(f"resume c.h5 --max-iterations {until} {extra}", ranks)
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        trace = read_trace(self.path("t.h5"))
        self.assertEqual(trace.columns["iteration"][-1], until)
        return trace

    # ---- signals

    def test_every_signal_ends_a_run_in_good_order(self):
        for number in SIGNALS:
            with self.subTest(signal=number.name):
                before = self.interrupt(MASHA, 0, number)
                trace = self.go_on(MASHA, before.rows + 30, 0)
                self.assertEqual(trace.segments["start_row"], [0, before.rows])
                self.assert_whole(MASHA, trace)

    def test_a_signal_to_one_rank_ends_all_in_good_order(self):
        for ranks, number, others in ((2, signal.SIGHUP, 3), (3, signal.SIGXCPU, 1), (4, signal.SIGINT, 2)):
            with self.subTest(ranks=ranks):
                before = self.interrupt(MASHA, ranks, number)
                trace = self.go_on(MASHA, before.rows + 30, others)
                self.assertEqual(trace.segments["ranks"], [ranks, others])
                self.assert_whole(MASHA, trace)

    def test_a_limit_of_cpu_time_ends_a_run_in_good_order(self):
        process = self.begin(f"solve {MASHA} --max-iterations none --checkpoint c.h5", 0,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 60)))
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.json_of(out)["termination"]), (REQUEUE, "interrupted"), err)

    def test_a_terminal_that_is_closed_ends_a_run_in_good_order(self):
        ours, terminal = pty.openpty()

        def own_terminal():
            os.setsid()
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        process = self.begin(f"solve {MASHA} --max-iterations none --trace t.h5 --checkpoint c.h5", 0, stdin=subprocess.DEVNULL, stdout=terminal,
                             preexec_fn=own_terminal)
        os.close(terminal)
        self.wait_for_rows(process, "t.h5", 20)
        os.close(ours)
        _, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err), (REQUEUE, ""))
        self.assert_whole(MASHA, self.go_on(MASHA, read_trace(self.path("t.h5")).rows + 30, 2))

    def test_under_nohup_a_hangup_changes_nothing(self):
        ignore = functools.partial(signal.signal, signal.SIGHUP, signal.SIG_IGN)  # what nohup does
        process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations none --trace t.h5 --checkpoint c.h5", 0, preexec_fn=ignore)
        for rows in (20, 200):
            self.wait_for_rows(process, "t.h5", rows)
            process.send_signal(signal.SIGHUP)
        self.wait_for_rows(process, "t.h5", read_trace(self.path("t.h5")).rows + 200)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, REQUEUE)

    def test_the_launcher_passes_a_signal_on(self):
        before = self.interrupt(EXTRAGRADIENT, 2, signal.SIGUSR1, "launcher")
        self.assert_whole(EXTRAGRADIENT, self.go_on(EXTRAGRADIENT, before.rows + 5, 4))

    def test_more_signals_change_nothing(self):
        arguments = "--problem bilinear:dimension=20000,structure=sparse,components=8 --method masha2 --uplink topk:fraction=0.1 --downlink topk:fraction=0.1 --tolerance 0"
        process = self.begin(f"solve {arguments} --max-iterations none --trace t.h5 --checkpoint c.h5 --checkpoint-every 1", 2)
        self.wait_for_rows(process, "t.h5", 3)
        while process.poll() is None:  # in the middle of writing as well
            for pid in ranks_of(process, 2):
                try:
                    os.kill(pid, signal.SIGUSR2)
                except ProcessLookupError:
                    pass
            time.sleep(0.001)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, REQUEUE, out + err)
        self.assert_whole(arguments, self.go_on(arguments, read_trace(self.path("t.h5")).rows + 2, 1))

    def test_without_a_checkpoint_a_signal_is_a_limit(self):
        process = self.begin(f"solve {EXTRAGRADIENT} --max-iterations none --trace t.h5")
        self.wait_for_rows(process, "t.h5", 20)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.json_of(out)["termination"]), (5, "interrupted"), err)
        self.assertEqual(read_trace(self.path("t.h5")).attributes["status"], "interrupted")

    def test_simulated_ranks_are_interrupted_together(self):
        self.interrupt(MASHA + "--simulate 3", 0, signal.SIGTERM)
        done = self.vireo("resume c.h5 --max-iterations 5", 2)
        self.one_error(done, 2, "--simulate, which the checkpoint's run was started with")
        until = read_trace(self.path("t.h5")).rows + 30
        trace = self.go_on(MASHA, until, 2, "--simulate none")
        del trace.columns["seconds_modelled"]
        self.assert_whole(MASHA, trace)

    # ---- time

    def test_a_run_leaves_in_time_to_write_its_checkpoint(self):
        for ranks in (0, 2):
            done = self.vireo(f"solve {MASHA} --max-iterations none --max-seconds 2s --trace t.h5 --checkpoint c.h5 --overwrite", ranks)
            self.assertEqual((done.returncode, self.json_of(done.stdout)["termination"]), (REQUEUE, "max-seconds"), done.stderr)
            again = self.vireo("resume c.h5 --max-seconds 2s", 3)
            self.assertEqual((again.returncode, self.json_of(again.stdout)["termination"]), (REQUEUE, "max-seconds"), again.stderr)
            self.assertGreater(self.json_of(again.stdout)["iterations"], self.json_of(done.stdout)["iterations"])
            self.assert_whole(MASHA, self.go_on(MASHA, self.json_of(again.stdout)["iterations"] + 3, 0, "--max-seconds none"))

    # ---- what resume takes

    def test_rows_between_those_due_do_not_stay(self):
        self.vireo(f"solve {MASHA} --max-iterations 47 --trace t.h5 --trace-every 10 --checkpoint c.h5")
        self.assertEqual(read_trace(self.path("t.h5")).columns["iteration"].tolist(), [0, 10, 20, 30, 40, 47])
        trace = self.go_on(MASHA, 93, 2)
        self.assert_whole(MASHA + "--trace-every 10", trace)
        self.assertEqual(trace.segments["start_row"], [0, 5])

    def test_the_tolerance_may_become_tighter(self):
        arguments = MASHA.replace("--tolerance 0", "")
        first = self.vireo(f"solve {arguments} --tolerance 1 --trace t.h5 --checkpoint c.h5")
        self.assertEqual(first.returncode, 0, first.stderr)
        again = self.vireo("resume c.h5", 2)  # it has converged, and still has
        self.assertEqual((again.returncode, self.json_of(again.stdout)["iterations"]), (0, self.json_of(first.stdout)["iterations"]))
        second = self.vireo("resume c.h5 --tolerance 0.5", 3)
        self.assertEqual(second.returncode, 0, second.stderr)
        whole = self.vireo(f"solve {arguments} --tolerance 0.5 --trace whole.h5")
        self.assertEqual(whole.returncode, 0)
        self.assertEqual(read_trace(self.path("t.h5")).same_bytes(), read_trace(self.path("whole.h5")).same_bytes())

    def test_a_trace_that_is_gone_or_another_begins_where_the_run_goes_on(self):
        self.vireo(f"solve {MASHA} --max-iterations 40 --trace t.h5 --checkpoint c.h5")
        done = self.vireo("resume c.h5 --max-iterations 60 --trace other.h5", 2)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(read_trace(self.path("other.h5")).columns["iteration"].tolist(), list(range(40, 61)))
        os.remove(self.path("other.h5"))
        done = self.vireo("resume c.h5 --max-iterations 70")
        self.assertEqual(read_trace(self.path("other.h5")).columns["iteration"].tolist(), list(range(60, 71)))
        done = self.vireo("resume c.h5 --max-iterations 80", 2)
        self.assertEqual(read_trace(self.path("other.h5")).columns["iteration"].tolist(), list(range(60, 81)))

    def test_a_trace_of_another_run_is_left_alone(self):
        self.vireo(f"solve {MASHA} --max-iterations 40 --trace t.h5 --checkpoint c.h5")
        self.vireo(f"solve {MASHA} --max-iterations 90 --trace t.h5 --overwrite")
        self.one_error(self.vireo("resume c.h5 --max-iterations 60", 2), 3, "t.h5", "another run")
        self.assertEqual(read_trace(self.path("t.h5")).rows, 91)

    def test_resume_auto_begins_goes_on_and_refuses(self):
        solve = f"solve {MASHA} --trace t.h5 --checkpoint c.h5 --resume auto"
        self.assertEqual(self.vireo(solve + " --max-iterations 40").returncode, 5)
        self.assertEqual(self.vireo(solve + " --max-iterations 70", 3).returncode, 5)
        trace = read_trace(self.path("t.h5"))
        self.assertEqual(trace.segments["start_row"], [0, 41])
        self.assert_whole(MASHA, trace)
        for change, name in (("--seed 2", "seed"), ("--return last", "return"), ("--check-every 7", "check-every"),
                             ("--regularizer x=l1", "regularizer"), ("--allow-unproven", "allow-unproven")):
            self.one_error(self.vireo(f"{solve} {change}", 2), 3, "c.h5", "another run", name)
        self.one_error(self.vireo(solve.replace("dimension=60", "dimension=62"), 2), 3, "c.h5", "another run", "dimension=60")
        self.one_error(self.vireo(solve.replace("auto", "perhaps")), 2, "--resume", "'perhaps'")
        self.one_error(self.vireo(f"solve {MASHA} --resume auto"), 2, "--resume", "--checkpoint")

    def test_the_start_of_a_run_is_not_needed_to_go_on(self):
        self.vireo(f"solve {MASHA} --max-iterations 10 --trace start.h5")
        arguments = MASHA + "--initial start.h5 "
        self.vireo(f"solve {arguments} --max-iterations 40 --trace t.h5 --checkpoint c.h5")
        os.rename(self.path("start.h5"), self.path("elsewhere.h5"))
        trace = self.go_on(arguments, 80, 2)
        os.rename(self.path("elsewhere.h5"), self.path("start.h5"))
        self.assert_whole(arguments, trace)

    def test_what_belongs_to_the_run_is_refused(self):
        self.vireo(f"solve {MASHA} --max-iterations 10 --checkpoint c.h5")
        for option in ("--seed 2", "--method extragradient", "--workers 3", "--uplink none", "--return best", "--allow-unproven", "--check-every 3"):
            self.one_error(self.vireo(f"resume c.h5 {option}"), 2, option.split()[0], "checkpoint's")
        self.one_error(self.vireo("resume"), 2, "one file")
        self.one_error(self.vireo("resume c.h5 --tolerence 1"), 2, "did you mean '--tolerance'")

    def test_info_and_heading_tell_of_the_checkpoint(self):
        run = self.vireo(f"solve {MASHA} --max-iterations 10 --checkpoint c.h5 --checkpoint-every 4", 2)
        self.assertIn("every 4 iterations", run.stdout)
        self.assertIn("3 in ", run.stdout)
        shown = self.vireo("info c.h5").stdout
        for text in ("checkpoint of a run of Vireo", "iteration", "10", "method/z [60]", "problem = bilinear:dimension=60"):
            self.assertIn(text, shown)


if __name__ == "__main__":
    sys.exit(unittest.main())
