#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The user network from a guest's side: what it reaches, what it does not, and what becomes of a run whose network dies.
Usage: net_test.py HYPSIM NET_GUEST.ELF"""
import ipaddress
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HYPSIM, GUEST = sys.argv[1:3]
TIMEOUT = 120
US, GATEWAY, NAME_SERVER = "10.0.2.15", "10.0.2.2", "10.0.2.3"
OUR_MAC = bytes.fromhex("525400123456")


# --- frames ----------------------------------------------------------------------------------------------------------

def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return ipaddress.ip_address(text).packed


def ip(protocol, to, payload, fragment=0, source=US):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol, 0, address(source), address(to))
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return b"\x52\x55\x0a\x00\x02\x02" + OUR_MAC + b"\x08\x00" + head + payload


def udp(to, port, data, own_port=5000):
    return ip(17, to, struct.pack(">HHHH", own_port, port, 8 + len(data), 0) + data)


def tcp(to, port, flags, sequence=1, acknowledged=0, data=b"", own_port=5001):
    head = struct.pack(">HHIIBBHHH", own_port, port, sequence, acknowledged, 5 << 4, flags, 8192, 0, 0)
    pseudo = address(US) + address(to) + struct.pack(">BBH", 0, 6, len(head) + len(data))
    head = head[:16] + struct.pack(">H", checksum(pseudo + head + data)) + head[18:]
    return ip(6, to, head + data)


SYN, ACK, RST = 2, 16, 4


def echo(to):
    body = struct.pack(">BBHHH", 8, 0, 0, 7, 1) + b"hypsim"
    return ip(1, to, body[:2] + struct.pack(">H", checksum(body)) + body[4:])


def arp(last):
    body = struct.pack(">HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, OUR_MAC, address(US), bytes(6), address(f"10.0.2.{last}"))
    return b"\xff" * 6 + OUR_MAC + b"\x08\x06" + body


def dhcp_discover():
    body = struct.pack(">BBBBIHH4s4s4s4s16s64s128s", 1, 1, 6, 0, 7, 0, 0, bytes(4), bytes(4), bytes(4), bytes(4), OUR_MAC + bytes(10), bytes(64),
                       bytes(128)) + bytes.fromhex("63825363" "350101" "ff") + bytes(60)
    return ip(17, "255.255.255.255", struct.pack(">HHHH", 68, 67, 8 + len(body), 0) + body, source="0.0.0.0")


# --- runs ------------------------------------------------------------------------------------------------------------

def script(*words):
    return " ".join(word.hex() if isinstance(word, bytes) else word for word in (arp(2), *words))


def command(net, *words, options=()):
    return [HYPSIM, "run", "--functional", "--entry", "secure", "--semihosting", "--net", net, "--timeout", str(TIMEOUT), *options,
            "--args", script(*words), GUEST]


class Run:
    def __init__(self, net, *words, options=()):
        result = subprocess.run(command(net, *words, options=options), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2 * TIMEOUT,
                                check=False)
        self.code, self.errors, self.out = result.returncode, result.stderr, result.stdout
        self.frames = [bytes.fromhex(line[2:]) for line in self.out.splitlines() if line.startswith("< ")]

    def ip(self, protocol):
        """Payloads of the IPv4 packets of a protocol that came, with who sent them."""
        return [(str(ipaddress.ip_address(f[26:30])), f[34:]) for f in self.frames if f[12:14] == b"\x08\x00" and f[23] == protocol]


def own_address():
    """An address of this host that is not of the loopback: None if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        return probe.getsockname()[0]


class Server:
    """Takes connections on an address and counts them."""

    def __init__(self, host="127.0.0.1"):
        self.socket = socket.create_server((host, 0))
        self.port = self.socket.getsockname()[1]
        self.count = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.count += 1
            client.sendall(b"hello")
            client.close()

    def close(self):
        self.socket.close()


class Net(unittest.TestCase):
    def run_well(self, net, *words, errors=""):
        run = Run(net, *words)
        self.assertEqual((run.code, run.errors), (0, errors))
        return run

    def server(self, host="127.0.0.1"):
        server = Server(host)
        self.addCleanup(server.close)
        return server


