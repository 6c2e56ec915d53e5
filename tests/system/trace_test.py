#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hypsim run --trace of the world-switch firmware: a switch can be read in it. Usage: trace_test.py HYPSIM IMAGES"""
import pathlib
import re
import sys
import tempfile
import unittest

import support

HYPSIM, IMAGES = sys.argv[1], pathlib.Path(sys.argv[2])


def traced(build, *options):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "trace.txt"
        result = support.run(HYPSIM, "run", "--semihosting", "--trace", file, *options, IMAGES / f"worldswitch-{build}.elf")
        if result.returncode != 0:
            support.fail("the traced run failed", result)
        return file.read_text().splitlines()[1:]


class Switches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Behind the start of the kernel: a few round trips of each guest.
        cls.lines = {build: traced(build, "--trace-from", 900000, "--trace-count", 60000) for build in support.BUILDS}

    def test_what_is_taken_follows_the_instruction_that_took_it(self):
        for build, lines in self.lines.items():
            taken = [number for number, line in enumerate(lines) if " -- HVC taken from " in line]
            self.assertGreater(len(taken), 20, build)
            for number in taken:
                self.assertRegex(lines[number - 1], r" hvc(\.w)? +#", build)
                self.assertRegex(lines[number], r"HSR 0x4a00", build)
                vector = re.search(r"to hyp at 0x(\w+)", lines[number])[1]
                self.assertRegex(lines[number + 1], rf" hyp   {vector} ", build)

    def test_guests_are_told_from_the_host(self):
        for build, lines in self.lines.items():
            vms = {match[1] for line in lines if (match := re.match(r" *\d+ 0 (vm \d+) ", line))}
            self.assertGreaterEqual(len(vms), 2, build)
            into = [number for number, line in enumerate(lines[:-1]) if re.search(r" -- return from hyp to \w+ of vm \d+ at ", line)]
            self.assertGreater(len(into), 10, build)
            for number in into:
                self.assertRegex(lines[number - 1], r" hyp   \w+ \w+ +eret\b", build)
                vm = re.search(r"of (vm \d+) at", lines[number])[1]
                following = next(line for line in lines[number + 1:] if " -- " not in line)
                self.assertRegex(following, rf"^ *\d+ 0 {vm} ", build)

    def test_registers_of_the_switch_and_markers(self):
        for build, lines in self.lines.items():
            text = "\n".join(lines)
            for what in (r" -- HCR = 0x[1-9a-f]", r" -- HCR = 0x0\b", r" -- VTTBR = 0x", r" -- marker 1, R12 = 0x", r" -- marker 2, R12 = 0x"):
                self.assertRegex(text, what, build)

    def test_functional_runs_too(self):
        lines = traced("v9", "--functional", "--trace-from", 900000, "--trace-count", 20)
        cycles = [int(line.split()[0]) for line in lines]
        self.assertGreaterEqual(cycles[0], 900000)
        self.assertGreaterEqual(len(lines), 20)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
