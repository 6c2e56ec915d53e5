#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The NOR flash of vexpress-a15. Usage: vexpress_flash_test.py HYPSIM VEXPRESS_FLASH.ELF"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST = sys.argv[1:3]
MODES = ([], ["--functional"], ["--engine", "interp"], ["--functional", "--engine", "interp"])


def run(*options):
    return subprocess.run([HYPSIM, "run", "--platform", "vexpress-a15", "--semihosting", "--exit-code", "guest", *map(str, options)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


class Flash(unittest.TestCase):
    def test_both_banks_and_the_first_one_twice(self):
        for mode in MODES:
            result = run("--entry", "secure", "--max-insns", 20000000, *mode, GUEST)
            self.assertEqual(result.returncode, 0, (mode, result.stderr))

    def test_what_lies_in_one_place_lies_in_the_other(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "block.bin"
            file.write_bytes(bytes(range(64)))
            result = run("--load", f"{file}@0x100", "--load", f"{file}@0x08000120", GUEST)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn("overlaps", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
