#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a guest meets in memory and in the registers that describe it, by both engines in both modes.
Usage: memory_rules_test.py HYPSIM GUEST PLATFORMS"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST, PLATFORMS = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
TIMES, PAGE = 60, 0x50010000
RUNS = [(engine, mode) for engine in ("jit", "interp") for mode in ([], ["--functional"])]


def run(engine, mode, *options):
    """The guest's lines: name to numbers."""
    command = [HYPSIM, "run", "--entry", "svc", "--engine", engine, *mode, *options, "--max-insns", "10000000", GUEST]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    if result.returncode != 0:
        raise AssertionError(f"{command}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
    return {words[0]: [int(w, 16) for w in words[1:]] for words in map(str.split, result.stdout.splitlines()) if words}


def expected(kind, op):
    """Aborts, DFSR and DFAR, by ARM DDI 0406C B3.12.3: the walk, alignment by memory type, domain, permission."""
    memory, _, limit = kind.partition("-")
    maintenance = op.isupper()
    name, _, offset = op.partition("+")
    at = PAGE + int(offset or 0)
    domain = 1 if limit == "domain" else 0
    write = 0x2800 if maintenance else 0x800 if name == "str" else 0
    status = None
    if name == "ldrd":  # must be aligned to words, whatever it meets
        status = 0x001
    elif memory == "unmapped":
        status = 0x007 | domain << 4
    elif maintenance:
        pass
    elif memory == "device" and offset:
        status = 0x001
    elif limit == "domain":
        status = 0x00B | domain << 4
    elif limit == "none" or (limit == "read" and name == "str"):
        status = 0x00F
    return [0, 0, 0] if status is None else [TIMES, status | write, at]


class MemoryRules(unittest.TestCase):
    def test_every_access_meets_the_first_fault(self):
        for engine, mode in RUNS:
            lines = run(engine, mode)
            cases = {name: numbers for name, numbers in lines.items() if "/" in name and not name.startswith(("allowed", "forbidden"))}
            self.assertEqual(len(cases), 100)
            for name, numbers in cases.items():
                with self.subTest(engine=engine, mode=mode, case=name):
                    self.assertEqual([hex(n) for n in numbers], [hex(n) for n in expected(*name.split("/"))])

    def test_a_forbidden_walk_is_not_made_from_the_middle(self):
        for engine, mode in RUNS:
            lines = run(engine, mode)
            with self.subTest(engine=engine, mode=mode):
                self.assertEqual([lines[name] for name in ("allowed/known", "allowed/other", "forbidden/known")], [[0, 0]] * 3)
                self.assertEqual(lines["forbidden/other"], [TIMES, 0x005])

    def test_both_views_of_the_debug_status(self):
        for engine, mode in RUNS:
            internal, external = run(engine, mode)["DBGDSCR"]
            self.assertEqual(internal, external)
            self.assertTrue(internal & 1 << 15)

    def test_caches_are_those_of_the_timing_data(self):
        def told(numbers):
            return [(((n >> 13) & 0x7FFF) + 1, ((n >> 3) & 0x3FF) + 1) for n in numbers]
        a15 = [(256, 2), (256, 2), (1024, 16)]
        for engine, mode in RUNS:
            self.assertEqual(told(run(engine, mode)["CCSIDR"]), a15)
        for option, index, shape in (("l2.size=65536", 2, (64, 16)), ("l2.ways=8", 2, (2048, 8)), ("l1d.size=65536", 0, (512, 2)), ("l1i.ways=4", 1, (128, 4))):
            self.assertEqual(told(run("jit", [], "--set", f"timing.{option}")["CCSIDR"]), a15[:index] + [shape] + a15[index + 1:])
        # A platform of one's own: the same in either mode.
        with tempfile.TemporaryDirectory() as folder:
            timing = json.loads((PLATFORMS / "cortex-a15.json").read_text())
            timing["parameters"]["l2.size"]["value"] = 1 << 19
            board = json.loads((PLATFORMS / "virt-a15.json").read_text())
            board["mpcore"]["timing"] = "timing.json"
            (pathlib.Path(folder) / "timing.json").write_text(json.dumps(timing))
            (pathlib.Path(folder) / "board.json").write_text(json.dumps(board))
            for engine, mode in RUNS:
                self.assertEqual(told(run(engine, mode, "--platform", f"{folder}/board.json")["CCSIDR"]), a15[:2] + [(512, 16)])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
