#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a guest can do to the files of the host, and what it is told when the host fails. Usage: semihosting_files_test.py HYPSIM GUEST.ELF"""
import ctypes
import errno
import os
import pathlib
import re
import resource
import struct
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST = sys.argv[1:3]
R, RW, W, A = 0, 2, 4, 8  # modes of SYS_OPEN


def run(*options, **kwargs):
    return subprocess.run([HYPSIM, "run", "--functional", "--semihosting", "--entry", "secure", *map(str, options), GUEST],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, **kwargs)


def refuse_openat2(answer):
    """Makes the kernel answer openat2() with an error, as an old one or a container's filter does."""
    def install():
        libc = ctypes.CDLL(None, use_errno=True)
        filters = b"".join(struct.pack("HBBI", *f) for f in (
            (0x20, 0, 0, 0),               # load the number of the call
            (0x15, 0, 1, 437),             # openat2?
            (0x06, 0, 0, 0x00050000 | answer),
            (0x06, 0, 0, 0x7FFF0000)))
        buffer = ctypes.create_string_buffer(filters)
        program = struct.pack("HxxxxxxP", 4, ctypes.addressof(buffer))
        if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    return install


def file_size(limit):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


class Files(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.outside = pathlib.Path(temporary.name)
        self.folder = self.outside / "folder"
        self.folder.mkdir()

    def guest(self, *arguments, **kwargs):
        """What the guest says of each file, by name, and what hypsim says."""
        result = run("--files", self.folder, "--args", " ".join(arguments), **kwargs)
        self.assertEqual(result.returncode, 0, result.stderr)
        return dict(line.split(":", 1) for line in result.stdout.splitlines() if ":" in line), result.stderr

    def test_files_of_the_folder(self):
        (self.folder / "in").write_text("text of the host")
        answers, errors = self.guest(f"out:{W}:3", f"in:{R}", f"/in:{R}", f"none:{R}")
        self.assertEqual(answers, {"in": " length 16 read text of the host", "/in": " length 16 read text of the host",
                                   "out": " left 0 left 0 left 0", "none": " open errno 2"})
        self.assertEqual((self.folder / "out").read_bytes(), bytes(3000))
        self.assertEqual(errors, "")

    def test_nothing_outside(self):
        (self.outside / "secret").write_text("secret")
        (self.folder / "sub").mkdir()
        for name, target in (("dangling", self.outside / "new"), ("up", "../new"), ("folder_link", self.outside),
                             ("file_link", self.outside / "secret")):
            (self.folder / name).symlink_to(target)
        os.mkfifo(self.folder / "fifo")
        names = ["../secret", "sub/../../secret", "dangling", "up", "folder_link/secret", "folder_link/new", "file_link", "fifo", "sub", ".", "", "/"]
        for walk in (None, refuse_openat2(errno.ENOSYS), refuse_openat2(errno.EPERM)):
            for mode in (R, RW, W, A):
                answers, errors = self.guest(*(f"{name}:{mode}" for name in names), preexec_fn=walk)
                self.assertEqual(len(answers), len(names), answers)
                for name, answer in answers.items():
                    self.assertRegex(answer, "^ open errno [0-9]+$", name)
                self.assertEqual(errors, "hypsim: the guest asked for opening a file outside the allowed folder: refused\n")
                self.assertEqual(sorted(os.listdir(self.outside)), ["folder", "secret"])
                self.assertEqual((self.outside / "secret").read_text(), "secret")

    def test_the_walk_without_openat2_opens_files_too(self):
        (self.folder / "sub").mkdir()
        for answer in (errno.ENOSYS, errno.EPERM):
            answers, _ = self.guest(f"sub/new:{W}:1", f"sub//./new:{R}", preexec_fn=refuse_openat2(answer))
            self.assertEqual(answers["sub/new"], " left 0")
            self.assertRegex(answers["sub//./new"], "^ length 1000 ")
            (self.folder / "sub/new").unlink()

    def test_files_that_may_not_grow(self):
        answers, _ = self.guest(f"out:{W}:3", preexec_fn=file_size(1500))
        self.assertEqual(answers["out"], f" left 0 left 500 errno {errno.EFBIG} left 1000 errno {errno.EFBIG}")
        self.assertEqual((self.folder / "out").read_bytes(), bytes(1500))

    def test_outputs_that_may_not_grow(self):
        """Under `ulimit -f` every output says that it cannot be written; nothing ends by a signal."""
        for options in (["--serial", "out"], ["--trace", "out"], ["--write-dtb", "out"]):
            result = run("--files", self.folder, "--args", f"none:{R} " * 30, *options, preexec_fn=file_size(256), cwd=self.outside)
            self.assertEqual(result.returncode, 2, (options, result.stderr))
            self.assertRegex(result.stderr, "out.*", options)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_no_folder(self):
        (self.outside / "file").write_text("x")
        for name in ("file", "none"):
            result = run("--files", self.outside / name)
            self.assertEqual(result.returncode, 2)
            self.assertRegex(result.stderr, f"^hypsim: --files {re.escape(str(self.outside / name))}: .*\n$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
