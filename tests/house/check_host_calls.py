# SPDX-License-Identifier: Apache-2.0
"""Checks that files, pipes and standard streams of the host are read and written in sim/host alone (docs/design.md, "The
rooms"): there a test can make every call fail, results are not lost and inputs not destroyed.

Usage: check_host_calls.py ROOT. Prints one line a violation; exit 1 if there is any."""
import pathlib
import re
import sys

# What stays, and why.
ALLOWED = {
    "sim/debug/connection.cpp": "a socket with time-outs of its own",
    "sim/cpu/jit/code_buffer.cpp": "memory without a name, for generated code",
    "sim/periph/virtio/user_network_confinement.cpp": "what a process says of itself",
}
# `write` and the like are names of our own functions too: they count with :: in front of them, or with a descriptor.
CALLS = "read|write|pread|pwrite|readv|writev|send|recv|sendto|recvfrom|sendmsg|recvmsg|rename|fsync|fdatasync|ftruncate|truncate|close_range"
ALWAYS = ("fopen|fdopen|freopen|fread|fwrite|fputs|fputc|fprintf|vfprintf|printf|vprintf|puts|putchar|putc|perror|fflush|fgets|fgetc|"
          "getline|tmpfile|pread|pwrite|readv|writev|fsync|fdatasync|ftruncate")
FORBIDDEN = [
    re.compile(rf"(?<![\w>])::({CALLS})\s*\("),
    re.compile(r"(?<![\w.>:])(read|write|send|recv)\s*\(\s*(fd|fd_|file_|output_|input_|client_|STD(IN|OUT|ERR)_FILENO|[012]\s*,)"),
    re.compile(rf"(?<![\w.>:])(std::)?({ALWAYS})\s*\("),
    re.compile(r"std::(basic_)?[io]?f(stream|ilebuf)\b|std::w?(cout|cerr|clog|cin)\b|fmt::(v?print|output_file)\b"),
    re.compile(r"#\s*include\s*<(fstream|iostream|fmt/os\.h)>"),
]
# A comment or a string; std::getline of a string stream is no file.
SILENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|std::getline', re.DOTALL)


def violations(root: pathlib.Path):
    found = []
    files = [f for top in ("sim", "platforms") for f in (root / top).rglob("*") if f.suffix in (".h", ".cpp", ".inc")]
    for file in sorted(files):
        name = file.relative_to(root).as_posix()
        if name.startswith("sim/host/") or name in ALLOWED:
            continue
        text = file.read_text(encoding="utf-8")
        code = SILENT.sub(lambda m: "\n" * m.group().count("\n"), text)
        for number, line in enumerate(code.splitlines(), 1):
            for pattern in FORBIDDEN:
                if match := pattern.search(line):
                    found.append(f"{name}:{number}: {match.group().strip()}: goes by sim/host (input_file.h, output_file.h, standard_streams.h, io.h)")
                    break
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: check_host_calls.py ROOT")
    problems = violations(pathlib.Path(sys.argv[1]))
    print("\n".join(problems) if problems else "all reads and writes go by sim/host")
    sys.exit(1 if problems else 0)
