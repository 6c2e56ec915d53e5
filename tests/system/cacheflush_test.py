#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's Linux without LPAE keeps user memory from the kernel by a domain without access (CPU_SW_DOMAIN_PAN): its cacheflush
system call maintains what it may not read. Usage: cacheflush_test.py HYPSIM FETCH_GUESTS PROGRAM"""
import gzip
import importlib.machinery
import importlib.util
import pathlib
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HYPSIM, FETCH, PROGRAM = sys.argv[1:4]
WANTED = ("cacheflush: returns 0", "cacheflush: new code runs", "cacheflush: no memory is EFAULT", "reboot: Power down")
TROUBLE = ("Kernel panic", "Internal error", "BUG:", "WARNING: CPU")


def initramfs():
    loader = importlib.machinery.SourceFileLoader("fetch_guests", FETCH)
    made = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch_guests", loader))
    loader.exec_module(made)
    entries = (made.cpio_entry("dev", stat.S_IFDIR | 0o755), made.cpio_entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)),
               made.cpio_entry("init", stat.S_IFREG | 0o755, pathlib.Path(PROGRAM).read_bytes()), made.cpio_entry("TRAILER!!!", 0))
    return gzip.compress(b"".join(entries), mtime=0)


def main():
    guests = pathlib.Path(subprocess.run([FETCH, "--armmp"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd.gz"
        initrd.write_bytes(initramfs())
        for engine in ("jit", "interp"):
            result = subprocess.run([HYPSIM, "run", "--functional", "--engine", engine, "--initrd", str(initrd), "--append", "console=ttyAMA0 panic=-1",
                                     str(guests / "vmlinuz-armmp")], stdin=subprocess.DEVNULL, capture_output=True, timeout=1500, check=False)
            console = result.stdout.decode(errors="replace")
            missing = [line for line in WANTED if line not in console] + [line for line in TROUBLE if line in console]
            if result.returncode != 0 or missing:
                return f"--engine {engine}: exit code {result.returncode}, {missing}\n{console[-4000:]}{result.stderr.decode(errors='replace')[-500:]}"
    return None


if __name__ == "__main__":
    sys.exit(main())
