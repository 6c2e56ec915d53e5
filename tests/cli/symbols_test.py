#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a profile makes of the names of an image: labels, sizes, parts, and the names of another file. Usage: symbols_test.py HYPSIM SYMBOLS.ELF"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HYPSIM, IMAGE = sys.argv[1:3]
# Instructions of Hyp mode by the function or label they stand behind, as the source has them.
PHASES = {"_start": 9, "world_switch": 5, "pool_end": 1, "counted": 5, "thumb_helper_caller": 2, "vectors": 4,
          "guest_trap": 3 * 4 + 2, "finished": 4}
WORLDS = {"secure", "host kernel"}


def hypsim(*arguments):
    return subprocess.run([HYPSIM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


def profile(*options, image=IMAGE, engine="jit"):
    result = hypsim("profile", "--functional", "--semihosting", "--json", "--engine", engine, *options, image)
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return json.loads(result.stdout)["profile"]


def made_from(image, folder, *options):
    file = pathlib.Path(folder) / "made.elf"
    subprocess.run(["arm-none-eabi-objcopy", *options, image, file], check=True)
    return file


class Phases(unittest.TestCase):
    def phases(self, report):
        return {name: cycles for name, cycles in report["phases"].items() if name not in WORLDS}

    def test_each_instruction_belongs_to_what_it_stands_behind(self):
        for engine in ("jit", "interp"):
            self.assertEqual(self.phases(profile("--phases", "symbols", engine=engine)), PHASES)
        self.assertEqual(sum(self.phases(profile()).values()), sum(PHASES.values()), "without phases by name all is Hyp's")

    def test_names_of_another_file(self):
        with tempfile.TemporaryDirectory() as folder:
            bare = made_from(IMAGE, folder, "--strip-all", "--remove-section=.hypsim.markers")
            report = profile("--phases", "symbols", image=bare)
            self.assertEqual(list(self.phases(report)), ["hyp"])
            self.assertEqual([row["name"] for row in report["rows"]], ["row 7"])
            with tempfile.TemporaryDirectory() as other:
                for debug in (IMAGE, made_from(IMAGE, other, "--only-keep-debug", "--set-section-flags=.hypsim.markers=contents")):
                    report = profile("--phases", "symbols", "--symbols", debug, image=bare)
                    self.assertEqual(self.phases(report), PHASES)
                self.assertEqual([row["name"] for row in profile("--symbols", IMAGE, image=bare)["rows"]], ["the_row"])

    def test_the_image_keeps_the_rows_that_the_other_file_has_not(self):
        with tempfile.TemporaryDirectory() as folder:
            other = made_from(IMAGE, folder, "--remove-section=.hypsim.markers")
            self.assertEqual([row["name"] for row in profile("--symbols", other)["rows"]], ["the_row"])

    def test_bad_markers_are_those_of_the_file_that_has_them(self):
        with tempfile.TemporaryDirectory() as folder:
            markers = pathlib.Path(folder) / "markers"
            markers.write_text("seven the_row\n")
            other = made_from(IMAGE, folder, f"--update-section=.hypsim.markers={markers}")
            result = hypsim("profile", "--functional", "--semihosting", "--symbols", other, IMAGE)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
            self.assertIn(f"{other}: section .hypsim.markers", result.stderr)

    def test_files_without_names(self):
        with tempfile.TemporaryDirectory() as folder:
            for bytes_, word in ((b"nothing", "not an ELF file"), (b"\x7fELF\x02" + bytes(60), "64-bit")):
                file = pathlib.Path(folder) / "bad"
                file.write_bytes(bytes_)
                result = hypsim("run", "--functional", "--symbols", file, IMAGE)
                self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
                self.assertIn(f"{file}: ", result.stderr)
                self.assertIn(word, result.stderr)


class Listing(unittest.TestCase):
    def test_labels_are_listed_in_their_instruction_set(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "report.html"
            profile("--html", page)
            data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL).group(1)
            functions = {function["name"]: function for function in json.loads(data)["listing"]["functions"]}
            self.assertEqual(set(functions), {*PHASES, "guest"}, "no label inside a function, none of data")
            self.assertEqual({name: functions[name]["cycles"] for name in PHASES}, PHASES)
            self.assertEqual(functions["guest_trap"]["insns"][0][1:3], ["3c01", "subs    r4, #1"])
            self.assertEqual(functions["world_switch"]["insns"][0][1], "e59f0010")


class Places(unittest.TestCase):
    def test_an_absolute_symbol_reaches_nowhere(self):
        lines = hypsim("run", "--functional", "--semihosting", "--trace", "/dev/stdout", IMAGE).stdout
        self.assertIn("; world_switch+0x4\n", lines)
        self.assertIn("; guest_trap+0x2\n", lines)
        self.assertNotIn("absolute+", lines)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
