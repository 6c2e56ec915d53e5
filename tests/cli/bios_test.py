#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--bios and --dtb-at: a flash that is entered at reset, and where the device tree goes.

Usage: bios_test.py HYPSIM FLASH.BIN FLASH-HIGH.BIN GUESTS.ELF PLATFORMS
FLASH.BIN looks for the tree at the start of memory, FLASH-HIGH.BIN at 0x4A000000.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM, FLASH, HIGH, GUESTS, PLATFORMS = sys.argv[1:6]
RESET = "@00000000 00000013 00000000 d00dfeed"  # address, Supervisor, Secure, a device tree


def hypsim(*arguments):
    return subprocess.run([HYPSIM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


class Bios(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_entered_at_reset_with_the_tree_at_the_start_of_memory(self):
        for platform in ("virt-a15", "virt-a15-secure"):
            for mode in ([], ["--functional"]):
                for entry in ([], ["--entry", "secure"]):
                    result = hypsim("run", "--platform", platform, "--semihosting", "--max-insns", 100000, *mode, *entry, "--bios", FLASH)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertIn(RESET, result.stdout)

    def test_a_tree_elsewhere(self):
        for flash, at, found in ((HIGH, "0x4A000000", True), (FLASH, "0x4A000000", False), (HIGH, "0x40000000", False)):
            result = hypsim("run", "--functional", "--semihosting", "--max-insns", 100000, "--dtb-at", at, "--bios", flash)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual("d00dfeed" in result.stdout, found, (flash, at))

    def test_the_report_names_the_flash(self):
        result = hypsim("run", "--functional", "--semihosting", "--json", "--max-insns", 100000, "--bios", FLASH)
        self.assertEqual(json.loads(result.stdout)["image"], FLASH)

    def test_a_profile_takes_one_too(self):
        result = hypsim("profile", "--functional", "--semihosting", "--json", "--serial", "none", "--max-insns", 100000, "--bios", FLASH)
        self.assertEqual(result.returncode, 0, result.stderr)
        json.loads(result.stdout)

    def test_the_secure_board_turns_itself_off(self):
        for job, code, reason in ((1, 0, "power-off"), (2, 3, "reboot")):
            word = self.file("job", job.to_bytes(4, "little"))
            result = hypsim("run", "--functional", "--json", "--platform", "virt-a15-secure", "--max-insns", 1000000,
                            "--load", f"{word}@0x41000000", "--bios", FLASH)
            self.assertEqual((result.returncode, json.loads(result.stdout)["reason"]), (code, reason), result.stderr)

    def refuse(self, arguments, *words):
        result = hypsim("run", "--functional", "--max-insns", 1000, *arguments)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_bad_input(self):
        board = json.loads(pathlib.Path(PLATFORMS, "virt-a15.json").read_text(encoding="utf-8"))
        board["mpcore"]["timing"] = str(pathlib.Path(PLATFORMS, "cortex-a15.json").resolve())
        board["devices"] = [d for d in board["devices"] if d["base"] != "0x00000000"]
        no_flash = self.file("board.json", json.dumps(board).encode())
        large = self.folder / "large"
        with open(large, "wb") as stream:
            stream.truncate((64 << 20) + 1)
        self.refuse(["--bios", FLASH, GUESTS], "--bios", "IMAGE")
        self.refuse([GUESTS, "--bios", FLASH], "--bios", "IMAGE")
        self.refuse(["--bios", FLASH, "--entry", "hyp"], "--bios", "--entry")
        self.refuse(["--entry", "svc", "--bios", FLASH], "--bios", "--entry")
        self.refuse(["--bios", ""], "--bios")
        self.refuse(["--bios", self.folder / "none"], "none")
        self.refuse(["--bios", self.file("empty", b"")], "empty")
        self.refuse(["--bios", large], "large")
        self.refuse(["--bios", FLASH, "--platform", no_flash], "--bios", "address 0")
        self.refuse(["--dtb-at", "0x40000004", GUESTS], "--dtb-at", "align")
        self.refuse(["--dtb-at", "0x100000000", GUESTS], "--dtb-at", "4 GB")
        self.refuse(["--dtb-at", "0x20000000000", GUESTS], "--dtb-at")
        self.refuse(["--dtb-at", "here", GUESTS], "--dtb-at")
        self.refuse(["--dtb-at", "0x40200000", GUESTS], "generated device tree")
        self.refuse(["--dtb-at", "0x09000000", GUESTS], "generated device tree")
        self.refuse([], "IMAGE")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
