#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The hypsim program was built and linked with what cmake/HypsimOptions.cmake says: read off the program itself.
Usage: hardening_test.py HYPSIM READELF CONFIGURATION"""
import re
import subprocess
import sys
import unittest

HYPSIM, READELF, CONFIGURATION = sys.argv[1:4]


def readelf(*options):
    return subprocess.run([READELF, "-W", *options, HYPSIM], capture_output=True, text=True, timeout=300, check=True).stdout


class Hardening(unittest.TestCase):
    def test_it_is_loaded_anywhere(self):
        self.assertRegex(readelf("-h"), r"Type:\s+DYN ")
        self.assertRegex(readelf("-d"), r"\(FLAGS_1\).*\bPIE\b")

    def test_what_the_loader_wrote_is_read_only(self):
        self.assertRegex(readelf("-l"), r"\bGNU_RELRO\b")
        self.assertRegex(readelf("-d"), r"\bBIND_NOW\b|\(FLAGS_1\).*\bNOW\b")

    def test_nothing_is_writable_and_executable(self):
        segments = re.findall(r"^  (\w+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ ([RWE ]{3}) ", readelf("-l"), re.M)
        self.assertGreaterEqual(sum(kind == "LOAD" for kind, _ in segments), 2)
        for kind, flags in segments:
            self.assertNotIn("WE", flags, kind)
        self.assertEqual([flags for kind, flags in segments if kind == "GNU_STACK"], ["RW "])
        self.assertNotIn("TEXTREL", readelf("-d"))

    def test_the_stack_is_guarded_in_every_unit(self):
        # Libraries import the symbol as well; what the units were compiled with stands in the debug information.
        self.assertIn("__stack_chk_fail", readelf("--dyn-syms"))
        text = readelf("-p", ".debug_str", "-p", ".debug_line_str")
        if "clang version" in text:
            self.skipTest("Clang does not say how it was called")
        units = set(re.findall(r"GNU C\+\+2[^\n]*", text))
        self.assertTrue(units, "no unit says how it was compiled")
        for unit in units:
            for option in ("-fPIE", "-fstack-protector-strong", "-fstack-clash-protection"):
                self.assertIn(f" {option}", unit)

    @unittest.skipIf(CONFIGURATION == "Debug", "checks need optimisation")
    def test_c_library_calls_are_checked(self):
        checked = set(re.findall(r"\b(__\w+_chk)@", readelf("--dyn-syms")))
        # These two come with libraries that are linked into it.
        self.assertTrue(checked - {"__snprintf_chk", "__vsnprintf_chk"}, checked)

    def test_no_promise_that_generated_code_and_coroutines_would_break(self):
        self.assertNotRegex(readelf("-n"), r"\b(IBT|SHSTK)\b")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
