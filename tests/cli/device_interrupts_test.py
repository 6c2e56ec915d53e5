#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A device's interrupt is there at the next instruction in functional mode, and after the way over the bus in timed mode.

Usage: device_interrupts_test.py HYPSIM VIRT.ELF VEXPRESS.ELF
"""
import re
import subprocess
import sys
import unittest

HYPSIM, VIRT, VEXPRESS = sys.argv[1:4]
BOARDS = {"virt-a15": (VIRT, ["pl011", "pl031", "pl061"]), "vexpress-a15": (VEXPRESS, ["pl011", "pl031", "sp804", "sp804b", "sp805"])}


def reads(board, *options):
    """Device -> reads of the pending bit that did not see the interrupt."""
    image, _ = BOARDS[board]
    result = subprocess.run([HYPSIM, "run", "--platform", board, "--semihosting", "--max-insns", "1000000", *options, image],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if result.returncode != 0:
        raise AssertionError(f"{board} {options}: exit code {result.returncode}\n{result.stderr}")
    return {name: count for name, count in re.findall(r"(\w+) (!?\d+)", result.stdout)}


class DeviceInterrupts(unittest.TestCase):
    def test_at_once_without_timing(self):
        for board, (_, devices) in BOARDS.items():
            for engine in ("jit", "interp"):
                self.assertEqual(reads(board, "--functional", "--engine", engine), {d: "0000" for d in devices}, f"{board} {engine}")

    def test_the_engines_agree_on_the_way_over_the_bus(self):
        for board, (_, devices) in BOARDS.items():
            jit, interpreter = (reads(board, "--engine", engine) for engine in ("jit", "interp"))
            self.assertEqual(jit, interpreter)
            self.assertEqual(list(jit), devices)
            self.assertTrue(all(count.isdigit() for count in jit.values()), f"an interrupt before its mask was opened: {jit}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