class Inside(Net):
    def test_what_stays_inside_is_the_same_in_every_run(self):
        runs = [self.run_well("user", dhcp_discover(), "wait 3", echo(GATEWAY), "wait 3", arp(3), "wait 3") for _ in range(2)]
        offers = [body for source, body in runs[0].ip(17) if source == GATEWAY]
        self.assertEqual(len(offers), 1)
        self.assertEqual(offers[0][8 + 16:8 + 20], address(US))
        self.assertIn(bytes([3, 4]) + address(GATEWAY), offers[0])
        self.assertIn(bytes([6, 4]) + address(NAME_SERVER), offers[0])
        self.assertEqual([(source, body[:1]) for source, body in runs[0].ip(1)], [(GATEWAY, b"\0")])
        self.assertEqual(runs[0].out, runs[1].out)
        with_loopback = self.run_well("user,loopback", dhcp_discover(), "wait 3", echo(GATEWAY), "wait 3", arp(3), "wait 3")
        self.assertEqual(with_loopback.out, runs[0].out)

    def test_time_that_nobody_polled_in_is_no_other_time(self):
        """A network with nothing to do is not asked; the echo after three seconds of simulated time still works."""
        self.assertEqual(len(self.run_well("user", "wait 3000", echo(GATEWAY), "wait 3").ip(1)), 1)

    def test_fragments_and_nonsense_are_dropped_and_counted(self):
        whole = echo(GATEWAY)
        bad = [ip(1, GATEWAY, bytes(40), fragment=1), ip(17, GATEWAY, bytes(40), fragment=0x2000),  # a last one alone, a first one alone
               ip(17, GATEWAY, struct.pack(">HHHH", 5000, 69, 4, 0)), ip(6, GATEWAY, bytes(19)), whole[:14] + b"\x4f" + whole[15:]]
        run = self.run_well("user", *bad, echo(GATEWAY), "wait 3", errors="hypsim: --net user: dropped frames of the guest: 2 IPv4 fragments, 3 malformed\n")
        self.assertEqual(len(run.ip(1)), 1, "the network still works")

    def test_more_connections_than_it_may_have(self):
        """A guest that opens connections without end has no more when the descriptors are used up; the network lives on."""
        server = self.server()
        flood = [tcp(GATEWAY, server.port, SYN, own_port=10_000 + n) for n in range(400)]
        run = self.run_well("user,loopback", *flood, "wait 20", echo(GATEWAY), "wait 20")
        self.assertEqual([body[:1] for source, body in run.ip(1) if source == GATEWAY and body[:1] == b"\0"], [b"\0"])

    def test_what_a_sound_guest_says_to_nobody_is_no_loss(self):
        ipv6 = b"\x33\x33\0\0\0\x02" + OUR_MAC + b"\x86\xdd\x60" + bytes(60)
        self.run_well("user", ipv6, udp("224.0.0.251", 5353, b"mdns"), ip(2, "224.0.0.22", bytes(8)), udp("10.0.2.255", 137, b"x"), "wait 3")


class Reach(Net):
    """The host's loopback, hypsim's own GDB port on it, and the host's other addresses."""

    def connects(self, net, to, server, errors=None):
        run = Run(net, tcp(to, server.port, SYN), "wait 50")
        self.assertEqual(run.code, 0, run.errors)
        answers = [body[13] for source, body in run.ip(6) if source == to]
        if errors is not None:
            self.assertIn(errors, run.errors)
        return SYN | ACK in answers

    def test_loopback(self):
        for net, reached in (("user", False), ("user,loopback", True)):
            server = self.server()
            self.assertEqual(self.connects(net, GATEWAY, server), reached, net)
            self.assertEqual(server.count, int(reached), net)

    def test_datagrams_to_the_loopback(self):
        for net, reached in (("user", False), ("user,loopback", True)):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
                receiver.bind(("127.0.0.1", 0))
                receiver.setblocking(False)
                run = Run(net, udp(GATEWAY, receiver.getsockname()[1], b"datagram"), "wait 20")
                self.assertEqual(run.code, 0, run.errors)
                try:
                    self.assertEqual((receiver.recv(100), reached), (b"datagram", True))
                except BlockingIOError:
                    self.assertFalse(reached)

    def test_loopback_by_its_own_name(self):
        server = self.server()
        for to in ("127.0.0.1", "127.1.2.3", "0.0.0.0"):
            for net in ("user", "user,loopback"):
                self.assertFalse(self.connects(net, to, server, errors="1 to "), to)
        self.assertEqual(server.count, 0)

    def test_link_local(self):
        self.assertIn("1 to ", Run("user", udp("169.254.169.254", 80, b"x"), "wait 3").errors)

    def test_own_addresses(self):
        own = own_address()
        if own is None:
            self.skipTest("this host has only its loopback")
        for net, reached in (("user", False), ("user,loopback", True)):
            server = self.server("0.0.0.0")
            self.assertEqual(self.connects(net, own, server, errors="" if reached else "1 to the host itself"), reached, net)
            self.assertEqual(server.count, int(reached), net)

    def test_own_gdb_port(self):
        for net, reached in (("user", False), ("user,loopback", True)):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            words = [tcp(GATEWAY, port, SYN), "wait 50"]
            run = Run(net, *words, options=["--gdb", str(port)])
            self.assertEqual(run.code, 0, run.errors)
            self.assertEqual(SYN | ACK in [body[13] for source, body in run.ip(6) if source == GATEWAY], reached, net)

    def test_name_server_has_one_port(self):
        """10.0.2.3 is the host's name server and nothing else of that machine."""
        server = self.server()
        self.assertFalse(self.connects("user,loopback", NAME_SERVER, server))

    def test_name_server(self):
        """A question gets as far as the host's name server: an answer, or that there is none, but no refusal by the network."""
        lines = [line.split() for line in pathlib.Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()]
        servers = [line[1] for line in lines if line[:1] == ["nameserver"] and ":" not in line[1]]
        question = bytes.fromhex("000701000001000000000000") + b"\x06hypsim\x07invalid\0" + b"\0\1\0\1"
        run = self.run_well("user", udp(NAME_SERVER, 53, question), "wait 1500", udp(NAME_SERVER, 53, question, own_port=5002), "wait 50")
        refused = [body for _, body in run.ip(1) if body[:2] == b"\x03\0"]  # network unreachable: libslirp knows no server
        if not servers:
            self.skipTest("this host has no name server for IPv4")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((servers[0], 53))
            except OSError:
                self.skipTest("this host has no route to its name server")
        self.assertEqual(refused, [])


