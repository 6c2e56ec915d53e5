#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The SD card of a board: --sd FILE[,ro]. Usage: sd_test.py HYPSIM SD_GUEST.ELF"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST = sys.argv[1:3]
NO_CARD, LOCKED = 1, 2


def run(*options, platform="vexpress-a15"):
    return subprocess.run([HYPSIM, "run", "--platform", platform, "--entry", "secure", "--semihosting", "--exit-code", "guest", *map(str, options), GUEST],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


class Card(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.image = pathlib.Path(self.temporary.name) / "card.img"

    def make(self, size):
        with self.image.open("wb") as file:
            file.seek(512)
            file.write(bytes(i * 5 % 251 for i in range(512)))
            file.truncate(size)

    def block(self, number):
        with self.image.open("rb") as file:
            file.seek(512 * number)
            return file.read(512)

    def test_a_block_is_read_and_written(self):
        for size in (1 << 20, 2 << 30):  # standard and high capacity
            for options in ([], ["--functional"], ["--functional", "--engine", "interp"]):
                self.make(size)
                result = run("--sd", self.image, *options)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(self.block(2), bytes(byte ^ 0xFF for byte in self.block(1)))
                self.assertEqual(self.image.stat().st_size, size)

    def test_a_locked_card(self):
        self.make(1 << 20)
        self.image.chmod(0o444)
        before = self.image.read_bytes()
        self.assertEqual(run("--sd", f"{self.image},ro", "--functional").returncode, LOCKED)
        self.assertEqual(self.image.read_bytes(), before)

    def test_an_empty_slot(self):
        for mode in ([], ["--functional"]):
            self.assertEqual(run(*mode).returncode, NO_CARD)

    def test_what_is_no_card(self):
        self.make(1000)
        for path, *words in ((self.image, "512"), (self.image.parent, "a directory"), (self.image.parent / "none", "No such file")):
            result = run("--sd", path)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            for word in (f"--sd {path}", *words):
                self.assertIn(word, result.stderr)
        self.make((8 << 20) + 2048)
        self.assertIn("truncate -s %4096", run("--sd", self.image).stderr)
        self.make(1 << 20)
        self.assertIn("in use", run("--sd", self.image, "--disk", self.image).stderr)
        self.assertIn("would overwrite", run("--sd", self.image, "--serial", self.image).stderr)
        result = run("--sd", self.image, platform="virt-a15")
        self.assertEqual(result.returncode, 2)
        self.assertIn("no empty slot for a card", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
