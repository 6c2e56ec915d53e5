#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outputs of hypsim profile beside the text: schema, CSV, HTML in a browser, comparison, budget.
Usage: report_test.py HYPSIM FIRMWARE-FOLDER CHROMIUM"""
import csv
import html.parser
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import support

HYPSIM, FIRMWARE, CHROMIUM = sys.argv[1:4]
FOLDER = tempfile.TemporaryDirectory()
IMAGES = {build: str(pathlib.Path(FIRMWARE) / f"worldswitch-{build}.elf") for build in support.BUILDS}
BIGGEST_HTML = 5_000_000


def file(name):
    return pathlib.Path(FOLDER.name) / name


def setUpModule():
    for build, image in IMAGES.items():
        result = support.run(HYPSIM, "profile", "--semihosting", "--json", "--html", file(f"{build}.html"), "--csv", file(f"{build}.csv"), image)
        assert result.returncode == 0, result.stderr
        file(f"{build}.json").write_text(result.stdout)


def tearDownModule():
    FOLDER.cleanup()


def report(build):
    return json.loads(file(f"{build}.json").read_text())


class Page(html.parser.HTMLParser):
    """What of a page the browser's DOM says: marked numbers, errors, references to elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.numbers, self.outside, self.ready, self.svgs = {}, [], False, 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "data-path" in attrs:
            self.numbers.setdefault(attrs["data-path"], set()).add(attrs["data-value"])
        self.ready |= tag == "body" and attrs.get("data-ready") == "yes"
        self.svgs += tag == "svg"
        for key in ("src", "href"):
            if attrs.get(key, "#")[:1] != "#":
                self.outside.append(attrs[key])


def browse(*options):
    return subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={file('browser')}",
                           "--window-size=1280,2400", "--virtual-time-budget=10000", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=True).stdout


def pixels(png):
    """Width, height and the distinct bytes of a PNG's rows, enough to tell a picture from an empty page."""
    width, height = struct.unpack(">II", png[16:24])
    at, packed = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IDAT":
            packed += png[at + 8:at + 8 + size]
        at += 12 + size
    return width, height, len(set(zlib.decompress(packed)))


class Html(unittest.TestCase):
    def test_the_numbers_in_the_browser_are_those_of_the_json(self):
        for build in support.BUILDS:
            profile = report(build)["profile"]
            page = Page(browse("--dump-dom", file(f"{build}.html").as_uri()).decode())
            self.assertTrue(page.ready, "the page's script came to its end")
            self.assertEqual(page.outside, [])
            self.assertGreater(page.svgs, 50)
            for path, values in page.numbers.items():
                at = profile
                for key in path.split("/"):
                    at = at[int(key)] if isinstance(at, list) else at[key]
                self.assertEqual(values, {str(at)}, path)
            wanted = {"total_cycles", "unaccounted_cycles"}
            wanted |= {f"{group}/{name}" for group in ("phases", "resources") for name in profile[group]}
            wanted |= {f"rows/{i}/cycles/{key}" for i in range(len(profile["rows"])) for key in ("count", "min", "median", "p99", "max")}
            for i, cause in enumerate(profile["causes"]):
                wanted |= {f"causes/{i}/cycles/{key}" for key in cause["cycles"]}
                wanted |= {f"causes/{i}/buckets/{phase}/{resource}" for phase, stack in cause["buckets"].items() for resource in stack}
            self.assertEqual(wanted - set(page.numbers), set())

    def test_it_is_one_file_of_bounded_size_and_draws_in_both_themes(self):
        for build in support.BUILDS:
            text = file(f"{build}.html").read_text()
            self.assertLess(len(text), BIGGEST_HTML)
            self.assertNotRegex(text, r"(?i)(src|href)\s*=\s*[\"']https?:|@import|url\(\s*[\"']?http")
        shots = []
        for theme in ("light", "dark"):
            shot = file(f"{theme}.png")
            browse(f"--screenshot={shot}", file("vgic.html").as_uri() + "#" + theme)
            shots.append(shot.read_bytes())
            width, height, colours = pixels(shots[-1])
            self.assertEqual((width, height), (1280, 2400))
            self.assertGreater(colours, 100)
        self.assertNotEqual(*shots)

    def test_two_runs_make_the_same_file(self):
        again = file("again.html")
        support.run(HYPSIM, "profile", "--semihosting", "--html", again, IMAGES["v9"])
        self.assertEqual(again.read_bytes(), file("v9.html").read_bytes())

    def test_lines_of_the_source_on_request(self):
        self.assertNotIn("switch.S:", file("v9.html").read_text())
        page = file("lines.html")
        result = support.run(HYPSIM, "profile", "--semihosting", "--html", page, "--lines", IMAGES["v9"])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('"switch.S:', page.read_text())
        result = support.run(HYPSIM, "profile", "--html", file("x.html"), "--lines", pathlib.Path(FIRMWARE) / "shim.bin")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
        self.assertIn("--lines", result.stderr)


