#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What hypsim gives up before a guest runs, from outside: it is confined, and everything that it can write is written as without.
Usage: sandbox_test.py HYPSIM GUESTS.ELF SANDBOX_GUEST.ELF"""
import ctypes
import errno
import os
import pathlib
import platform
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HYPSIM, GUESTS, GUEST = map(os.path.abspath, sys.argv[1:4])
TIMEOUT = 120
RUN = ["--functional", "--semihosting"]
# seccomp, prctl and the three of Landlock.
NUMBERS = {"x86_64": (317, 157, (444, 445, 446)), "aarch64": (277, 167, (444, 445, 446))}
SECCOMP, PRCTL, LANDLOCK = NUMBERS[platform.machine()]
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38


def kernel_refuses(calls):
    """Function that makes the kernel refuse system calls to this process and its children with EPERM."""

    def instruction(code, k, true=0, false=0):
        return struct.pack("HBBI", code, true, false, k)

    load, equal, back = 0x20, 0x15, 0x06  # BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K
    refusal = instruction(back, 0x00050000 | errno.EPERM)  # SECCOMP_RET_ERRNO
    program = [instruction(load, 0)]
    for call in calls:
        program += [instruction(equal, call, 0, 1), refusal]
    if SECCOMP in calls:  # which is prctl() too
        program += [instruction(equal, PRCTL, 0, 3), instruction(load, 16), instruction(equal, PR_SET_SECCOMP, 0, 1), refusal]
    program.append(instruction(back, 0x7FFF0000))  # SECCOMP_RET_ALLOW
    code = ctypes.create_string_buffer(b"".join(program))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    def before():
        libc = ctypes.CDLL(None, use_errno=True)
        whole = Program(len(program), ctypes.addressof(code))
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(whole), 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")

    return before


def status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


def mappings(pid):
    """Rights and name of each."""
    fields = [line.split(maxsplit=5) for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()]
    return [(field[1], field[5] if len(field) > 5 else "") for field in fields]


def filters_of_this_process():
    return int(status(os.getpid()).get("Seccomp_filters", "0"))


class Sandbox(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def hypsim(self, *words, **kwargs):
        return subprocess.run([HYPSIM, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT,
                              cwd=self.folder, **kwargs)

    def running(self, *options, command="run", **kwargs):
        """What /proc says of hypsim while its guest prints, what hypsim says of its end, and its exit code."""
        with subprocess.Popen([HYPSIM, command, *RUN, *options, "--args", "c", GUESTS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, cwd=self.folder, **kwargs) as process:
            self.assertTrue(process.stdout.readline())
            seen = {**status(process.pid), "mappings": mappings(process.pid)}
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=TIMEOUT)
            return seen, errors.decode(), process.returncode

    def test_a_guest_runs_in_it(self):
        here = filters_of_this_process()
        for command in ("run", "profile"):
            for engine in ("jit", "interp"):
                seen, errors, code = self.running("--engine", engine, command=command)
                self.assertEqual((seen["Seccomp"], seen["NoNewPrivs"], int(seen["Seccomp_filters"])), ("2", "1", here + 1))
                self.assertRegex(errors, r"^hypsim: interrupted after \d+ instructions, \d+ cycles\ncore 0 at [^\n]+\n$")
                self.assertEqual(code, 3)
                self.assertEqual([rights for rights, _ in seen["mappings"] if "w" in rights and "x" in rights], [])
                views = {rights for rights, name in seen["mappings"] if "hypsim-code" in name}
                self.assertLessEqual(views, {"rw-s", "r-xs"})
                if engine == "jit" and platform.machine() == "x86_64":
                    self.assertEqual(len(views), 2, "code is generated in the sandbox too")

    def test_it_can_be_left_out(self):
        here = status(os.getpid())
        for command in ("run", "profile"):
            seen, errors, code = self.running("--no-sandbox", command=command)
            for name in ("Seccomp", "NoNewPrivs", "Seccomp_filters"):
                self.assertEqual(seen[name], here[name])
            self.assertRegex(errors, "^hypsim: interrupted")
            self.assertEqual(code, 3)

    def test_nothing_is_said_where_the_kernel_refuses(self):
        here = filters_of_this_process() + 1
        for calls, filters in (((SECCOMP, *LANDLOCK), 0), ((SECCOMP,), 0), (LANDLOCK, 1)):
            seen, errors, code = self.running(preexec_fn=kernel_refuses(calls))
            self.assertEqual(int(seen["Seccomp_filters"]), here + filters)
            self.assertRegex(errors, r"^hypsim: interrupted after \d+ instructions, \d+ cycles\ncore 0 at [^\n]+\n$")
            self.assertEqual(code, 3)
            outcome = self.everything(preexec_fn=kernel_refuses(calls))
            self.assertEqual(outcome, self.everything("--no-sandbox"))

    def everything(self, *options, **kwargs):
        """A profile with all its outputs: result, and files."""
        for name in ("page.html", "table.csv", "made.txt", "serial.txt", "tree.dtb", "virtio.txt"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "table.csv").write_text("old")
        (self.folder / "disk.img").write_bytes(bytes(4096))
        result = self.hypsim("profile", "--semihosting", "--json", "--phases", "symbols", "--symbols", GUEST, "--lines", "--html", "page.html",
                             "--csv", "table.csv", "--files", ".", "--serial", "serial.txt", "--virtio-console", "virtio.txt", "--disk", "disk.img",
                             "--write-dtb", "tree.dtb", "--net", "user", *options, GUEST, **kwargs)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout, {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def test_every_output_is_written(self):
        result, files = self.everything()
        self.assertEqual(files["made.txt"], b"written and read\n")
        self.assertEqual(sorted(files), ["disk.img", "made.txt", "page.html", "serial.txt", "table.csv", "tree.dtb", "virtio.txt"])
        self.assertIn(b"sandbox_guest.S:", files["page.html"])
        self.assertEqual((result, files), self.everything("--no-sandbox"))

    def test_a_trace_is_written(self):
        traces = []
        for options in ([], ["--no-sandbox"]):
            result = self.hypsim("run", *RUN, "--trace", "trace.txt", "--json", "--files", ".", *options, GUEST)
            self.assertEqual((result.returncode, result.stderr), (0, "written and read\n"))
            traces.append((result.stdout, (self.folder / "trace.txt").read_bytes()))
        self.assertGreater(len(traces[0][1]), 1000)
        self.assertEqual(*traces)

    def test_devices_and_descriptors_as_outputs(self):
        result = self.hypsim("profile", *RUN, "--html", "/dev/null", "--csv", "/dev/stdout", "--serial", "/dev/null", "--files", ".", GUEST)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("scope,name,", result.stdout)

    def test_without_files_the_guest_opens_none(self):
        result = self.hypsim("run", *RUN, GUEST)
        self.assertEqual(result.returncode, 3)
        self.assertEqual([path.name for path in self.folder.iterdir()], [])

    def debug(self, connect, *options):
        """A debugger comes after the guest has started, asks where it stands, and ends it."""
        with subprocess.Popen([HYPSIM, "run", *RUN, "--gdb-wait", *options, GUESTS], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, cwd=self.folder, text=True) as process:
            where = process.stderr.readline().split()[-1]
            deadline = time.monotonic() + TIMEOUT
            while int(status(process.pid)["Seccomp_filters"]) == filters_of_this_process():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            with connect(where) as client:
                client.sendall(b"+$?#3f")
                answer = b""
                while b"#" not in answer:
                    answer += client.recv(100)
                client.sendall(b"+$k#6b")
                process.communicate(timeout=TIMEOUT)
            return answer

    def test_a_debugger_by_a_socket_file(self):
        def connect(_):
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(self.folder / "gdb.sock"))
            return client

        self.assertRegex(self.debug(connect, "--gdb", "unix:gdb.sock"), rb"\$[ST]05")
        self.assertEqual([path.name for path in self.folder.iterdir()], [], "the socket is removed")

    def test_a_debugger_by_a_port(self):
        def connect(where):
            host, port = where.split(":")
            return socket.create_connection((host, int(port)))

        self.assertRegex(self.debug(connect, "--gdb", "0"), rb"\$[ST]05")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
