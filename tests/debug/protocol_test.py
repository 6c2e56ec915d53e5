#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The GDB server under clients that know the protocol too well, or not at all; and its options.
Usage: protocol_test.py HYPSIM GDB GUEST.ELF WORLDSWITCH.ELF"""
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

from support import GUEST, HYPSIM, TIMEOUT, Simulator


def packet(body):
    raw = body.encode("latin-1")
    return b"$" + raw + b"#%02x" % (sum(raw) & 0xFF)


class Client:
    def __init__(self, simulator):
        host, port = simulator.address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=TIMEOUT)
        self.buffer = b""

    def send(self, raw):
        self.socket.sendall(raw)

    def receive(self):
        """The body of the next packet."""
        while True:
            start = self.buffer.find(b"$")
            end = self.buffer.find(b"#", start)
            if start >= 0 and end >= 0 and len(self.buffer) >= end + 3:
                body = self.buffer[start + 1:end]
                self.buffer = self.buffer[end + 3:]
                return body.decode("latin-1")
            data = self.socket.recv(4096)
            if not data:
                raise ConnectionError("hypsim closed the connection")
            self.buffer += data

    def ask(self, body):
        self.send(packet(body))
        return self.receive()

    def close(self):
        self.socket.close()


class Packets(unittest.TestCase):
    def setUp(self):
        self.simulator = Simulator(GUEST)
        self.addCleanup(self.simulator.__exit__)
        self.client = Client(self.simulator)
        self.addCleanup(self.client.close)
        self.assertIn("QStartNoAckMode+", self.client.ask("qSupported:swbreak+;hwbreak+"))

    def test_acknowledgements(self):
        self.client.send(b"$?#00")
        time.sleep(0.1)
        self.assertIn(b"-", self.client.socket.recv(16))
        first = self.client.ask("?")
        self.assertTrue(first.startswith("T05"))
        self.client.send(b"-")
        self.assertEqual(self.client.receive(), first)
        self.assertEqual(self.client.ask("QStartNoAckMode"), "OK")

    def test_what_is_wrong_is_refused(self):
        tree = xml.etree.ElementTree.fromstring(self.description())
        midr = next(int(r.get("regnum")) for r in tree.iter("reg") if r.get("name") == "MIDR")
        for body in (f"P{midr:x}=00000000", "P10=00000000", "p", "pzz", "pffff", "p0 ", "P0", "P0=12", "P0=1234567g", "P999=00000000", "G00", "m", "m0", "m0,", "m,4", "mffffffff0000,4",
                     "M40200000,4:00", "M40200000,2:zzzz", "X40200000,4:a", "Z", "Z0", "Z0,40200000", "Z1,100000000,4", "Z2,40200000,ffffff", "z0,,",
                     "H", "Hg9", "T", "T7", "T0x", "vCont;x", "vCont;s:9", "vCont;;", "C", "Szz", "ccc;", "qRcmd,0", "qThreadExtraInfo,77",
                     "qXfer:features:read:target.xml:0", "qXfer:features:read:target.xml:,", "qXfer:features:read:other.xml:0,10"):
            answer = self.client.ask(body)
            self.assertRegex(answer, r"^E\d\d$", body)

    def test_what_is_unknown_is_empty(self):
        for body in ("", "!", "R00", "vMustReplyEmpty", "qNonsense", "Z9,0,0", "jThreadsInfo", "qXfer:auxv:read::0,10", "x0,1"):
            self.assertEqual(self.client.ask(body), "", body)

    def description(self):
        text = ""
        while True:
            part = self.client.ask(f"qXfer:features:read:target.xml:{len(text):x},3f0")
            text += part[1:].replace("}\x0a", "*")
            if part[0] == "l":
                break
        return text.split("gdb-target.dtd\">")[1]

    def test_target_description(self):
        tree = xml.etree.ElementTree.fromstring(self.description())
        registers = {r.get("name"): r for r in tree.iter("reg")}
        numbers = [int(r.get("regnum")) for r in tree.iter("reg")]
        self.assertEqual(numbers, list(range(len(numbers))))
        self.assertEqual(len(registers), len(numbers))
        for name in ("r0", "sp", "cpsr", "d31", "fpscr", "r8_fiq", "elr_hyp", "spsr_mon", "HCR", "HSR", "HPFAR", "VTCR", "SCTLR_ns", "CNTHCTL",
                     "CNTP_CTL_s", "DFAR_ns", "PMCCNTR", "ACTLR"):
            self.assertIn(name, registers)
        for name in ("VTTBR", "HTTBR", "TTBR0", "PAR", "CNTVOFF", "CNTPCT"):
            self.assertEqual(registers[name].get("bitsize"), "64", name)
        # Every one can be read.
        for n, r in enumerate(tree.iter("reg")):
            self.assertRegex(self.client.ask(f"p{n:x}"), r"^[0-9a-f]{%d}$" % (int(r.get("bitsize")) // 4), r.get("name"))

    def test_noise(self):
        generator = random.Random(7)
        self.assertEqual(self.client.ask("QStartNoAckMode"), "OK")
        for _ in range(2000):
            body = "".join(generator.choice("?gGpPmMXZzHTsqQv0123456789abcdef,;:= \x00\xff") for _ in range(generator.randrange(1, 40)))
            # Nothing that lets the guest run or ends the session.
            if body[0] in "scSCDk" or "vCont" in body:
                continue
            self.client.ask(body)
        for _ in range(200):
            self.client.send(bytes(generator.randrange(256) for _ in range(100)).replace(b"\x03", b"$"))
        self.client.send(b"#00$g#67$?#3f")
        answer = ""
        while not answer.startswith("T"):
            answer = self.client.receive()
        self.assertIn("thread:1;", answer)

    def test_monitor_refuses_in_words(self):
        def monitor(command):
            self.client.send(packet("qRcmd," + command.encode().hex()))
            text = ""
            while (body := self.client.receive()) != "OK":
                self.assertEqual(body[0], "O")
                text += bytes.fromhex(body[1:]).decode()
            return text

        self.assertIn("translate ADDR", monitor(""))
        self.assertIn("translate ADDR", monitor("help"))
        self.assertIn("no command \"fly\"", monitor("fly 1"))
        for command in ("translate", "translate nonsense", "translate 0 mars", "translate 1 hyp x", "traps x", "traps 1 2", "pa", "pa 0 0", "pa 0 99999",
                        "ipa zz", "space mars", "scope all", "scope all vmid", "scope all hyp vmid 256", "scope zz any", "scope all mars"):
            self.assertTrue(monitor(command).startswith("usage: monitor " + command.split()[0]), command)
        self.assertIn("no memory here", monitor("pa 0xffff000000 16"))
        self.assertIn("core 0 has taken no exception", monitor("traps"))
        self.assertIn("stage 1 off", monitor("translate 0x40200000"))

    def test_interrupt_and_a_client_that_vanishes(self):
        self.assertEqual(self.client.ask("Z0,%x,4" % 0x40200000), "OK")
        self.client.close()
        report, code = self.simulator.finish()
        self.assertEqual((report["reason"], code), ("exit", 0))


class Running(unittest.TestCase):
    def test_interrupt(self):
        with Simulator(GUEST, "--max-insns", "100000000000") as simulator:
            client = Client(simulator)
            client.ask("?")
            # nop; b .-4
            self.assertEqual(client.ask("M40200000,8:0000a0e1fdffffea"), "OK")
            self.assertEqual(client.ask("P0f=00002040"), "OK")
            client.send(packet("vCont;c"))
            time.sleep(0.3)
            client.send(b"\x03")
            self.assertTrue(client.receive().startswith("T02"))
            self.assertEqual(client.ask("P0f=04002040"), "OK")
            client.send(packet("s"))
            self.assertRegex(client.receive(), r"^T05.*;0f:00002040;")
            client.send(packet("k"))
            client.close()
            report, _ = simulator.finish()
            self.assertEqual(report["reason"], "interrupted")

    def test_strangers_do_not_stop_the_guest(self):
        with Simulator(GUEST, wait=False) as simulator:
            stranger = Client(simulator)
            stranger.send(b"GET / HTTP/1.1\r\n\r\n$k#6b")
            report, code = simulator.finish()
            self.assertEqual((report["reason"], code), ("exit", 0))
            stranger.close()

    def test_sigterm_while_stopped_and_while_waiting(self):
        for connect in (True, False):
            with Simulator(GUEST) as simulator:
                if connect:
                    client = Client(simulator)
                    client.ask("?")
                simulator.process.send_signal(signal.SIGTERM)
                report, code = simulator.finish()
                self.assertEqual((report["reason"], code), ("interrupted", 3))
                if connect:
                    client.close()


class BadInput(unittest.TestCase):
    def refuse(self, *options):
        result = subprocess.run([HYPSIM, "run", *options, GUEST], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT,
                                check=False)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("--gdb", result.stderr)

    def test_options(self):
        for where in ("x", "65536", "-1", "1.2.3.4:5", "unix:", "unix:/nonexistent/socket", "unix:/" + "a" * 200, "12 "):
            self.refuse("--gdb", where)
        self.refuse("--gdb-wait")

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            self.refuse("--gdb", str(other.getsockname()[1]))

    def test_a_path_that_is_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            with open(path, "w", encoding="ascii") as file:
                file.write("precious")
            self.refuse("--gdb", "unix:" + path)
            with open(path, encoding="ascii") as file:
                self.assertEqual(file.read(), "precious")

    def test_a_socket_left_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            with socket.socket(socket.AF_UNIX) as dead:
                dead.bind(path)
            with Simulator(GUEST, where="unix:" + path, wait=False) as simulator:
                self.assertEqual(simulator.finish()[1], 0)
            self.assertFalse(os.path.exists(path))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
