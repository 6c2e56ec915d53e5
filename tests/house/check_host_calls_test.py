# SPDX-License-Identifier: Apache-2.0
"""Shows that check_host_calls.py does find reads and writes, and takes nothing else for one."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from check_host_calls import violations  # noqa: E402

BAD = ["::write(1, text, 3);", "n = ::read(input_, data, max);", "write(STDOUT_FILENO, text, 3);", "if (write(fd, text, 3) < 0) return;",
       'std::FILE* f = std::fopen(name, "r");', "fwrite(text, 1, 3, f);", "std::ofstream out(name);", "std::ifstream in(name);",
       "std::cout << text;", 'fmt::print(stderr, "x");', "#include <fstream>", 'printf("x");', "pwrite(file_, text, 3, 0);", "fdatasync(fd);",
       "::rename(a, b);", "std::fflush(stdout);"]
GOOD = ["bool Chain::write(DmaPort& dma, u64 offset) {", "backend_.write(&character, 1);", "host::calls().read(input_, data, max);",
        "// ::write(1) is not called", 'text = "::write(1) printf(x)";', "std::getline(lines, line);", "snprintf(name, 3, format);",
        "while (read(pa, 4, attr)) {", "host::print_error(line);", "driver.queues[0].send(1, 2);", "std::ostringstream text;"]

with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name)
    (root / "sim/host").mkdir(parents=True)
    (root / "platforms").mkdir()
    (root / "sim/host/io.cpp").write_text("\n".join(BAD))
    file = root / "sim/cli/x.cpp"
    file.parent.mkdir()
    for line in BAD:
        file.write_text(f"\n{line}\n")
        assert len(violations(root)) == 1, (line, violations(root))
    for line in GOOD:
        file.write_text(line)
        assert violations(root) == [], (line, violations(root))
    file.write_text("/* ::write(1)\n ::read(0) */\nfwrite(a, b, c, d);\n")
    assert [v.split(": ")[0] for v in violations(root)] == ["sim/cli/x.cpp:3"], violations(root)
print("ok")
