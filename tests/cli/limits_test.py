#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Limits of runs: exact in every engine, in time in every state. Usage: limits_test.py HYPSIM FOLDER-OF-GUESTS"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HYPSIM, GUESTS = sys.argv[1:3]
IN_TIME = 60  # seconds, for what takes one or two on an idle machine
ENGINES, MODES = ("jit", "interp"), ([], ["--functional"])


def command(guest, *options):
    return [HYPSIM, "run", "--entry", "secure", *map(str, options), str(pathlib.Path(GUESTS) / f"{guest}.elf")]


def run(guest, *options):
    return subprocess.run(command(guest, *options), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=IN_TIME, check=False)


def report(guest, *options):
    result = run(guest, "--json", *options)
    if result.returncode != 3:
        raise AssertionError(f"{options}: exit code {result.returncode}\n{result.stderr}")
    return json.loads(result.stdout)


class Instructions(unittest.TestCase):
    def test_exactly_so_many_and_both_engines_agree(self):
        for mode in MODES:
            for cores in (1, 2, 3, 4):
                for limit in (1, 2, 13, 31, 32, 33, 100, 999, 1000, 1001, 7777, 20000):
                    limit += 0 if limit == 1 else cores - 1
                    with self.subTest(mode=mode, cores=cores, limit=limit):
                        options = (*mode, "--cores", cores, "--max-insns", limit)
                        jit, interp = (report("busy", "--engine", engine, *options) for engine in ENGINES)
                        self.assertEqual(jit, interp)
                        self.assertEqual((jit["reason"], jit["steps"]), ("max-insns", limit))
                        self.assertEqual(sum(core["instructions"] for core in jit["cores"]), jit["instructions"])
                        self.assertLessEqual(jit["instructions"], limit)

    def test_a_limit_stops_where_a_run_without_it_passes(self):
        """The trace of a longer run says at which instruction each shorter one stands."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "trace.txt"
            for mode in MODES:
                report("busy", *mode, "--max-insns", 3000, "--trace", file)
                steps, cycles = [], []
                for line in file.read_text().splitlines()[1:]:
                    # An interrupt is a step of its own; an instruction that takes an exception is one with it.
                    if " -- " not in line:
                        steps.append(int(line[24:].split()[line[24:].split().index("svc") + 1] if " svc " in line else
                                         next(w for w in line.split()[2:] if len(w) == 8), 16))
                    elif "IRQ taken" in line:
                        steps.append(None)
                    else:
                        continue
                    cycles.append(int(line.split()[0]))
                self.assertEqual(len(steps), 3000)
                self.assertIn(None, steps, "an interrupt")
                before = 0
                for limit in (*range(1, 70), 200, 201, 202, 2000, 2001, 2002, 2003):
                    with self.subTest(mode=mode, limit=limit):
                        core = report("busy", *mode, "--max-insns", limit)["cores"][0]
                        if steps[limit] is not None:
                            self.assertEqual(int(core["pc"], 16), steps[limit])
                        self.assertLessEqual(before, core["cycles"])
                        self.assertLessEqual(core["cycles"], cycles[limit])
                        before = core["cycles"]

    def test_a_storm_of_exceptions_ends(self):
        for guest in ("storm", "aborts"):
            for engine in ENGINES:
                for mode in MODES:
                    for limit in (100, 1000, 54321):
                        result = report(guest, "--engine", engine, *mode, "--max-insns", limit)
                        self.assertEqual((result["reason"], result["steps"]), ("max-insns", limit))
                        self.assertLess(result["instructions"], 10)
        self.assertIn("exceptions taken without executing one", run("storm", "--max-insns", 100).stderr)

    def test_instructions_alone(self):
        for engine in ENGINES:
            result = report("chatter", "--engine", engine, "--functional", "--serial", "none", "--max-insns", 1000)
            self.assertEqual((result["instructions"], result["steps"]), (1000, 1000))

    def test_under_a_trace(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "trace.txt"
            for engine in ENGINES:
                traced = report("busy", "--engine", engine, "--max-insns", 777, "--trace", file, "--trace-from", 100, "--trace-count", 50)
                self.assertEqual(traced, report("busy", "--engine", engine, "--max-insns", 777))
                lines = file.read_text().splitlines()
                self.assertEqual(sum(not line.startswith("#") and " -- " not in line for line in lines), 50)


class Cycles(unittest.TestCase):
    def test_every_core_stops_at_the_first_instruction_behind(self):
        for cores in (1, 2, 4):
            for limit in (1, 2, 33, 1000, 9999, 10000, 10001, 60000):
                with self.subTest(cores=cores, limit=limit):
                    options = ("--cores", cores, "--max-cycles", limit)
                    jit, interp = (report("busy", "--engine", engine, "--functional", *options) for engine in ENGINES)
                    self.assertEqual(jit, interp)
                    self.assertEqual(jit["reason"], "max-cycles")
                    self.assertEqual([core["cycles"] for core in jit["cores"]], [limit] * cores, "one cycle an instruction")
                    jit, interp = (report("busy", "--engine", engine, *options) for engine in ENGINES)
                    self.assertEqual(jit, interp)
                    for core in jit["cores"]:
                        self.assertIn(core["cycles"], range(limit, limit + 2000))


class HostTime(unittest.TestCase):
    """A second of time-out is over within IN_TIME in every state, and a signal acts there too."""

    def ends(self, process, reason):
        try:
            _, errors = process.communicate(timeout=IN_TIME)
        finally:
            process.kill()
            process.communicate()
        self.assertEqual(process.returncode, 3, errors)
        self.assertIn(reason, errors)

    def starts(self, guest, *options, stdout=subprocess.DEVNULL):
        return subprocess.Popen(command(guest, *options), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True)

    def in_both_ways(self, guest, *options, stdout=subprocess.DEVNULL, after=lambda process: time.sleep(1)):
        self.ends(self.starts(guest, "--timeout", 1, *options, stdout=stdout), "--timeout")
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.starts(guest, *options, stdout=stdout)
            after(process)
            process.send_signal(number)
            self.ends(process, "interrupted")

    def test_a_guest_that_runs(self):
        for engine in ENGINES:
            self.in_both_ways("busy", "--engine", engine, "--cores", 2)

    def test_a_storm_of_exceptions(self):
        self.in_both_ways("storm", "--functional")

    def test_inside_semihosting_calls(self):
        for guest in ("write", "string"):
            self.in_both_ways(guest, "--functional", "--semihosting")

    def test_a_pipe_that_nobody_reads(self):
        read, write = os.pipe()
        try:
            self.in_both_ways("chatter", "--functional", stdout=write)
            self.in_both_ways("write", "--functional", "--semihosting", stdout=write)
        finally:
            os.close(read)
            os.close(write)

    def debugged(self, *options):
        """A run with a debugger's port, and a client that has said hello."""
        process = self.starts("busy", "--functional", "--gdb", 0, *options)
        host, port = process.stderr.readline().split()[-1].rsplit(":", 1)
        client = socket.create_connection((host, int(port)), timeout=IN_TIME)
        client.sendall(b"+$?#3f")
        client.recv(1)
        return process, client

    def test_while_a_debugger_has_stopped_the_guest(self):
        process, client = self.debugged("--timeout", 2)
        self.ends(process, "--timeout")
        client.close()
        process, client = self.debugged()
        process.send_signal(signal.SIGTERM)
        self.ends(process, "interrupted")
        client.close()

    def test_while_a_debugger_reads_nothing(self):
        process, client = self.debugged("--timeout", 2)
        client.settimeout(0.5)
        try:
            while True:  # the answers fill what the sockets hold
                client.sendall(b"$m40200000,400#" + f"{sum(b'm40200000,400') & 0xFF:02x}".encode())
        except OSError:
            pass
        self.ends(process, "--timeout")
        client.close()

    def test_while_no_debugger_comes(self):
        self.ends(self.starts("busy", "--gdb", 0, "--gdb-wait", "--timeout", 1), "--timeout")
        process = self.starts("busy", "--gdb", 0, "--gdb-wait")
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        self.ends(process, "interrupted")


