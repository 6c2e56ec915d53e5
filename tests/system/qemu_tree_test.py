#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the trees of QEMU's virt machine name registers or memory, our boards of the same map have a device of that kind.

Usage: qemu_tree_test.py QEMU PLATFORMS
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

QEMU, PLATFORMS = sys.argv[1:3]
# compatible -> our type; the interrupt controller's frames are not devices of the file.
KINDS = {"virtio,mmio": "virtio-mmio", "arm,pl011": "pl011", "arm,pl031": "pl031", "arm,pl061": "pl061", "cfi-flash": "flash",
         "arm,gic-v2m-frame": "gicv2m", "qemu,fw-cfg-mmio": "absent", "pci-host-ecam-generic": "absent", "qemu,platform": "absent"}


def nodes(blob):
    """Path and properties of each node of a flattened tree."""
    words = struct.unpack_from(">10I", blob)
    at, strings = words[2], words[3]
    path, properties = [], []
    while True:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == 1:
            end = blob.index(0, at)
            path.append(blob[at:end].decode())
            properties.append({})
            at = end + 4 & ~3
        elif token == 2:
            yield "/".join(path) or "/", properties[-1]
            path.pop()
            properties.pop()
        elif token == 3:
            size, name = struct.unpack_from(">2I", blob, at)
            start = strings + name
            properties[-1][blob[start:blob.index(0, start)].decode()] = blob[at + 8:at + 8 + size]
            at = at + 8 + size + 3 & ~3
        elif token == 9:
            return


def ranges(data):
    """Pairs of two cells each."""
    values = struct.unpack(f">{len(data) // 8}Q", data)
    return list(zip(values[::2], values[1::2]))


class QemuTree(unittest.TestCase):
    def dumped(self, options):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "tree")
            subprocess.run([QEMU, "-M", f"virt,gic-version=2,{options},dumpdtb={file}", "-cpu", "cortex-a15", "-m", "1024", "-nographic"],
                           check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            return file.read_bytes()

    def check(self, options, board_name):
        board = json.loads(pathlib.Path(PLATFORMS, board_name).read_text(encoding="utf-8"))
        number = lambda text: int(text, 0) if not text.endswith("iB") else int(text[:-3]) << {"K": 10, "M": 20, "G": 30}[text[-3]]
        devices = {number(d["base"]): d for d in board["devices"]}
        size = lambda d: number(d["size"]) if "size" in d else {"virtio-mmio": 0x200}.get(d["type"], 0x1000)
        seen = set()
        for path, properties in nodes(self.dumped(options)):
            kinds = [text for text in properties.get("compatible", b"").decode().split("\0") if text in KINDS]
            memory = properties.get("device_type") == b"memory\0"
            if not kinds and not memory:
                continue
            kind = KINDS[kinds[0]] if kinds else ("sram" if "secram" in path else "ram")
            secure = properties.get("secure-status") == b"okay\0"
            where = ranges(properties["reg"]) if "reg" in properties else [struct.unpack_from(">4xQI", properties["ranges"])]
            for base, length in where:
                with self.subTest(board=board_name, node=path, base=hex(base)):
                    device = devices[base]
                    self.assertEqual((device["type"], device.get("secure", False)), (kind, secure))
                    self.assertGreaterEqual(size(device), length)
                    if "interrupts" in properties:
                        self.assertEqual(struct.unpack_from(">2I", properties["interrupts"]), (0, device["spi"]))
                    seen.add(kind)
            for _, base, length in struct.iter_unpack(">12sQQ", properties["ranges"]) if "pci" in path else ():
                if base >> 32 == 0:  # the window above 4 GB has nothing that could be put there
                    with self.subTest(board=board_name, node=path, window=hex(base)):
                        self.assertEqual((devices[base]["type"], size(devices[base]), devices[base]["reads"]), ("absent", length, "ones"))
        self.assertLessEqual({"ram", "absent", "virtio-mmio", "pl011", "pl031", "pl061", "flash", "gicv2m"}, seen)

    def test_virt(self):
        self.check("virtualization=on", "virt-a15.json")

    def test_virt_secure(self):
        self.check("secure=on", "virt-a15-secure.json")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
