#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The GDB port among clients that are none: those that say nothing, that never end, that do not read; and who may come in.
Usage: clients_test.py HYPSIM GDB GUEST.ELF WORLDSWITCH.ELF"""
import os
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

from support import GUEST, HYPSIM, TIMEOUT, Simulator

STATUS = b"$?#3f"


class Clients(unittest.TestCase):
    def simulator(self, *options, **kwargs):
        simulator = Simulator(GUEST, *options, **kwargs)
        self.addCleanup(simulator.__exit__)
        return simulator

    def connect(self, simulator):
        if ":" in simulator.address:
            host, port = simulator.address.split(":")
            client = socket.create_connection((host, int(port)), timeout=TIMEOUT)
        else:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(TIMEOUT)
            client.connect(simulator.address)
        self.addCleanup(client.close)
        return client

    def answer(self, client):
        text = b""
        while b"#" not in text:
            data = client.recv(4096)
            self.assertTrue(data, "hypsim closed the connection")
            text += data
        return text

    def debugger(self, simulator):
        """A client that hypsim answers."""
        client = self.connect(simulator)
        client.sendall(b"+" + STATUS)
        self.assertIn(b"$T05", self.answer(client))
        return client

    def end(self, simulator, client):
        client.sendall(b"$D#44")
        self.assertIn(b"OK", self.answer(client))
        report, code = simulator.finish()
        self.assertEqual((report["reason"], code), ("exit", 0))

    def assert_closed(self, client):
        try:
            self.assertEqual(client.recv(1), b"")
        except ConnectionResetError:
            pass


class Silence(Clients):
    def test_keeps_nobody_out(self):
        simulator = self.simulator()
        silent = [self.connect(simulator) for _ in range(3)]
        silent[1].sendall(b"+")
        silent[2].sendall(b"$qSupp")
        self.end(simulator, self.debugger(simulator))

    def test_of_many_keeps_nobody_out(self):
        simulator = self.simulator()
        for _ in range(20):
            self.connect(simulator)
        self.end(simulator, self.debugger(simulator))

    def test_keeps_nobody_out_of_a_running_guest(self):
        simulator = self.simulator("--timeout", str(TIMEOUT))
        client = self.debugger(simulator)
        for body, wanted in ((b"M40200000,8:0000a0e1fdffffea", b"OK"), (b"P0f=00002040", b"OK"), (b"D", b"OK")):  # nop; b .-4, and go
            client.sendall(b"$" + body + b"#%02x" % (sum(body) & 0xFF))
            self.assertIn(wanted, self.answer(client))
        self.connect(simulator)
        self.connect(simulator).sendall(b"+")
        client = self.debugger(simulator)
        client.sendall(b"$k#6b")
        report, code = simulator.finish()
        self.assertEqual((report["reason"], code), ("interrupted", 3))

    def test_is_sent_away(self):
        simulator = self.simulator()
        silent, trickling = self.connect(simulator), self.connect(simulator)
        trickling.sendall(b"+")
        self.assert_closed(silent)
        self.assert_closed(trickling)
        self.end(simulator, self.debugger(simulator))

    def test_does_not_hold_up_the_end(self):
        simulator = self.simulator()
        self.connect(simulator)
        simulator.process.send_signal(signal.SIGTERM)
        report, code = simulator.finish()
        self.assertEqual((report["reason"], code), ("interrupted", 3))


class Noise(Clients):
    def test_without_end_and_without_a_packet(self):
        for piece in (b"+" * 4096, b"$" + b"a" * 4095, b"\x00\xff" * 2048):
            simulator = self.simulator()
            client = self.connect(simulator)
            with self.assertRaises((BrokenPipeError, ConnectionResetError), msg=piece[:4]):
                for _ in range(100_000):
                    client.sendall(piece)
            self.end(simulator, self.debugger(simulator))

    def test_with_a_wrong_checksum_is_no_debugger(self):
        simulator = self.simulator()
        client = self.connect(simulator)
        client.sendall(b"$?#40")
        self.assert_closed(client)
        self.end(simulator, self.debugger(simulator))

    def test_a_client_that_has_closed_its_side(self):
        simulator = self.simulator()
        client = self.connect(simulator)
        client.sendall(b"$qSupp")
        client.shutdown(socket.SHUT_WR)
        self.assert_closed(client)
        self.end(simulator, self.debugger(simulator))

    def test_of_a_client_that_was_one(self):
        """Once a client has begun, the guest stands for as long as the client stays, whatever it says; a signal ends it."""
        simulator = self.simulator()
        client = self.debugger(simulator)
        client.setblocking(False)
        try:
            while True:
                client.send(b"$" * 4096)
        except BlockingIOError:
            pass
        simulator.process.send_signal(signal.SIGTERM)
        report, code = simulator.finish()
        self.assertEqual((report["reason"], code), ("interrupted", 3))


class Deafness(Clients):
    def flood(self, simulator):
        """A client that asks for all registers and reads none of them, until neither side takes more."""
        client = self.debugger(simulator)
        client.sendall(b"$QStartNoAckMode#b0")
        client.settimeout(1)
        try:
            while True:
                client.sendall(b"$g#67" * 1000)
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            pass
        return client

    def test_ends_in_time(self):
        simulator = self.simulator()
        self.flood(simulator)
        report, code = simulator.finish()
        self.assertEqual((report["reason"], code), ("exit", 0), "the guest runs on without its client")

    def test_does_not_hold_up_the_end(self):
        simulator = self.simulator()
        self.flood(simulator)
        simulator.process.send_signal(signal.SIGTERM)
        _, code = simulator.finish()
        self.assertIn(code, (0, 3))


class UnixSocket(Clients):
    def test_is_its_owners_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "gdb")
            mask = os.umask(0)
            try:
                simulator = self.simulator(where="unix:" + path)
            finally:
                os.umask(mask)
            info = os.stat(path)
            self.assertTrue(stat.S_ISSOCK(info.st_mode))
            self.assertEqual(stat.S_IMODE(info.st_mode), 0o600)
            self.connect(simulator)  # a silent one
            self.end(simulator, self.debugger(simulator))
            self.assertFalse(os.path.exists(path))

    def test_of_a_run_that_is_busy_is_not_taken(self):
        """Somebody has filled the queue of a socket that lives: a second run says so at once."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "gdb")
            with socket.socket(socket.AF_UNIX) as other, socket.socket(socket.AF_UNIX) as filler, socket.socket(socket.AF_UNIX) as more:
                other.bind(path)
                other.listen(0)
                for client in (filler, more):
                    client.setblocking(False)
                    try:
                        client.connect(path)
                    except BlockingIOError:
                        pass
                result = subprocess.run([HYPSIM, "run", "--gdb", "unix:" + path, GUEST], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                        timeout=TIMEOUT, check=False)
                self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
                self.assertTrue(os.path.exists(path))


if __name__ == "__main__":
    unittest.main(argv=[__file__])
