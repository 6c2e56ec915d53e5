# SPDX-License-Identifier: Apache-2.0
"""What both tests of the GDB server need: hypsim as a process, and where it listens."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HYPSIM, GDB, GUEST, FIRMWARE = sys.argv[1:5]
TIMEOUT = 120


class Simulator:
    """hypsim run --json on a free port, or on `where`."""

    def __init__(self, image, *options, where="0", wait=True):
        command = [HYPSIM, "run", "--json", "--semihosting", "--serial", "none", "--gdb", where]
        command += ["--gdb-wait"] if wait else []
        self.process = subprocess.Popen([*command, *options, str(image)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        match = re.search(r"target remote (\S+)", line)
        if not match:
            raise AssertionError(f"hypsim does not listen: {line}")
        self.address = match[1]

    def finish(self):
        """The report and the exit code of a run that ends by itself."""
        out, self.errors = self.process.communicate(timeout=TIMEOUT)
        return (json.loads(out) if out else None), self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def run_plainly(image, *options):
    """The report of a run without a debugger."""
    result = subprocess.run([HYPSIM, "run", "--json", "--semihosting", "--serial", "none", *options, str(image)], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=TIMEOUT, check=True)
    return json.loads(result.stdout)


def gdb(address, image, *commands):
    """What GDB prints for `commands`, each answered behind a line `>>> command`."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "commands"
        lines = ["set pagination off", "set confirm off", "set width 0", f"target remote {address}"]
        for command in commands:
            # A block (commands ... end) is given as one text of several lines.
            lines += [f"echo >>> {command.splitlines()[0]}\\n", command]
        script.write_text("\n".join(lines) + "\n", encoding="utf-8")
        result = subprocess.run([GDB, "-nx", "-batch", "-x", script, str(image)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, check=False)
    return Answers(result.stdout)


class Answers:
    def __init__(self, text):
        self.text = text
        self.answers = {}
        name = ""
        for line in text.splitlines():
            if line.startswith(">>> "):
                name = line[4:]
                self.answers.setdefault(name, []).append([])
            elif name:
                self.answers[name][-1].append(line)

    def of(self, command, time=0):
        """The lines GDB printed for a command, the `time`th of that name."""
        if command not in self.answers:
            raise AssertionError(f"GDB did not get to '{command}':\n{self.text}")
        return "\n".join(self.answers[command][time])
