#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a guest's code may take of the host's memory: it is bounded, only speed depends on it, and none of it is writable
and executable. Usage: code_cache_test.py quick|full HYPSIM FIRMWARE-FOLDER MUCH-CODE-ALIASES.ELF MUCH-CODE-TURNS.ELF
"quick" leaves out what the other engine, mode or guest shows too."""
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

import support

FORM, HYPSIM, FIRMWARE, ALIASES, TURNS = sys.argv[1:]
QUICK = FORM == "quick"
GUESTS = (ALIASES, TURNS)
ENGINES = ("jit", "interp")
MODES = (["--functional"],) if QUICK else (["--functional"], [])
SIZES = ("1MiB", "160MiB") if QUICK else ("1MiB", "160MiB", "2GiB")
BEYOND_GUEST_MEMORY = 256 << 20
GUEST_MEMORY = 32 << 20  # at most what these guests touch


def highest(*arguments, environment=None):
    """Exit code of a run and the most bytes it had resident."""
    process = subprocess.Popen([HYPSIM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, **(environment or {})})
    errors = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.stderr.write(errors.decode(errors="replace"))
    return process.returncode, usage.ru_maxrss << 10


def image(build):
    return str(pathlib.Path(FIRMWARE) / f"worldswitch-{build}.elf")


class Bounded(unittest.TestCase):
    def test_much_code_takes_little_memory(self):
        for guest in GUESTS:
            for engine in ENGINES:
                for mode in MODES:
                    with self.subTest(guest=guest, engine=engine, mode=mode):
                        code, most = highest("run", "--engine", engine, *mode, "--entry", "secure", "--semihosting", guest)
                        self.assertEqual(code, 0)
                        self.assertLess(most, BEYOND_GUEST_MEMORY + GUEST_MEMORY)

    def test_the_size_is_kept_to(self):
        run = ("run", "--functional", "--entry", "secure", "--semihosting")
        for guest in GUESTS[:1] if QUICK else GUESTS:
            for arguments, environment in ((["--code-cache", "4MiB"], {}), ([], {"HYPSIM_CODE_CACHE": "4MiB"}),
                                           (["--code-cache", "4MiB"], {"HYPSIM_CODE_CACHE": "4GiB"})):
                with self.subTest(guest=guest, arguments=arguments, environment=environment):
                    code, most = highest(*run, *arguments, guest, environment=environment)
                    self.assertEqual(code, 0)
                    self.assertLess(most, (64 << 20) + GUEST_MEMORY)


class Same(unittest.TestCase):
    """Reports are the same text whatever was forgotten."""

    def same(self, *arguments):
        texts = {engine: [support.report(HYPSIM, arguments[0], "--engine", engine, "--code-cache", size, *arguments[1:])[1] for size in SIZES]
                 for engine in ENGINES}
        for engine in ENGINES:
            for size, text in zip(SIZES, texts[engine]):
                self.assertEqual(text, texts["jit"][0], f"{engine}, {size}: {arguments}")

    def test_much_code(self):
        for guest in GUESTS[:1] if QUICK else GUESTS:
            self.same("run", "--entry", "secure", "--semihosting", guest)

    def test_world_switches(self):
        self.same("profile", "--semihosting", "--args", "rows=hvc,stage2_fault,vmid_rollover iterations=8", image("v9"))

    def test_two_cores(self):
        self.same("profile", "--cores", "2", "--semihosting", "--args", "rows=hvc,ipi iterations=8", image("vgic"))
        self.same("run", "--functional", "--cores", "2", "--semihosting", "--args", "iterations=8", image("vgic"))


class Refused(unittest.TestCase):
    def test_sizes(self):
        for size in ("much", "1", "1000KiB", "5GiB", "-1MiB"):
            result = support.run(HYPSIM, "run", "--code-cache", size, ALIASES)
            self.assertEqual(result.returncode, 2)
            self.assertRegex(result.stderr, r"\A[^\n]*--code-cache[^\n]*\n\Z")
            result = subprocess.run([HYPSIM, "run", ALIASES], env={**os.environ, "HYPSIM_CODE_CACHE": size}, stdin=subprocess.DEVNULL,
                                    capture_output=True, text=True, timeout=support.TIMEOUT_SECONDS, check=False)
            self.assertEqual(result.returncode, 2)
            self.assertRegex(result.stderr, r"\A[^\n]*HYPSIM_CODE_CACHE[^\n]*\n\Z")


class Mapped(unittest.TestCase):
    def test_nothing_is_writable_and_executable(self):
        # One that does not end, looked at until it has run long enough to have generated code.
        process = subprocess.Popen([HYPSIM, "run", "--functional", "--cores", "2", "--semihosting", "--serial", "none", "--args", "iterations=1000000",
                                    image("vgic")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            code = []
            for _ in range(600):
                maps = pathlib.Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
                self.assertNotRegex(maps, r"(?m)^\S+ .wx")
                code = re.findall(r"(?m)^\S+ (\S+) .*hypsim-code", maps)
                if process.poll() is not None or len(code) == 4:
                    break
                time.sleep(0.05)
            self.assertEqual(sorted(code), ["r-xs", "r-xs", "rw-s", "rw-s"])
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
