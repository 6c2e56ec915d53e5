#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's Linux with its root file system on virtio block, a network card and a console, and with the power cut.

Usage: disk_test.py HYPSIM FETCH_GUESTS devices|read-only|xen|SIGKILL|SIGTERM [--platform NAME] [--tree NAME] [--timed] [--legacy] [--cores N] [--twice]
The image is a fresh copy of fetch-guests' root.ext4 that runs a script of the test's before it turns the power off.
  devices    the guest writes and reads files, asks DHCP for an address, reaches gateway and a server, uses the console
  read-only  the same image behind ,ro is not changed
  xen        Linux as Xen's dom0 has its root there
  SIG...     the signal ends hypsim while the guest writes: what it had synced is there, and the file system is sound"""
import argparse
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

PAGE = b"a page from the host\n"
TOOLS = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
APPEND = "console=ttyAMA0 panic=-1 hypsim=check root=/dev/vda"
NUMBERS = "".join(f"{n}\n" for n in range(1, 20001))
SYNCS_BEFORE_THE_CUT = 5

DEVICES = """
seq 1 20000 > /numbers
sync
echo 3 > /proc/sys/vm/drop_caches
cmp /numbers /given && echo "test: the disk gives back what it got"
ping -c 1 -W 5 10.0.2.2 > /dev/null && echo "test: the gateway answers"
echo "test: $(wget -q -O - http://10.0.2.2:PORT/page)"
exec 3<>/dev/hvc0
echo "a line for the virtio console" >&3
read typed <&3
echo "test: $typed"
echo "test: entropy $(head -c 16 /dev/hwrng | od -An -tx1)"
"""
READ_ONLY = """
cmp /numbers /given; [ "$(wc -l < /given)" = 20000 ] && echo "test: reading works"
echo x > /file || echo "test: writing does not"
dd if=/dev/zero of=/dev/vda count=1 2>/dev/null; sync
"""
XEN = """
seq 1 20000 > /numbers
sync
echo 3 > /proc/sys/vm/drop_caches
cmp /numbers /given && echo "test: the disk gives back what it got"
"""
# Each file is synced before its name is said; what the cut interrupts may be lost.
WRITE_ON = """
n=1
while true; do
  yes "file $n" | head -n 5000 > /f$n
  mkdir -p /d$n/e
  [ -e /f$((n-3)) ] && mv /f$((n-3)) /d$n/e/moved
  sync
  echo "test: synced $n"
  n=$((n+1))
