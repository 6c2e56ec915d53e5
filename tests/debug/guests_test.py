#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""GDB on boots of Debian's Linux and Xen. Usage: guests_test.py HYPSIM GDB FETCH_GUESTS"""
import gzip
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

FETCH = sys.argv[3]
sys.argv += ["-"]  # the images of support.py: none of them is used here
import support
from support import HYPSIM, Simulator, gdb

support.TIMEOUT = 1800

# Sourced by the initramfs at the end. Linux's own table of symbols stands in for the vmlinux that Debian does not ship.
TEST_SCRIPT = b"echo guest: symbol $(grep ' start_kernel$' /proc/kallsyms)\n"


def cpio_of(name, data):
    def entry(name, mode, data):
        encoded = name.encode() + b"\0"
        header = b"070701" + b"".join(b"%08x" % f for f in (1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0))
        pad = lambda blob: blob + b"\0" * (-len(blob) % 4)
        return pad(header + encoded) + pad(data)
    return entry(name, 0o100644, data) + entry("TRAILER!!!", 0, b"")


class Boots(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.guests = pathlib.Path(subprocess.run([FETCH, "--symbols"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())

    def test_linux(self):
        with tempfile.TemporaryDirectory() as folder:
            initrd = pathlib.Path(folder) / "initrd"
            # The kernel unpacks archives that follow one another.
            initrd.write_bytes((self.guests / "initrd.gz").read_bytes() + gzip.compress(cpio_of("test", TEST_SCRIPT), mtime=0))
            options = ["--functional", "--cores", "2", "--initrd", initrd, "--append", "console=ttyAMA0 hypsim=check"]
            console = pathlib.Path(folder) / "console"
            plain = subprocess.run([HYPSIM, "run", "--json", "--semihosting", *options, "--serial", console, self.guests / "vmlinuz"],
                                   stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=support.TIMEOUT, check=True)
            text = console.read_text(errors="replace")
            symbol = re.search(r"guest: symbol ([0-9a-f]{8}) T start_kernel", text)
            self.assertTrue(symbol, text[-2000:])
            address = int(symbol[1], 16)
            with Simulator(self.guests / "vmlinuz", *options) as simulator:
                got = gdb(simulator.address, self.guests / "vmlinuz",
                          f"hbreak *{address:#x}", "continue", "p/x $pc", f"monitor translate {address:#x}",
                          "info threads", "monitor cores",
                          "delete", "hbreak *0xffff000c", "continue", "p/x $lr", "monitor traps 1", "delete", "continue")
                report, code = simulator.finish()
        self.assertEqual(int(re.search(r"0x[0-9a-f]+", got.of("p/x $pc"))[0], 16), address)
        threads = got.of("info threads")
        self.assertRegex(threads, r'Thread 1 "core 0" \(Supervisor')
        self.assertRegex(threads, r'Thread 2 "core 1" \(')
        walk = got.of(f"monitor translate {address:#x}")
        self.assertRegex(walk, r"stage 1 level \d")
        self.assertRegex(walk, r"PA 0x4\w+ Non-secure")
        self.assertRegex(got.of("monitor cores"), r"core 1: .* waiting|core 1: ")
        self.assertIn("Prefetch Abort", got.of("monitor traps 1"), "the breakpoint is its vector")
        self.assertEqual(code, 0)
        self.assertIn("exited normally", got.of("continue", 2))
        expected = __import__("json").loads(plain.stdout)
        for key in ("reason", "instructions", "cycles", "cores"):
            self.assertEqual(report[key], expected[key], "the debugger left a trace")

    def test_xen(self):
        symbols = self.guests / "xen-syms"
        options = ["--functional", "--cores", "2", "--append", "console=dtuart dom0_mem=512M noreboot", "--dom0", self.guests / "vmlinuz",
                   "--dom0-initrd", self.guests / "initrd.gz", "--dom0-append", "console=hvc0 hypsim=check"]
        with Simulator(self.guests / "xen", *options) as simulator:
            got = gdb(simulator.address, symbols,
                      "hbreak start_xen", "continue", "info symbol $pc", "monitor translate $pc", "info threads",
                      "delete", "watch *(int *)&system_state", "continue", "info symbol $pc", "delete",
                      "hbreak do_trap_guest_sync", "continue", "info symbol $pc", "p $HSR", "p/x $VTTBR", "monitor translate $elr_hyp guest",
                      "backtrace 2", "monitor traps 2", "kill")
        self.assertIn("start_xen", got.of("info symbol $pc"))
        self.assertRegex(got.of("info threads"), r'Thread 1 "core 0" \(Hyp')
        self.assertRegex(got.of("monitor translate $pc"), r"Hyp regime\n  stage 1 level")
        self.assertRegex(got.of("continue", 1), r"Old value = 0\nNew value = [1-9]")
        self.assertIn("do_trap_guest_sync", got.of("info symbol $pc", 2))
        self.assertRegex(got.of("p $HSR"), r"EC=\d+")
        self.assertRegex(got.of("monitor translate $elr_hyp guest"), r"stage 2 of VMID [1-9]")
        self.assertIn("#0 ", got.of("backtrace 2"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
