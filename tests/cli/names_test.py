#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names of an image that are no UTF-8, or that would move a terminal or end a script element, in every output.
Usage: names_test.py HYPSIM NAMES.ELF"""
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HYPSIM, NAMES = sys.argv[1:3]
ROW, PHASE, FUNCTION = "row_\\x1b\\xff_</", "phase_\\x1b\\xff", "phase_\\x1b\\xff.part_</"


def bad_names(folder):
    image = pathlib.Path(folder) / "bad.elf"
    image.write_bytes(pathlib.Path(NAMES).read_bytes().replace(b"_AA", b"_\x1b\xff").replace(b"_BB", b"_</"))
    return image


def hypsim(*arguments):
    return subprocess.run([HYPSIM, *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=120)


class Names(unittest.TestCase):
    def safe(self, output):
        output.decode()
        self.assertFalse([b for b in output if (b < 0x20 and b not in b"\r\n") or b == 0x7F], output[:2000])

    def test_profile(self):
        with tempfile.TemporaryDirectory() as folder:
            image, html, rows = bad_names(folder), pathlib.Path(folder) / "x.html", pathlib.Path(folder) / "x.csv"
            result = hypsim("profile", "--semihosting", "--json", "--html", html, "--csv", rows, image)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.safe(result.stdout)
            profile = json.loads(result.stdout)["profile"]
            self.assertEqual([row["name"] for row in profile["rows"]], [ROW])
            self.assertIn(PHASE, profile["phases"])
            self.safe(rows.read_bytes())
            self.assertIn(ROW, [line["name"] for line in csv.DictReader(rows.read_text().splitlines())])
            page = html.read_text()
            self.assertFalse([c for c in page if ord(c) < 0x20 and c not in "\r\n\t"])
            data = json.loads(re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL).group(1))
            self.assertEqual(data["report"]["profile"]["rows"][0]["name"], ROW)
            self.assertIn(json.dumps(FUNCTION), json.dumps(data["listing"]))

            saved = pathlib.Path(folder) / "p.json"
            saved.write_bytes(result.stdout)
            self.assertEqual(hypsim("profile", "--compare", saved, saved).returncode, 0)
            budget = pathlib.Path(folder) / "b.json"
            budget.write_text(json.dumps({"rows": {ROW: {"max": 0}, "\u001b[31m": {}}}))
            checked = hypsim("profile", "--budget", budget, "--from", saved)
            self.assertEqual(checked.returncode, 1)
            self.safe(checked.stdout)
            self.assertIn(ROW.encode(), checked.stdout)

    def test_text(self):
        with tempfile.TemporaryDirectory() as folder:
            image = bad_names(folder)
            for phases in ("named", "symbols"):
                result = hypsim("profile", "--semihosting", "--phases", phases, image)
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.safe(result.stdout)
                self.assertIn(ROW.encode(), result.stdout)
                self.assertIn(PHASE.encode(), result.stdout)

    def test_trace(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder) / "t.txt"
            self.assertEqual(hypsim("run", "--semihosting", "--trace", trace, bad_names(folder)).returncode, 0)
            self.safe(trace.read_bytes())
            self.assertIn(FUNCTION, trace.read_text())

    def test_crash_report(self):
        with tempfile.TemporaryDirectory() as folder:
            result = hypsim("run", bad_names(folder))  # nobody answers the SVC
            self.assertEqual(result.returncode, 3)
            self.safe(result.stderr)

    def test_the_path_of_an_image(self):
        with tempfile.TemporaryDirectory() as folder:
            image = bad_names(folder).rename(folder + "/i\udcff\x1b.elf")
            for command in (["run"], ["profile"]):
                result = hypsim(*command, "--semihosting", "--json", image)
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertTrue(json.loads(result.stdout)["image"].endswith("/i\\xff\\x1b.elf"))
                self.safe(result.stdout)

    def test_a_broken_marker_line(self):
        with tempfile.TemporaryDirectory() as folder:
            image = pathlib.Path(folder) / "bad.elf"
            for line in (b"- row_AA_BB\n", b"x row_\x1b\xff_BB\n", b"1 \n\n\n\n\n\n\n\n\n\n\n"):
                image.write_bytes(pathlib.Path(NAMES).read_bytes().replace(b"1 row_AA_BB\n", line[:12].ljust(12)))
                result = hypsim("profile", "--semihosting", image)
                self.assertEqual((result.returncode, result.stderr.count(b"\n")), (2, 1), result.stderr)
                self.assertIn(b".hypsim.markers", result.stderr)
                self.safe(result.stderr)


class Vectors(unittest.TestCase):
    def test_tap_junit_json(self):
        name = "\u001b[31m # \u009b \u202e <b> \u0007"
        vector = {"name": name, "instruction": "0xe320f003", "expect": {"result": "executes"}}
        with tempfile.TemporaryDirectory() as folder:
            file, report = pathlib.Path(folder) / "v.json", pathlib.Path(folder) / "r.xml"
            file.write_text(json.dumps({"vectors": [vector, dict(vector, skip=name)]}))
            result = hypsim("trap", "test", "--junit", report, file)
            self.assertEqual(result.returncode, 1)
            for text in (result.stdout.decode(), report.read_text()):
                for character in "\x1b\x07\x9b\u202e":
                    self.assertNotIn(character, text)
            self.assertEqual(xml.etree.ElementTree.parse(report).getroot()[0].get("failures"), "1")
            self.assertEqual(json.loads(hypsim("trap", "test", "--json", file).stdout)["failed"], 1)

    def test_setting(self):
        with tempfile.TemporaryDirectory() as folder:
            file, page = pathlib.Path(folder) / "s.json", pathlib.Path(folder) / "s.html"
            file.write_text(json.dumps({"name": "\u001b[31m<b>", "description": "\u001b]0;x\u0007", "registers": {"HCR": "TWI"}}))
            for arguments in (["matrix", "--preset", file, "--mode", "svc"], ["diff", file, "kvm", "--mode", "svc"]):
                output = hypsim("trap", *arguments).stdout
                self.assertNotIn(b"\x1b", output)
                self.assertIn(b"\\x1b[31m<b>", output)
            self.assertEqual(hypsim("trap", "matrix", "--preset", file, "--html", page).returncode, 0)
            self.assertNotIn("\x1b", page.read_text())
            self.assertNotIn("<b>", page.read_text())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
