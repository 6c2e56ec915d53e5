#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a run says when it ends. Usage: ends_test.py HYPSIM GUESTS.ELF ENDS.ELF"""
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUESTS, ENDS = sys.argv[1:4]
ENGINES, MODES = ("jit", "interp"), ([], ["--functional"])
IN_TIME = 120


def run(*arguments):
    return subprocess.run([HYPSIM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=IN_TIME, check=False)


def guest(what, *options):
    return run("run", "--functional", "--semihosting", "--args", what, *options, GUESTS)


class Cores(unittest.TestCase):
    """Each of four cores stands elsewhere, for another reason."""

    PLACES = [r"core 0 at masked \(0x[0-9a-f]{8}\), Supervisor, Secure; loops on the spot; pending: IRQ \(CPSR\.I is 1\)",
              r"core 1 at listener\+0x4 \(0x[0-9a-f]{8}\), Supervisor, Secure; waits for an event \(WFE\)",
              r"core 2 at sleeper\+0x4 \(0x[0-9a-f]{8}\), Supervisor, Secure; waits for an interrupt \(WFI\)",
              r"core 3 at faulted \(0x[0-9a-f]{8}\), Hyp; loops on the spot"]
    EXCEPTIONS = [[r"Undefined, returns to wrong \(0x[0-9a-f]{8}\), vector 0x[0-9a-f]{8}, SPSR 0x[0-9a-f]{8}",
                   r"SVC, returns to wrong \(0x[0-9a-f]{8}\), vector"], [], [],
                  [r"Prefetch Abort, returns to 0x[0-9a-f]{8}, vector 0x[0-9a-f]{8}, SPSR 0x[0-9a-f]{8}, HSR 0x8[0-9a-f]{7}"]]

    def blocks(self, text):
        """What is said of each core."""
        return re.split(r"^(?=core \d at )", text, flags=re.MULTILINE)[1:]

    def check(self, stderr, registers):
        blocks = self.blocks(stderr)
        self.assertEqual(len(blocks), 4, stderr)
        for block, where, exceptions in zip(blocks, self.PLACES, self.EXCEPTIONS):
            lines = block.splitlines()
            self.assertRegex(lines[0], f"^{where}$")
            self.assertEqual("CPSR 0x" in block, registers)
            taken = [line for line in lines if line.startswith("  cycle ")]
            self.assertEqual("last exceptions, newest first:" in lines, bool(exceptions))
            self.assertEqual(len(taken), len(exceptions), block)
            for line, wanted in zip(taken, exceptions):
                self.assertRegex(line, rf"^  cycle \d+: {wanted}")

    def test_nothing_can_go_on(self):
        for mode in MODES:
            said = set()
            for engine in ENGINES:
                result = run("run", *mode, "--engine", engine, "--entry", "secure", "--cores", 4, ENDS)
                self.assertEqual((result.returncode, result.stdout), (3, ""))
                self.assertRegex(result.stderr, r"\Ahypsim: every core waits or loops on the spot, and no event will end it\n")
                self.check(result.stderr, registers=True)
                said.add(result.stderr)
            self.assertEqual(len(said), 1, "both engines say the same")

    def test_of_a_profile_too(self):
        self.check(run("profile", "--entry", "secure", "--cores", 4, ENDS).stderr, registers=True)

    def test_limits_and_signals(self):
        for what, *options in (("stopped by --max-insns after", "--max-insns", 1000), ("stopped by --max-cycles after", "--max-cycles", 9000),
                               ("stopped by --timeout after", "--timeout", 0.2), ("interrupted after",)):
            with self.subTest(what=what):
                process = subprocess.Popen([HYPSIM, "run", "--functional", "--semihosting", "--args", "c", *map(str, options), GUESTS],
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                process.stdout.read(1)
                if not options:
                    process.send_signal(signal.SIGINT)
                _, stderr = process.communicate(timeout=IN_TIME)
                self.assertEqual(process.returncode, 3, stderr)
                self.assertRegex(stderr, rf"\Ahypsim: {what} [^\n]+\ncore 0 at [a-z]+(\+0x[0-9a-f]+)? \(0x[0-9a-f]+\), Hyp; runs\n")
                self.assertNotIn("CPSR 0x", stderr)

    def test_only_the_last_exceptions(self):
        """A storm has 4 of them after a limit, newest first, and a core in the boot shim has its own line."""
        with tempfile.TemporaryDirectory() as folder:
            storm = pathlib.Path(folder) / "storm.bin"
            code = [0xEA000006, *[0xE7F000F0] * 7,  # vectors: b start, udf
                    0xE3A00101, 0xE3800602, 0xEE0C0F10, 0xE7F000F0]  # VBAR = 0x40200000
            storm.write_bytes(struct.pack("<12I", *code))
            result = run("run", "--functional", "--entry", "svc", "--cores", 2, "--max-insns", 50000, storm)
            first, second = self.blocks(result.stderr)
            cycles = [int(line.split()[1][:-1]) for line in first.splitlines() if line.startswith("  cycle ")]
            self.assertEqual(len(cycles), 4, result.stderr)
            self.assertEqual(cycles, sorted(cycles, reverse=True))
            self.assertRegex(result.stderr, r"\nhypsim: stopped by [^\n]+ and \d+ exceptions taken without executing one")
            self.assertRegex(second, r"\Acore 1 at 0x[0-9a-f]{8}, Monitor, Secure \(boot shim\); waits for an interrupt \(WFI\)\n")

    def test_ends_that_the_guest_asked_for(self):
        self.assertEqual(guest("e7").stderr, "hypsim: the guest ended with code 7\n")
        self.assertEqual(guest("e0").stderr, "")


class LastEvents(unittest.TestCase):
    def trace(self, *options):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "trace.txt"
            run("run", *options, "--trace", file, ENDS)
            return file.read_text().splitlines()

    def test_they_are_the_end_of_the_whole_trace(self):
        for mode in MODES:
            for engine in ENGINES:
                options = [*mode, "--engine", engine, "--entry", "secure", "--cores", 4]
                whole = self.trace(*options)
                for n in (1, 2, 7, len(whole) - 2, len(whole) - 1, len(whole) + 5):
                    self.assertEqual(self.trace(*options, "--trace-last", n), [whole[0], *whole[1:][-n:]], n)
                result = run("run", *options, "--trace-last", 9, ENDS)
                self.assertTrue(result.stderr.startswith("\n".join([whole[0], *whole[-9:]]) + "\nhypsim: every core"), result.stderr)
        self.assertTrue(any(" -- " in line for line in whole))

    def test_a_good_end_has_none(self):
        self.assertEqual(guest("e0", "--trace-last", 10).stderr, "")
        self.assertRegex(guest("e3", "--trace-last", 2).stderr, r"\A#[^\n]+\n[^\n]+\n[^\n]+\nhypsim: the guest ended with code 3\n\Z")

    def test_they_change_nothing(self):
        for mode in MODES:
            plain, watched = (run("run", *mode, "--entry", "secure", "--cores", 4, "--json", *last, ENDS).stdout for last in ([], ["--trace-last", 3]))
            self.assertEqual(plain, watched)

    def test_bad_numbers(self):
        for options, word in ((["--trace-last", 0], "1 to 1000000"), (["--trace-last", 1000001], "1 to 1000000"),
                              (["--trace-last", 5, "--trace", "/dev/null", "--trace-count", 5], "--trace-count")):
            result = run("run", *options, ENDS)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn(word, result.stderr)


class Terminal(unittest.TestCase):
    LINE = rb"hypsim: \d+ instructions, \d+ cycles, \d+\.\d{6} s of guest time, \d+\.\d s of host time\r\n"

    def at_a_terminal(self, *arguments):
        """Standard error of a run that has a terminal there."""
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen([HYPSIM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
            os.close(theirs)
            said = b""
            try:
                while piece := os.read(ours, 65536):
                    said += piece
            except OSError:  # nobody has the other end any more
                pass
            process.wait(timeout=IN_TIME)
            return re.sub(rb"\r[^\n]*\x1b\[K", b"", said)
        finally:
            os.close(ours)

    def test_one_closing_line(self):
        options = ("--functional", "--semihosting", "--args")
        self.assertRegex(self.at_a_terminal("run", *options, "e0", GUESTS), rb"\A" + self.LINE + rb"\Z")
        self.assertRegex(self.at_a_terminal("profile", *options, "e0", GUESTS), rb"\A" + self.LINE + rb"\Z")
        self.assertRegex(self.at_a_terminal("run", *options, "l", "--max-insns", 1000, GUESTS),
                         rb"\Ahypsim: stopped by[^\n]+\n(?:core[^\n]+\n)" + self.LINE + rb"\Z")
        self.assertEqual(self.at_a_terminal("run", "--json", *options, "e0", GUESTS), b"")

    def test_guest_time_is_that_of_the_clock(self):
        said = self.at_a_terminal("run", "--functional", "--entry", "secure", "--max-cycles", 17_000_000, "--semihosting", "--args", "l", GUESTS)
        self.assertIn(b"17000000 cycles, 0.010000 s of guest time", said, "1.7 GHz")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