class Process(Net):
    """The network's process: what it has, and what a run is without it."""

    def start(self, *words, net="user,loopback", **kwargs):
        kwargs = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kwargs}
        process = subprocess.Popen(command(net, *words, options=["--json"]), text=True, **kwargs)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        process.kill()
        if not process.stdout.closed:
            process.communicate()

    def child_of(self, process):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            found = children.read_text(encoding="ascii").split()
            if found:
                return int(found[0])
            time.sleep(0.01)
        raise AssertionError("hypsim has no child")

    def running(self, **kwargs):
        """A run in whose middle we are: its guest has made a connection and waits for the link to go down."""
        server = self.server()
        process = self.start(tcp(GATEWAY, server.port, SYN), "link", echo(GATEWAY), "wait 5", **kwargs)
        deadline = time.monotonic() + TIMEOUT
        while server.count == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(server.count, 1)
        return process, self.child_of(process)

    def test_killed_in_the_middle_of_a_run(self):
        for number, name in ((signal.SIGKILL, "signal 9, Killed"), (signal.SIGSEGV, "signal 11, Segmentation fault"), (signal.SIGABRT, "signal 6, Aborted")):
            process, child = self.running()
            os.kill(child, number)
            out, errors = process.communicate(timeout=2 * TIMEOUT)
            lines = [line for line in errors.splitlines() if line.startswith("hypsim:")]
            self.assertEqual(lines, [f"hypsim: --net user: the process of the network ended ({name}); the guest goes on with a dead link"])
            self.assertIn("link down\n", errors)
            self.assertEqual((process.returncode, json.loads(out)["reason"]), (0, "exit"))
            self.assertFalse(os.path.exists(f"/proc/{child}"), "no zombie outlives the run")

    def test_a_network_that_stops_holds_up_nobody(self):
        """A stopped process does not answer: the guest goes on, and the run's own end comes in time."""
        process, child = self.running()
        os.kill(child, signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=2 * TIMEOUT)
        self.assertEqual((process.returncode, json.loads(out)["reason"]), (3, "interrupted"))
        self.assertFalse(os.path.exists(f"/proc/{child}"))

    def test_does_not_outlive_a_run_that_is_killed(self):
        process, child = self.running()
        self.stop(process)
        deadline = time.monotonic() + TIMEOUT
        while os.path.exists(f"/proc/{child}") and "Z" not in self.status(child, "State") and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(not os.path.exists(f"/proc/{child}") or "Z" in self.status(child, "State"))

    def test_the_terminals_signals_are_for_hypsim(self):
        process, child = self.running(start_new_session=True)
        os.killpg(process.pid, signal.SIGINT)
        out, errors = process.communicate(timeout=2 * TIMEOUT)
        self.assertEqual((process.returncode, json.loads(out)["reason"]), (3, "interrupted"))
        self.assertNotIn("network", errors)
        self.assertFalse(os.path.exists(f"/proc/{child}"))

    @staticmethod
    def status(pid, field):
        try:
            text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return next((line.split(None, 1)[1] for line in text.splitlines() if line.startswith(field + ":")), "")

    def test_has_little(self):
        with tempfile.TemporaryFile() as inherited:
            process, child = self.running(pass_fds=[inherited.fileno()])
            held = [os.readlink(f"/proc/{child}/fd/{fd}") for fd in os.listdir(f"/proc/{child}/fd")]
            others = [name for name in held if name != "/dev/null" and not name.startswith("socket:") and "resolv" not in name]
            self.assertEqual(others, [])
            self.assertEqual(self.status(child, "NoNewPrivs").strip(), "1")
            self.assertEqual(self.status(child, "CapEff").strip(), "0" * 16)
            self.assertEqual(self.status(child, "Seccomp").strip(), "2")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