class RefillTail(unittest.TestCase):
    def test_it_changes_no_cycle_and_fits_the_schema(self):
        result = support.run(HYPSIM, "profile", "--semihosting", "--json", "--refill-tail", IMAGES["vgic"])
        self.assertEqual(result.returncode, 0, result.stderr)
        file("tail.json").write_text(result.stdout)
        tails = 0
        for cause, plain in zip(json.loads(result.stdout)["profile"]["causes"], report("vgic")["profile"]["causes"], strict=True):
            tails += sum(refill["cycles"] for refill in cause.pop("refill_tail").values())
            self.assertEqual(cause, plain)
        self.assertGreater(tails, 0)
        comparison = support.run(HYPSIM, "profile", "--json", "--compare", file("vgic.json"), file("tail.json"))
        self.assertEqual(comparison.returncode, 0, comparison.stderr)
        changes = json.loads(comparison.stdout)["changes"]
        self.assertEqual(sum(change["refill_tail"]["change"] for change in changes), tails)


class Csv(unittest.TestCase):
    def test_each_cycle_is_on_one_line(self):
        for build in support.BUILDS:
            profile = report(build)["profile"]
            with file(f"{build}.csv").open(newline="") as text:
                lines = list(csv.DictReader(text))
            run = sum(int(line["cycles"]) for line in lines if line["scope"] != "row")
            self.assertEqual(run, profile["total_cycles"])
            for trip in profile["round_trips"]:
                key = (trip["cause"], str(trip["vmid"]), str(trip["core"]))
                self.assertTrue(any((line["name"], line["vmid"], line["core"]) == key for line in lines), key)
            trips = sum(int(line["cycles"]) for line in lines if line["scope"] == "trip")
            self.assertEqual(trips, sum(cause["cycles"]["total"] for cause in profile["causes"]))


class Compare(unittest.TestCase):
    def test_a_profile_and_itself(self):
        result = support.run(HYPSIM, "profile", "--compare", file("v9.json"), file("v9.json"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("No row and no cause changed", result.stdout)

    def test_two_builds(self):
        result = support.run(HYPSIM, "profile", "--json", "--compare", file("v9.json"), file("vgic.json"))
        self.assertEqual(result.returncode, 0, result.stderr)
        comparison = json.loads(result.stdout)
        rows = {r["name"]: r for r in report("v9")["profile"]["rows"]}, {r["name"]: r for r in report("vgic")["profile"]["rows"]}
        impacts = [abs(change["cycles"]["total"]["change"]) for change in comparison["changes"]]
        self.assertEqual(impacts, sorted(impacts, reverse=True))
        hvc = next(c for c in comparison["changes"] if (c["kind"], c["name"]) == ("row", "hvc"))
        self.assertEqual(hvc["cycles"]["median"]["change"], rows[1]["hvc"]["cycles"]["median"] - rows[0]["hvc"]["cycles"]["median"])
        self.assertEqual(hvc["buckets"][0]["phase"], "vgic")
        vfp = next(c for c in comparison["changes"] if c["name"] == "vfp_first_use")
        self.assertEqual(vfp["in"], "b")
        for change in comparison["changes"]:
            self.assertEqual(sum(b["change"] for b in change["buckets"]), change["cycles"]["total"]["change"])


class Budget(unittest.TestCase):
    def check(self, budget, *arguments):
        file("budget.json").write_text(json.dumps(budget) if not isinstance(budget, str) else budget)
        return support.run(HYPSIM, "profile", "--budget", file("budget.json"), *arguments)

    def test_kept(self):
        median = next(r for r in report("v9")["profile"]["rows"] if r["name"] == "hvc")["cycles"]["median"]
        result = self.check({"rows": {"hvc": {"median": median}}}, "--semihosting", IMAGES["v9"])
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("all 1 limits kept", result.stdout)

    def test_not_kept(self):
        limits = {"rows": {"hvc": {"median": 100}, "trap": {"max": 100000}}, "causes": {"HVC #0x4": {"vmids": {"1": {"phases": {"cp15": 10}}}}}}
        for arguments in (("--semihosting", IMAGES["v9"]), ("--from", file("v9.json"))):
            result = self.check(limits, *arguments)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("2 of 3 limits not kept", result.stdout)
            self.assertRegex(result.stdout, r"row hvc: median \d+ is over 100 by \d+")
            self.assertRegex(result.stdout, r"cause HVC #0x4, VMID 1: phase cp15, mean [\d.]+ is over 10 by")
        result = self.check(limits, "--json", "--semihosting", IMAGES["v9"])
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(json.loads(result.stdout)["budget"]["over"]), 2)
        self.assertIn("row hvc", result.stderr)

    def test_bad_input_is_refused_before_the_run(self):
        for bad, word in (('{"rows": {"hvc": {"medain": 3}}}', "medain"), ("{]", "not JSON"), ('{"lines": {}}', "lines")):
            result = self.check(bad, "--semihosting", IMAGES["v9"])
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertIn(word, result.stderr)
        for arguments in (["--from", file("v9.json")], ["--compare", file("v9.json"), "/no/such"], ["--compare", file("v9.json")], [],
                          ["--csv", "/no/such/folder/x", IMAGES["v9"]], ["--lines", IMAGES["v9"]]):
            result = support.run(HYPSIM, "profile", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
