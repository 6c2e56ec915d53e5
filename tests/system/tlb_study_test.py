#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/tlb-study: its table, its picture, and what must be true of TLB maintenance whatever the numbers.
Usage: tlb_study_test.py SCRIPT HYPSIM IMAGE"""
import csv
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

SCRIPT, HYPSIM, IMAGE = sys.argv[1:4]
LOCAL = ("TLBIALL", "TLBIMVA", "TLBIASID", "TLBIALLNSNH")
FOLDER = tempfile.TemporaryDirectory()


def study(folder):
    return subprocess.run([sys.executable, SCRIPT, "--hypsim", HYPSIM, "--image", IMAGE, "--output", folder], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=240, check=False)


class TlbStudy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.run_result = study(FOLDER.name)
        assert cls.run_result.returncode == 0, cls.run_result.stderr
        cls.table = {}
        with (pathlib.Path(FOLDER.name) / "tlb-study.csv").open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                key = int(line["cores"]), line["kind"], line["operation"] or line["addresses"], int(line["live_entries"] or line["vms"])
                cls.table[key] = int(line["median_cycles"])

    @classmethod
    def tearDownClass(cls):
        FOLDER.cleanup()

    def refill(self, cores, operation, live, kind="refill"):
        return self.table[cores, kind, operation, live] - self.table[cores, kind, "none", live]

    def test_an_operation_costs_more_than_nothing_and_its_broadcast_form_no_less(self):
        for cores in (1, 2, 4):
            for operation in LOCAL:
                local, broadcast = self.table[cores, "operation", operation, 32], self.table[cores, "operation", operation + "IS", 32]
                self.assertGreater(local, self.table[cores, "operation", "none", 32])
                self.assertGreaterEqual(broadcast, local)

    def test_a_flush_costs_what_was_live(self):
        for operation in ("TLBIALL", "TLBIASID", "TLBIALLNSNH"):
            costs = [self.refill(1, operation, live) for live in (1, 8, 32, 128, 256)]
            self.assertEqual(costs, sorted(costs))
            self.assertGreater(costs[-1], 100 * costs[0] // 4)
        for live in (8, 32, 128):
            self.assertLess(self.refill(1, "TLBIMVA", live), self.refill(1, "TLBIALL", live), "one page against all of them")

    def test_only_broadcast_forms_reach_another_core(self):
        for operation in LOCAL:
            for live in (8, 32, 128):
                self.assertEqual(self.refill(4, operation, live, "remote refill"), 0, operation)
                self.assertGreater(self.refill(4, operation + "IS", live, "remote refill"), 0, operation)

    def test_the_end_of_a_generation_costs_every_vm_its_entries(self):
        for vms in (1, 2, 4, 8, 16):
            extra = self.table[1, "round after roll-over", "own", vms] - self.table[1, "round", "own", vms]
            self.assertGreater(extra, 400 * vms)

    def test_the_picture_and_the_summary(self):
        picture = xml.etree.ElementTree.parse(pathlib.Path(FOLDER.name) / "tlb-study.svg").getroot()
        circles = list(picture.iter("{http://www.w3.org/2000/svg}circle"))
        self.assertGreater(len(circles), 100)
        self.assertIn("TLBIALLNSNHIS", self.run_result.stdout)
        with tempfile.TemporaryDirectory() as again:
            self.assertEqual(study(again).stdout, self.run_result.stdout, "deterministic")

    def test_bad_output(self):
        result = study("/dev/null/x")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
