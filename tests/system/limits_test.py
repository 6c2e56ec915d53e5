#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How runs of the world-switch images end: limits, the guest's exit code, a board without Hyp mode.
Usage: limits_test.py HYPSIM FIRMWARE-FOLDER NO-HYP.ELF..."""
import json
import pathlib
import struct
import sys
import tempfile
import unittest

import support

HYPSIM, FIRMWARE, *NO_HYP = sys.argv[1:]


def image(build):
    return str(pathlib.Path(FIRMWARE) / f"worldswitch-{build}.elf")


def flattened(elf):
    """The bytes of an ELF file's segments from the lowest address on, and that address."""
    data = pathlib.Path(elf).read_bytes()
    offset, = struct.unpack_from("<I", data, 28)
    size, count = struct.unpack_from("<HH", data, 42)
    loads = []
    for i in range(count):
        kind, at, _, physical, file_size, memory_size = struct.unpack_from("<6I", data, offset + i * size)
        if kind == 1:
            loads.append((physical, data[at:at + file_size].ljust(memory_size, b"\0")))
    base = min(address for address, _ in loads)
    flat = bytearray(max(address + len(content) for address, content in loads) - base)
    for address, content in loads:
        flat[address - base:address - base + len(content)] = content
    return base, flat


class Limits(unittest.TestCase):
    def ends(self, reason, *options):
        result = support.run(HYPSIM, options[0], "--semihosting", "--json", *options[1:])
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn(f"--{reason}", result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(report["reason"], reason)
        self.assertNotIn("guest_exit_code", report)
        return report

    def test_instructions_and_cycles(self):
        for build in support.BUILDS:
            for command in ("run", "profile"):
                for mode in ([], ["--functional"]):
                    report = self.ends("max-insns", command, *mode, "--max-insns", 200000, image(build))
                    self.assertEqual(report["steps"], 200000)
                    self.assertIn(report["instructions"], range(190000, 200001), "the rest are exceptions")
                    report = self.ends("max-cycles", command, *mode, "--max-cycles", 300000, image(build))
                    self.assertIn(report["cycles"], range(300000, 310000))
                    if command == "profile":
                        profile = report["profile"]
                        self.assertEqual(profile["total_cycles"], report["cycles"])
                        self.assertEqual(sum(profile["phases"].values()), report["cycles"])
                        self.assertEqual(sum(profile["resources"].values()), report["cycles"])

    def test_a_limit_beyond_the_end_changes_nothing(self):
        free = support.report(HYPSIM, "run", "--semihosting", image("v9"))[1]
        bound = support.report(HYPSIM, "run", "--semihosting", "--max-insns", 10**12, "--max-cycles", 10**12, "--timeout", 200, image("v9"))[1]
        self.assertEqual(free, bound)

    def test_host_time(self):
        self.ends("timeout", "run", "--functional", "--semihosting", "--timeout", 0.2, "--args", "iterations=100000", image("v9"))


class ExitCode(unittest.TestCase):
    def test_bad_option_of_the_guest(self):
        arguments = ["--functional", "--semihosting", "--args", "rows=nonsense", image("vgic")]
        result = support.run(HYPSIM, "run", *arguments)
        self.assertEqual(result.returncode, 3)
        self.assertIn("code 2", result.stderr)
        self.assertEqual(support.run(HYPSIM, "run", "--exit-code", "guest", *arguments).returncode, 2)
        result = support.run(HYPSIM, "profile", "--json", *arguments)
        self.assertEqual(result.returncode, 3)
        self.assertEqual(json.loads(result.stdout)["guest_exit_code"], 2)

    def test_good_runs(self):
        arguments = ["--functional", "--semihosting", "--args", "iterations=2 rows=hvc,trap", image("v9")]
        for options in ([], ["--exit-code", "guest"]):
            for command in ("run", "profile"):
                self.assertEqual(support.run(HYPSIM, command, *options, *arguments).returncode, 0)

    def test_iterations_and_rows_reach_the_guest(self):
        report = support.report(HYPSIM, "profile", "--semihosting", "--args", "iterations=5 rows=hvc,trap", image("v9"))[0]
        self.assertEqual({row["name"]: row["cycles"]["count"] for row in report["profile"]["rows"]}, {"hvc": 15, "trap": 15})


class NoHypMode(unittest.TestCase):
    def test_one_line_and_code_3(self):
        self.assertEqual(len(NO_HYP), 2)
        for build in support.BUILDS:
            base, flat = flattened(image(build))
            with tempfile.TemporaryDirectory() as folder:
                raw = pathlib.Path(folder) / "image.bin"
                raw.write_bytes(flat)
                for board in NO_HYP:
                    for mode in ([], ["--functional"]):
                        result = support.run(HYPSIM, "run", *mode, "--semihosting", "--entry", "secure", "--exit-code", "guest",
                                             "--load", f"{raw}@{base:#x}", board)
                        self.assertEqual(result.stdout.replace("\r", ""),
                                         "no Hyp mode: started in Non-secure SVC, and no secure monitor set HVBAR\n")
                        self.assertEqual(result.returncode, 3, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
