#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ends WFE and what ends WFI, on both engines, timed and functional. Usage: waits_test.py HYPSIM WAITS.ELF"""
import sys
import unittest

import support

HYPSIM, GUEST = sys.argv[1:]
WAYS = [(engine, mode) for engine in ("jit", "interp") for mode in ((), ("--functional",))]


class Waits(unittest.TestCase):
    def run_case(self, which, engine, mode):
        return support.run(HYPSIM, "run", "--engine", engine, *mode, "--semihosting", "--max-insns", "1000000", "--args", which, GUEST)

    def expect(self, which, *lines):
        for engine, mode in WAYS:
            with self.subTest(engine=engine, mode=mode):
                result = self.run_case(which, engine, mode)
                self.assertEqual((result.returncode, result.stdout.split()), (0, list(lines)), result.stderr)

    def test_a_masked_interrupt_ends_wfi_and_not_wfe(self):
        self.expect("h", "slept", "early")

    def test_so_does_a_masked_virtual_interrupt(self):
        self.expect("g", "slept", "early")

    def test_an_unmasked_interrupt_ends_wfe(self):
        self.expect("u", "interrupted")

    def test_without_events_a_masked_wfe_is_the_end(self):
        for engine, mode in WAYS:
            with self.subTest(engine=engine, mode=mode):
                result = self.run_case("n", engine, mode)
                self.assertEqual((result.returncode, result.stdout), (3, ""))
                self.assertRegex(result.stderr, "sleep|wait")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