done
"""


class Failure(Exception):
    pass


def tool(name, *arguments):
    return subprocess.run([shutil.which(name, path=TOOLS) or name, *map(str, arguments)], capture_output=True, text=True)


def make_image(guests, folder, script):
    image = folder / "root.ext4"
    shutil.copyfile(guests / "root.ext4", image)
    for name, content in (("test", script), ("given", NUMBERS)):
        (folder / name).write_text(content)
        written = tool("debugfs", "-w", "-R", f"write {folder / name} {name}", image)
        if read_back(image, f"/{name}") != content:
            raise Failure(f"debugfs: {written.stderr}")
    return image


def read_back(image, path):
    return tool("debugfs", "-R", f"cat {path}", image).stdout


def serve():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


class Typist:
    """The other end of the virtio console: types a line when the guest has said one."""

    def __init__(self, folder):
        self.spec = f"pipe:{folder}/hvc"
        for end in ("in", "out"):
            os.mkfifo(folder / f"hvc.{end}")
        self.input = os.open(folder / "hvc.in", os.O_RDWR)
        self.output = os.open(folder / "hvc.out", os.O_RDWR)
        self.heard = b""
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while b"virtio console" not in self.heard:
            self.heard += os.read(self.output, 4096)
        os.write(self.input, b"typed by the test\n")


def legacy_platform(name, folder):
    source = pathlib.Path(__file__).resolve().parents[2] / "platforms"
    platform = json.loads((source / f"{name}.json").read_text())
    for device in platform["devices"]:
        if device["type"] == "virtio-mmio":
            device["version"] = 1
    platform["mpcore"].pop("timing")
    path = folder / "legacy.json"
    path.write_text(json.dumps(platform))
    return path


def command(arguments, guests, folder, image, extra):
    platform = legacy_platform(arguments.platform, folder) if arguments.legacy else arguments.platform
    base = [arguments.hypsim, "run", *([] if arguments.timed else ["--functional"]), "--platform", platform, "--cores", arguments.cores, *extra]
    if arguments.tree:  # the kernel package's own, which knows no virtio
        base += ["--dtb", guests / "dtb" / f"{arguments.tree}.dtb"]
    if arguments.scenario == "xen":
        return base + ["--disk", image, "--append", "console=dtuart dom0_mem=512M noreboot", "--dom0", guests / "vmlinuz", "--dom0-initrd",
                       guests / "initrd.gz", "--dom0-append", APPEND.replace("ttyAMA0", "hvc0"), guests / "xen"]
    return base + ["--memory", "512MiB", "--disk", image, "--initrd", guests / "initrd.gz", "--append",
                   APPEND + (" ip=dhcp" if arguments.scenario == "devices" else ""), guests / "vmlinuz"]


def run_to_power_off(line):
    result = subprocess.run([*map(str, line)], stdin=subprocess.DEVNULL, capture_output=True)
    console = result.stdout.decode(errors="replace")
    print(console, result.stderr.decode(errors="replace"))
    if result.returncode != 0:
        raise Failure(f"hypsim ended with {result.returncode}")
    return console


def need(console, *markers):
    at = 0
    for marker in markers:
        found = console.find(marker, at)
        if found < 0:
            raise Failure(f'"{marker}" is missing')
        at = found + len(marker)


def need_sound(image):
    checked = tool("e2fsck", "-fn", image)
    print(checked.stdout)
    if checked.returncode != 0:
        raise Failure(f"e2fsck -fn: {checked.returncode}")


def devices(arguments, guests, folder):
    port = serve()
    image = make_image(guests, folder, DEVICES.replace("PORT", str(port)))
    typist = Typist(folder)
    extra = ["--net", "user,loopback", "--virtio-console", typist.spec, "--entropy-seed", "7"]
    text = run_to_power_off(command(arguments, guests, folder, image, extra))
    need(text, "guest: eth0 has 10.0.2.15/24, gateway 10.0.2.2", "guest: root on /dev/vda / ext4 rw", "test: the disk gives back what it got",
         "test: the gateway answers", f"test: {PAGE.decode().strip()}", "test: typed by the test", "test: entropy ", "guest: user space works", "reboot: Power down")
    need(typist.heard.decode(), "a line for the virtio console")
    need_sound(image)
    if read_back(image, "/numbers") != NUMBERS:
        raise Failure("the image does not have the file that the guest wrote")


def read_only(arguments, guests, folder):
    image = make_image(guests, folder, READ_ONLY)
    before = image.read_bytes()
    text = run_to_power_off(command(arguments, guests, folder, f"{image},ro", []))
    need(text, "guest: root on /dev/vda / ext4 ro", "test: reading works", "test: writing does not", "guest: user space works")
    if image.read_bytes() != before:
        raise Failure("the image changed")


def xen(arguments, guests, folder):
    runs = []
    for _ in range(2 if arguments.twice else 1):
        image = make_image(guests, folder, XEN)
        runs.append(run_to_power_off(command(arguments, guests, folder, image, [])))
        need(runs[-1], "guest: on xen", "guest: root on /dev/vda / ext4 rw", "test: the disk gives back what it got", "Hardware Dom0 halted")
        need_sound(image)
    if runs[0] != runs[-1]:
        raise Failure("two runs differ")


def cut(arguments, guests, folder):
    image = make_image(guests, folder, WRITE_ON)
    line = [*map(str, command(arguments, guests, folder, image, []))]
    synced = 0
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        for text in process.stdout:
            print(text, end="")
            if text.startswith("test: synced "):
                synced = int(text.split()[2])
                if synced == SYNCS_BEFORE_THE_CUT:
                    process.send_signal(getattr(signal, arguments.scenario))
    expected = -signal.SIGKILL if arguments.scenario == "SIGKILL" else 3
    if process.returncode != expected or synced < SYNCS_BEFORE_THE_CUT:
        raise Failure(f"ended with {process.returncode} after {synced} files")
    repaired = tool("e2fsck", "-fy", image)  # replays the journal
    print(repaired.stdout)
    if repaired.returncode not in (0, 1):
        raise Failure(f"e2fsck -fy: {repaired.returncode}")
    need_sound(image)
    for n in range(1, synced + 1):
        places = [read_back(image, path) for path in (f"/f{n}", f"/d{n + 3}/e/moved")]
        if f"file {n}\n" * 5000 not in places:
            raise Failure(f"file {n} was synced and is not there: {[len(p) for p in places]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hypsim")
    parser.add_argument("fetch")
    parser.add_argument("scenario", choices=("devices", "read-only", "xen", "SIGKILL", "SIGTERM"))
    parser.add_argument("--platform", default="virt-a15")
    parser.add_argument("--tree")
    parser.add_argument("--timed", action="store_true")
    parser.add_argument("--legacy", action="store_true")
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--twice", action="store_true")
    arguments = parser.parse_args()
    fetched = subprocess.run([arguments.fetch], stdout=subprocess.PIPE, text=True)
    if fetched.returncode != 0:
        return "the guests cannot be fetched"
    scenario = {"devices": devices, "read-only": read_only, "xen": xen}.get(arguments.scenario, cut)
    with tempfile.TemporaryDirectory() as folder:
        try:
            scenario(arguments, pathlib.Path(fetched.stdout.strip()), pathlib.Path(folder))
        except Failure as failure:
            return str(failure)
    return None


if __name__ == "__main__":
    sys.exit(main())
