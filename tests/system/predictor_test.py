#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instruction cache maintenance reaches the branch predictor if ACTLR.IBE is 1, and not otherwise. Usage: predictor_test.py HYPSIM PREDICTOR.ELF"""
import json
import subprocess
import sys
import unittest

HYPSIM, GUEST = sys.argv[1:3]


def mispredicted(job, engine):
    result = subprocess.run([HYPSIM, "run", "--entry", "secure", "--semihosting", "--json", "--engine", engine, "--args", job, GUEST],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(result.stdout)["cores"][0]["cycle_stack"].get("mispredict", 0)


class Predictor(unittest.TestCase):
    def test_ibe(self):
        for engine in ("jit", "interp"):
            trained = mispredicted("0n", engine)
            for maintenance in "am":
                with self.subTest(engine=engine, maintenance=maintenance):
                    self.assertLess(mispredicted("0" + maintenance, engine), trained + 1000, "IBE is 0: what was learnt stays")
                    self.assertGreater(mispredicted("1" + maintenance, engine), trained + 500 * 8, "at least a cycle for each branch")
            self.assertEqual(mispredicted("1n", engine), trained)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
