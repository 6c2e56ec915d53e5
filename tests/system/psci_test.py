#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PSCI of the boot shim, called by a small guest. Usage: psci_test.py HYPSIM VIRT.ELF VEXPRESS.ELF"""
import json
import subprocess
import sys
import unittest

HYPSIM, VIRT, VEXPRESS = sys.argv[1:4]
IMAGES = {"virt-a15": VIRT, "virt-a15-secure": VIRT, "vexpress-a15": VEXPRESS}


def run(platform, job, *options, cores=2):
    """The report of a run of the guest."""
    result = subprocess.run([HYPSIM, "run", "--platform", platform, "--cores", str(cores), "--semihosting", "--json", "--max-insns", "2000000",
                             "--args", job, *options, IMAGES[platform]],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return result.returncode, json.loads(result.stdout), result.stderr


class Psci(unittest.TestCase):
    def check(self, platform, job, *options, **kwargs):
        code, report, errors = run(platform, job, *options, **kwargs)
        self.assertEqual((code, report["reason"], report.get("guest_exit_code")), (0, "exit", 0), f"{platform} {job} {options}: {errors}")

    def test_calls_and_cores(self):
        for platform in IMAGES:
            for mode in ([], ["--functional"]):
                self.check(platform, "sc", "--entry", "hyp", *mode)
                self.check(platform, "sc", "--entry", "svc", *mode)
                self.check(platform, "hc", "--entry", "svc", *mode)
        self.check("virt-a15", "sc", "--functional", cores=4)

    def test_the_board_obeys(self):
        for platform in IMAGES:
            code, report, _ = run(platform, "so", "--functional")
            self.assertEqual((code, report["reason"]), (0, "power-off"))
            code, report, _ = run(platform, "so")
            self.assertEqual((code, report["reason"]), (0, "power-off"))
            code, report, errors = run(platform, "hr", "--functional", "--entry", "svc")
            self.assertEqual((code, report["reason"]), (3, "reboot"))
            self.assertIn("reboot", errors)

    def test_flags_of_the_versatile_express(self):
        for entry in ("hyp", "svc"):
            self.check("vexpress-a15", "sf", "--functional", "--entry", entry)

    def test_two_runs_are_the_same(self):
        for mode in ([], ["--functional"]):
            self.assertEqual(run("virt-a15", "sc", *mode), run("virt-a15", "sc", *mode))

    def test_options(self):
        for options, word in ((["--psci", "hvc"], "--entry svc"), (["--psci", "smc", "--entry", "secure"], "--entry secure"),
                              (["--dom0-initrd", VIRT], "--dom0"), (["--domu", VIRT], "--dom0"),
                              (["--domu-append", "x"], "--domu"), (["--dom0", VIRT, "--initrd", VIRT], "--dom0-initrd")):
            result = subprocess.run([HYPSIM, "run", *options, VIRT], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn(word, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