class Stepping(unittest.TestCase):
    """A guest that a debugger steps through runs as one that nobody watches, and stops at the same limit."""

    def packet(self, stream, body):
        stream.write(b"+$" + body + b"#" + f"{sum(body) & 0xFF:02x}".encode())
        stream.flush()

    def stepped(self, steps, *options):
        process = subprocess.Popen(command("busy", "--json", "--gdb", 0, "--gdb-wait", "--max-insns", 1500, *options), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        host, port = process.stderr.readline().split()[-1].rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=IN_TIME) as client, client.makefile("rwb") as stream:
            for body in (b"?", *[b"s"] * steps):
                self.packet(stream, body)
                while stream.read(1) != b"#":
                    pass
                stream.read(2)
            self.packet(stream, b"c")
            out, _ = process.communicate(timeout=IN_TIME)
        self.assertEqual(process.returncode, 3)
        return json.loads(out)

    def test_it_changes_nothing(self):
        for mode in MODES:
            alone = report("busy", "--max-insns", 1500, *mode)
            for steps in (1, 50, 400):
                self.assertEqual(self.stepped(steps, *mode), alone)


class SimulatedTime(unittest.TestCase):
    def test_its_end_is_a_reason(self):
        for cores in (1, 2):
            for engine in ENGINES:
                for mode in MODES:
                    for guest, console in (("far", ""), ("nearly_far", "A")):
                        result = run(guest, "--engine", engine, *mode, "--cores", cores, "--json")
                        self.assertEqual(result.returncode, 3, result.stderr)
                        self.assertEqual(json.loads(result.stdout)["reason"], "end-of-time")
                        self.assertEqual(result.stderr.count(console or "A"), len(console) * cores, result.stderr)
                        self.assertIn("simulated time", result.stderr)

    def test_moments_beyond_it(self):
        for option in ("--max-cycles", "--power-key"):
            result = run("far", "--functional", option, (1 << 64) - 1, "--json")
            self.assertEqual((result.returncode, json.loads(result.stdout)["reason"]), (3, "end-of-time"), result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
