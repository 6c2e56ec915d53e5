#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each row of the world-switch firmware by itself: no row needs what another one did before.

Usage: rows_alone_test.py HYPSIM IMAGES ROWS_DEF
"""
import pathlib
import re
import sys
import unittest

import support

HYPSIM, IMAGES, ROWS = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
ABSENT = {"v9": {"vfp_first_use", "vfp_context", "virtual_timer"}, "vgic": {"mmio_no_syndrome"}}


def all_rows():
    return re.findall(r"^(ROW|CHECK)\(\d+, (\w+)\)", ROWS.read_text(), re.M)


class RowsAlone(unittest.TestCase):
    def passes(self, build, kind, name, *options):
        result = support.run(HYPSIM, "run", *options, "--cores", "2", "--max-insns", "100000000", "--semihosting", "--args",
                             f"iterations=3 rows={name}", IMAGES / f"worldswitch-{build}.elf")
        verdict = "not in this build" if name in ABSENT[build] else "3 VMs, 3 iterations, ok" if kind == "ROW" else "3 VMs, ok"
        last = [f"{'row' if kind == 'ROW' else 'check'} {name}: {verdict}", f"worldswitch {build}: done"]
        self.assertEqual((result.returncode, result.stdout.splitlines()[-2:]), (0, last), result.stdout + result.stderr)

    def test_every_row(self):
        self.assertGreater(len(all_rows()), 30)
        for build in support.BUILDS:
            for kind, name in all_rows():
                with self.subTest(build=build, row=name):
                    self.passes(build, kind, name, "--functional")

    def test_the_second_core(self):
        for build in support.BUILDS:
            for engine in ("jit", "interp"):
                for mode in ((), ("--functional",)):
                    with self.subTest(build=build, engine=engine, mode=mode):
                        self.passes(build, "ROW", "ipi", "--engine", engine, *mode)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
