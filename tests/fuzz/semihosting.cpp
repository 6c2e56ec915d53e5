// SPDX-License-Identifier: Apache-2.0
// Semihosting calls with any operation and parameter block, from a core with and without address translation. The
// folder of the guest's files has one file and a link that leads out of it.
#include "sim/mpcore/semihosting.h"

#include <sys/stat.h>

#include <filesystem>

#include "tests/fuzz/input.h"
#include "tests/support/flat_machine.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace hypsim;
constexpr u32 kRam = test::FlatMachine::kRam, kBlock = kRam + 0x100, kName = kRam + 0x800, kBuffer = kRam + 0xF80;
constexpr u64 kRamSize = 1 << 14;

/// The guest's folder inside another one, whose contents no guest may touch.
class Folder {
 public:
  Folder() {
    std::filesystem::create_directory(outside_ / "files");
    std::FILE* secret = std::fopen((outside_ / "secret").c_str(), "w");
    std::fputs("secret", secret);
    std::fclose(secret);
  }
  std::string root() { return (outside_ / "files").string(); }
  /// As it was at the start.
  void clear() {
    for (const auto& entry : std::filesystem::directory_iterator(root())) std::filesystem::remove_all(entry);
    std::FILE* file = std::fopen((outside_ / "files/file").c_str(), "w");
    std::fputs("contents of the file\n", file);
    std::fclose(file);
    std::filesystem::create_symlink("../secret", outside_ / "files/out");
    std::filesystem::create_symlink("../new", outside_ / "files/dangling");
    std::filesystem::create_directory(outside_ / "files/folder");
    mkfifo((outside_ / "files/fifo").c_str(), 0600);
  }
  void check_outside() {
    struct stat status {};
    fuzz::check(stat((outside_ / "secret").c_str(), &status) == 0 && status.st_size == 6, "a file outside has changed");
    fuzz::check(std::distance(std::filesystem::directory_iterator(outside_.name()), {}) == 2, "a file outside is new");
  }

 private:
  test::TemporaryFolder outside_;
};

void put_name(fuzz::Input& input, test::FlatMachine& machine, u32* block) {
  static constexpr std::string_view kNames[] = {
      ":tt",    ":semihosting-features", "file",       "new", "out", "dangling", "../secret", "/etc/passwd", ".", "",
      "folder", "folder/../file",        "folder/new", "..",  "fifo"};
  const u8 pick = input.byte();
  const std::string_view name = pick < std::size(kNames) ? kNames[pick] : input.bytes(pick);
  std::memcpy(machine.bus.at(kName, 256), name.data(), name.size());
  block[0] = kName;
  block[1] = input.byte() % 13;
  block[2] = static_cast<u32>(name.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  static Folder folder;
  static test::FlatMachine machine(kRamSize);
  folder.clear();
  fuzz::Input input(data, size);
  BufferBackend console;
  console.feed("typed\n");
  const u8 how = input.byte();
  machine.core.state().big_endian = (how & 1) != 0;
  Semihosting semihosting({.command_line = "program with arguments",
                           .console = (how & 2) != 0 ? nullptr : &console,
                           .file_root = (how & 4) != 0 ? "" : folder.root()});
  constexpr unsigned kMostCalls = 32;
  for (unsigned n = 0; n < kMostCalls && !input.empty(); ++n) {
    const u8 op = input.byte();
    u32 block[4] = {input.byte() % 6u, kBuffer, input.byte(), 0};
    if (op == 1) put_name(input, machine, block);
    const u8 odd = input.byte();
    if (odd < 0x20) block[odd & 3] = input.word();
    for (unsigned i = 0; i < 4; ++i)
      machine.bus.set_word(kBlock + 4 * i, (how & 1) != 0 ? __builtin_bswap32(block[i]) : block[i]);
    u32 parameter = odd >= 0x20 && odd < 0x28 ? input.word() : kBlock;
    // A string without an end takes long on the way to the end of memory alone.
    if (op == 4) machine.bus.set_word(kRam + kRamSize - 4, 0);
    u32 result = 0;
    if (!semihosting.call(machine.core, op == 0xFF ? input.word() : op & 0x3F, parameter, result)) {
      fuzz::check(semihosting.exited(), "ended without an exit");
      break;
    }
  }
  folder.check_outside();
  return 0;
}
