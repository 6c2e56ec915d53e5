#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the UARTs of a board go: --serial [NAME=]... Usage: serial_test.py HYPSIM SERIAL_PORTS.ELF"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HYPSIM, GUEST = sys.argv[1:3]
IN_TIME = 120
BOARD = ("--platform", "vexpress-a15", "--functional", "--semihosting")


def command(*options, guest=GUEST):
    return [HYPSIM, "run", *BOARD, *map(str, options), guest]


def run(*options):
    return subprocess.run(command(*options), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=IN_TIME, check=False)


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)


class Output(Folder):
    def test_the_console_alone_by_default(self):
        result = run()
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "port 0\n", ""))

    def test_each_port_into_its_file(self):
        files = [self.folder / str(n) for n in range(4)]
        result = run(*[word for n in (3, 1, 2) for word in ("--serial", f"uart{n}={files[n]}")], "--serial", files[0])
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual([file.read_text() for file in files], [f"port {n}\n" for n in range(4)])

    def test_the_console_by_its_name(self):
        self.assertEqual(run("--serial", "uart0=none").stdout, "")
        self.assertEqual(run("--serial", "uart0=stdio").stdout, "port 0\n")

    def test_another_port_on_standard_output(self):
        self.assertEqual(run("--serial", "none", "--serial", "uart2=stdio").stdout, "port 2\n")
        result = run("--serial", "uart0=none", "--serial", "uart2=stdio", "--json")
        self.assertEqual(json.loads(result.stdout)["reason"], "exit")
        self.assertEqual(result.stderr, "port 2\n")

    def test_a_name_with_an_equals_sign(self):
        self.assertEqual(run("--serial", f"{self.folder}/a=b").returncode, 0)
        self.assertEqual((self.folder / "a=b").read_text(), "port 0\n")

    def test_mistakes(self):
        file = self.folder / "both"
        for options, *words in ((["uart7=none"], "uart7", "uart0, uart1, uart2, uart3"), (["a=b"], "./a=b"),
                                (["uart1=stdio"], "--serial uart1= stdio", "--serial none"),
                                (["none", "uart1=stdio", "uart2=stdio"], "--serial uart1=", "--serial uart2="),
                                (["uart1=none", "uart1=none"], "uart1", "once"), (["none", "none"], "once"), (["none", "uart0=none"], "once"),
                                (["uart1="], "names no file", "uart1=stdio"), ([f"uart1={file}", f"uart2={file}"], "both"),
                                (["uart1=unix:"], "path"), (["uart1=unix:/no/such/folder/s"], "/no/such/folder/s"),
                                (["uart1=unix:" + "x" * 200], "too long")):
            result = run(*[word for option in options for word in ("--serial", option)])
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            for word in words:
                self.assertIn(word, result.stderr)
        result = subprocess.run([HYPSIM, "run", "--serial", "uart1=none", GUEST], capture_output=True, text=True, timeout=IN_TIME, check=False)
        self.assertIn('virt-a15 has no UART "uart1"; it has uart0', result.stderr)


class Socket(Folder):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "port"

    def start(self, *options):
        process = subprocess.Popen(command("--args", "echo", "--serial", f"uart1=unix:{self.path}", *options), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def connect(self):
        end = time.monotonic() + IN_TIME
        while True:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(IN_TIME)
            try:
                client.connect(str(self.path))
                return client
            except OSError:
                client.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def expect(self, client, text):
        seen = b""
        while len(seen) < len(text):
            piece = client.recv(4096)
            self.assertTrue(piece, f"{text!r} after {seen!r}")
            seen += piece
        self.assertEqual(seen, text)

    def test_both_ways_for_one_after_the_other(self):
        process = self.start()
        with self.connect() as first:
            self.expect(first, b"port 1\n")  # said before anybody was there
            first.sendall(b"hello")
            self.expect(first, b"HELLO")
        with self.connect() as second:
            second.sendall(b"again.")
            self.expect(second, b"AGAIN\x0e")
        out, err = process.communicate(timeout=IN_TIME)
        self.assertEqual((process.returncode, out, err), (0, "port 0\n", ""))
        self.assertFalse(self.path.exists(), "the socket goes with the run")

    def test_for_its_owner_alone(self):
        self.start("--timeout", 60)
        with self.connect():
            self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_a_stale_socket_is_replaced_and_one_in_use_is_not(self):
        stale = socket.socket(socket.AF_UNIX)
        stale.bind(str(self.path))
        stale.close()
        process = self.start()
        with self.connect() as client:
            second = run("--serial", f"uart1=unix:{self.path}")
            self.assertEqual((second.returncode, second.stderr.count("\n")), (2, 1), second.stderr)
            self.assertIn(str(self.path), second.stderr)
            client.sendall(b".")
        process.communicate(timeout=IN_TIME)
        self.assertEqual(process.returncode, 0)

    def test_a_file_is_not_replaced(self):
        self.path.write_text("precious")
        self.assertEqual(run("--serial", f"uart1=unix:{self.path}").returncode, 2)
        self.assertEqual(self.path.read_text(), "precious")

    def test_nobody_comes(self):
        """The results are those of a run without the socket."""
        plain, listened = (run("--json", *options) for options in ([], ["--serial", f"unix:{self.path}", "--serial", f"uart3=unix:{self.path}3"]))
        self.assertEqual((plain.returncode, plain.stdout), (listened.returncode, listened.stdout))
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_console_too(self):
        process = subprocess.Popen(command("--serial", f"unix:{self.path}", "--serial", f"uart1=unix:{self.path}1", "--args", "echo"),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        with self.connect() as console:
            self.expect(console, b"port 0\n")
        self.path = pathlib.Path(f"{self.path}1")
        with self.connect() as client:
            client.sendall(b".")
            process.communicate(timeout=IN_TIME)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
