#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every read, write and close of a command fails once, in each way: nothing is lost silently.
Usage: faults_test.py HYPSIM GUESTS.ELF DISK.ELF FAULTS.SO

What each fault means to whom:
  short, EINTR, EAGAIN   to nobody anything: the result is that of a run without faults, byte for byte
  EIO, ENOSPC            of the disk image: the guest gets VIRTIO_BLK_S_IOERR, and goes on
                         of an output: exit code 2 and one line; a report that was there before is whole or as it was
                         of an input: exit code 2 and one line
                         of standard error, and of closing an input: nothing"""
import errno
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUESTS, DISK, FAULTS = sys.argv[1:5]
TIMEOUT = 120
SHORT, MOST_CALLS = 0, 200
HARMLESS = {"read": (SHORT, errno.EINTR, errno.EAGAIN), "pread": (SHORT, errno.EINTR, errno.EAGAIN),
            "write": (SHORT, errno.EINTR, errno.EAGAIN), "pwrite": (SHORT, errno.EINTR, errno.EAGAIN),
            "fdatasync": (errno.EINTR,), "close": (errno.EINTR,)}
HARMFUL = {"read": (errno.EIO,), "pread": (errno.EIO,), "write": (errno.ENOSPC, errno.EIO), "pwrite": (errno.ENOSPC, errno.EIO),
           "fdatasync": (errno.EIO, errno.ENOSPC), "close": (errno.EIO,)}
OLD = "what was there before\n"
VECTORS = {"vectors": [{"name": f"v{i}", "instruction": "0xe320f003", "expect": {"result": "waits"}} for i in range(3)]}


class Outcome:
    def __init__(self, code, out, errors, files):
        self.code, self.out, self.errors, self.files = code, out, errors, files

    def __eq__(self, other):
        return (self.code, self.out, self.errors, self.files) == (other.code, other.out, other.errors, other.files)

    def __repr__(self):
        names = {name: f"{len(text)} bytes" for name, text in self.files.items()}
        return f"exit {self.code}, {len(self.out)} bytes of result, standard error {self.errors!r}, {names}"


class Faults(unittest.TestCase):
    def run_once(self, command, fault=None):
        """The outcome, and whether the fault happened."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "work").mkdir()
            (folder / "v.json").write_text(json.dumps(VECTORS))
            for output in ("page.html", "table.csv", "junit.xml", "tree.dtb"):
                (folder / "work" / output).write_text(OLD)
            (folder / "work" / "disk.img").write_bytes(bytes(4096))
            environment = dict(os.environ, LD_PRELOAD=FAULTS, HYPSIM_FAULT_HIT=str(folder / "hit"), ASAN_OPTIONS="verify_asan_link_order=0")
            if fault:
                environment["HYPSIM_FAULT"] = " ".join(map(str, fault))
            result = subprocess.run([HYPSIM, *command], cwd=folder / "work", env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                                    text=True, timeout=TIMEOUT)
            files = {p.name: p.read_bytes() for p in (folder / "work").iterdir()}
            return Outcome(result.returncode, result.stdout, result.stderr, files), (folder / "hit").exists() and (folder / "hit").stat().st_size > 0

    def each(self, command, judge, calls=HARMFUL):
        """Walks command × call × n-th × fault. `judge(clean, outcome)` says what is wrong with a harmful one, or nothing."""
        clean, _ = self.run_once(command)
        self.assertEqual((clean.code, clean.errors), (0, ""), command)
        struck = dict.fromkeys(calls, 0)
        for call in calls:
            for n in range(1, MOST_CALLS):
                happened = False
                for error in HARMLESS[call] + HARMFUL[call]:
                    outcome, hit = self.run_once(command, (call, n, error))
                    if not hit:
                        break
                    happened = True
                    where = f"{' '.join(command)}: {call} {n}: {errno.errorcode.get(error, 'short')}: {outcome}"
                    self.assertLessEqual(set(outcome.files), set(clean.files), where)
                    if error in HARMLESS[call]:
                        self.assertEqual(outcome, clean, where)
                    elif outcome != clean:
                        wrong = judge(clean, outcome)
                        self.assertFalse(wrong, f"{where}: {wrong}")
                if not happened:
                    break
                struck[call] += 1
            else:
                self.fail(f"{command}: {call} did not come to an end")
        return struck

    @staticmethod
    def one_line(outcome):
        if outcome.code != 2:
            return f"exit {outcome.code}"
        if not re.fullmatch(r"(hypsim|serial): [^\n]+\n", outcome.errors):
            return "no single line"
        return None

    def judge_reports(self, *reports):
        def judge(clean, outcome):
            for name in reports:
                if outcome.files[name] not in (clean.files[name], OLD.encode()):
                    return f"{name} is neither old nor new"
            return self.one_line(outcome)
        return judge

    def test_a_run_with_all_its_outputs(self):
        command = ["run", "--functional", "--semihosting", "--disk", "disk.img", "--serial", "console", "--trace", "trace", "--trace-count", "300",
                   "--write-dtb", "tree.dtb", "--json", DISK]

        def judge(clean, outcome):
            console = outcome.files.get("console", b"").decode()
            if outcome.code != 0:
                return self.one_line(outcome)
            # The guest was told.
            lost = [line for line in console.splitlines() if re.fullmatch("(write|read|flush) 1", line)]
            if not lost:
                return "nobody was told"
            if outcome.errors:
                return "a message besides"
            if lost[0].startswith("write"):
                return None
            return None if outcome.files["disk.img"] == clean.files["disk.img"] else "the disk differs"
        struck = self.each(command, judge)
        self.assertGreaterEqual(struck.pop("fdatasync"), 1)
        self.assertGreaterEqual(struck.pop("pwrite"), 3)
        self.assertGreaterEqual(struck.pop("pread"), 3)
        self.assertTrue(all(struck.values()), struck)

    def test_a_console_on_standard_output(self):
        def judge(clean, outcome):
            return self.one_line(outcome) if clean.out.startswith(outcome.out) else "something else was printed"
        self.each(["run", "--functional", "--semihosting", GUESTS], judge, ("write", "close"))

    def test_a_profile_and_its_reports(self):
        self.each(["profile", "--functional", "--semihosting", "--serial", "none", "--json", "--html", "page.html", "--csv", "table.csv", GUESTS],
                  self.judge_reports("page.html", "table.csv"))

    def test_vectors(self):
        self.each(["trap", "test", "--junit", "junit.xml", "../v.json"], self.judge_reports("junit.xml"))

    def test_a_matrix(self):
        self.each(["trap", "matrix", "--mode", "svc", "--json", "--html", "page.html"], self.judge_reports("page.html"))

    def test_help(self):
        for command in (["--help"], ["--version"]):
            self.each(command, lambda clean, outcome: self.one_line(outcome))

    def test_an_instruction_that_is_assembled(self):
        self.each(["trap", "explain", "wfi"], lambda clean, outcome: self.one_line(outcome))

    def test_standard_error_is_no_result(self):
        words = ["run", "--functional", "--semihosting", "--args", "e7", GUESTS]
        for error in (errno.EIO, errno.ENOSPC, errno.EPIPE):
            outcome, hit = self.run_once(words, ("write", 1, error, 2))
            self.assertTrue(hit)
            self.assertEqual((outcome.code, outcome.errors), (3, ""))

    def test_a_reader_that_leaves_is_no_fault(self):
        outcome, hit = self.run_once(["run", "--functional", "--semihosting", GUESTS], ("write", 1, errno.EPIPE))
        self.assertTrue(hit)
        self.assertEqual((outcome.code, outcome.errors), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
