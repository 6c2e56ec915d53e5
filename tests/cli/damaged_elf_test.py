#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damaged ELF files: whatever is wrong in them, hypsim ends as it says it does. Usage: damaged_elf_test.py HYPSIM GUEST.ELF
HYPSIM_MUTATIONS=N in the environment takes N of each kind instead of the usual number."""
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST = sys.argv[1:3]
COUNT = int(os.environ.get("HYPSIM_MUTATIONS", "120"))
WORDS = (0, 1, 2, 3, 4, 7, 8, 16, 0x7F, 0x80, 0xFF, 0xFFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFC, 0xFFFFFFFF)


class Elf:
    """The guest, and where what lies in it."""
    def __init__(self):
        self.bytes = pathlib.Path(GUEST).read_bytes()
        self.program_headers, self.section_headers = struct.unpack_from("<II", self.bytes, 28)
        segments, _, self.sections, names = struct.unpack_from("<HHHH", self.bytes, 44)
        self.segments_end = self.program_headers + 32 * segments
        headers = [struct.unpack_from("<10I", self.bytes, self.section_headers + 40 * i) for i in range(self.sections)]
        name = lambda at: self.bytes[headers[names][4] + at:].split(b"\0")[0].decode()
        self.at = {name(h[0]): range(h[4], h[4] + h[5]) for h in headers if h[5] and h[1] != 8}

    def debug(self):
        return [at for name, places in self.at.items() if name.startswith(".debug") for at in places]

    def tables(self):
        """Everything that says where something is, and nothing that runs."""
        places = [*range(16, 52), *range(self.program_headers, self.segments_end)] * 3
        places += [*range(self.section_headers, self.section_headers + 40 * self.sections)] * 2
        return places + [at for name in (".symtab", ".strtab", ".shstrtab") for at in self.at[name]]


def mutated(elf, places, dice):
    data = bytearray(elf.bytes)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.choice(places)
        kind = dice.randrange(4)
        if kind == 0:
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            data[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        elif kind == 2:
            at = min(at & ~3, len(data) - 4)
            data[at:at + 4] = struct.pack("<I", dice.choice(WORDS))
        else:
            data[at:at + 8] = data[(there := dice.choice(places)):there + 8]
    return bytes(data[:dice.randrange(len(data))] if dice.randrange(20) == 0 else data)


class Damaged(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.image, self.page = pathlib.Path(temporary.name, "image.elf"), pathlib.Path(temporary.name, "page.html")

    def profile(self, data, *options):
        self.image.write_bytes(data)
        return subprocess.run([HYPSIM, "profile", "--functional", "--semihosting", "--max-insns", "100000", "--html", self.page,
                               *options, self.image], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)

    def run_of(self, data):
        self.image.write_bytes(data)
        return subprocess.run([HYPSIM, "run", "--functional", "--semihosting", "--max-insns", "1000", self.image],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)

    def test_the_guest_itself_has_lines(self):
        result = self.profile(Elf().bytes, "--lines")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn('"semihosting_files.c:', self.page.read_text())

    def test_debug_information(self):
        """The profile is there, its page too, and one line says why there are no lines."""
        elf, dice, refused = Elf(), random.Random(1), 0
        whole = self.profile(elf.bytes, "--lines").stdout
        for i in range(COUNT):
            data = mutated(elf, elf.debug(), dice)
            if len(data) < len(elf.bytes):
                continue
            result = self.profile(data, "--lines")
            self.assertEqual((result.returncode, result.stdout), (0, whole), (i, result.stderr))
            self.assertRegex(result.stderr, rb"\A(hypsim: --lines: [^\n]+; the listing names no lines\n)?\Z", i)
            refused += bool(result.stderr)
        self.assertTrue(0 < refused < COUNT, refused)

    def test_debug_information_that_asks_for_more_memory_than_there_is(self):
        elf = Elf()
        data = bytearray(elf.bytes)
        for i in range(elf.sections):
            at = elf.section_headers + 40 * i
            header = struct.unpack_from("<10I", data, at)
            if header[4] in (places.start for name, places in elf.at.items() if name.startswith(".debug")):
                struct.pack_into("<I", data, at + 8, header[2] | 0x800)  # SHF_COMPRESSED
                struct.pack_into("<III", data, header[4], 1, 0xF0000000, 1)
        result = self.profile(bytes(data), "--lines")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, rb"\Ahypsim: --lines: [^\n]+; the listing names no lines\n\Z")

    def test_tables(self):
        elf, dice, codes = Elf(), random.Random(2), []
        for i in range(3 * COUNT):
            result = self.run_of(mutated(elf, elf.tables(), dice))
            self.assertIn(result.returncode, (0, 2, 3), (i, result.stderr))
            self.assertNotIn(b"internal", result.stderr, i)
            if result.returncode == 2:
                self.assertRegex(result.stderr, rb"\Ahypsim: [^\n]+\n\Z", i)
            codes.append(result.returncode)
        self.assertGreater(codes.count(2), COUNT // 4)
        self.assertGreater(len(codes) - codes.count(2), COUNT // 4)

    def test_tables_of_a_profiled_image(self):
        elf, dice = Elf(), random.Random(3)
        for i in range(COUNT):
            result = self.profile(mutated(elf, elf.tables(), dice), *(["--lines"] if i % 2 else []))
            self.assertIn(result.returncode, (0, 2, 3), (i, result.stderr))
            if result.returncode == 2:
                self.assertRegex(result.stderr, rb"\Ahypsim: [^\n]+\n\Z", i)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
