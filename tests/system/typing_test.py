#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types into the shell of Debian's Linux, as a user at a terminal does. Usage: typing_test.py HYPSIM FETCH_GUESTS"""
import os
import pathlib
import pty
import select
import subprocess
import sys
import termios
import time
import unittest

HYPSIM, FETCH = sys.argv[1:3]
PATIENCE = 900  # seconds for a boot on a busy host


class Terminal:
    """hypsim run on a terminal of its own. The console and the keyboard are the same descriptor."""

    def __init__(self):
        guests = pathlib.Path(subprocess.run([FETCH], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [HYPSIM, "run", "--functional", "--initrd", guests / "initrd.gz", "--append", "console=ttyAMA0 quiet", guests / "vmlinuz"],
            stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0))
        self.slave = slave  # kept open: its settings are looked at, and the end of hypsim is no end of file
        self.seen = ""

    def modes(self):
        return termios.tcgetattr(self.slave)

    def type(self, text):
        os.write(self.master, text.encode())

    def expect(self, text):
        """Reads on until `text` has come; returns what came before it."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            if not select.select([self.master], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {text!r} on the console: {self.seen[-400:]!r}")
            self.seen += os.read(self.master, 4096).decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def end(self):
        # What the guest still prints must be read, or it waits for ever.
        while self.process.poll() is None:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 4096).decode(errors="replace")
        return self.process.returncode, self.process.stderr.read().decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self.master)
        os.close(self.slave)


class Shell(unittest.TestCase):
    def test_a_session(self):
        with Terminal() as terminal:
            terminal.expect("guest: a shell")
            terminal.expect("# ")
            self.assertFalse(terminal.modes()[3] & (termios.ICANON | termios.ECHO), "keys go to the guest one by one, which echoes them")
            terminal.type("echo $((6 * 7)) of $(uname -s)\r")
            echoed = terminal.expect("42 of Linux")
            self.assertIn("echo $((6 * 7))", echoed, "the guest's own echo")
            terminal.expect("# ")
            # A line of more than the FIFO holds, typed at once, with a correction in it.
            words = " ".join(f"word{i}" for i in range(12))
            terminal.type(f"echo {words}\x7f\x7fxyz | wc -c\r")
            count = len(words) + 1 + 1
            terminal.expect(f"\n{count}\r")
            terminal.expect("# ")
            terminal.type("poweroff -f\r")
            code, errors = terminal.end()
            self.assertEqual((code, errors), (0, ""))
            self.assertEqual(terminal.modes(), terminal.before, "the terminal is as it was")

    def test_the_interrupt_key_ends_the_run(self):
        with Terminal() as terminal:
            terminal.expect("# ")
            terminal.type("\x03")
            code, errors = terminal.end()
            self.assertEqual(code, 3)
            self.assertIn("interrupted after", errors)
            self.assertEqual(terminal.modes(), terminal.before)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
