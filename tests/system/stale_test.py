#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Code that changes under two cores, by stores and by a file that semihosting reads. Usage: stale_test.py HYPSIM GUEST.ELF"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST = sys.argv[1:3]
NEW_CODE = bytes.fromhex("0200a0e3" "1eff2fe1")  # mov r0, #2; bx lr


class Stale(unittest.TestCase):
    def test_changed_code_runs_after_maintenance(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "new.bin").write_bytes(NEW_CODE)
            for engine in ("jit", "interp"):
                for mode in ([], ["--functional"]):
                    with self.subTest(engine=engine, mode=mode):
                        result = subprocess.run([HYPSIM, "run", "--json", "--cores", "2", "--entry", "svc", "--semihosting", "--files", folder,
                                                 "--serial", "none", "--max-insns", "10000000", "--engine", engine, *mode, GUEST],
                                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
                        report = json.loads(result.stdout)
                        self.assertEqual((report["reason"], report.get("guest_exit_code")), ("exit", 0), "the step that went wrong")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
