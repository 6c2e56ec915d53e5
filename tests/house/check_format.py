#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every C and C++ file is laid out as .clang-format says. Usage: check_format.py CLANG_FORMAT ROOT [--mend]
With --mend the files are changed instead."""
import pathlib
import subprocess
import sys

FOLDERS = ("sim", "platforms", "firmware", "tests", "bench")
SUFFIXES = {".cpp", ".h", ".c"}


def main():
    clang_format, root, *options = sys.argv[1:]
    files = sorted(str(path) for folder in FOLDERS for path in pathlib.Path(root, folder).rglob("*") if path.suffix in SUFFIXES)
    if not files:
        return f"{root}: no sources found"
    mode = ["-i"] if "--mend" in options else ["--dry-run", "--Werror"]
    checked = subprocess.run([clang_format, *mode, *files], stderr=subprocess.PIPE, text=True)
    complaints = [line for line in checked.stderr.splitlines() if ": error:" in line]
    if checked.returncode != 0:
        return "\n".join(complaints[:20] or [checked.stderr]) + f"\nmend it: {sys.argv[0]} {clang_format} {root} --mend"
    print(f"{len(files)} files")
    return None


if __name__ == "__main__":
    sys.exit(main())
