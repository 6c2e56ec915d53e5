// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/assembler.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "sim/base/elf_view.h"
#include "sim/base/error.h"
#include "sim/cpu/translate/translator.h"
#include "sim/host/folder.h"
#include "sim/host/io.h"
#include "sim/host/subprocess.h"
#include "sim/text/number.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/instruction_text.h"

namespace hypsim::trap {
namespace {

constexpr u32 kSlotBytes = 16;
constexpr const char *kSourceName = "vectors.s", *kObjectName = "vectors.o";
constexpr const char* kSourceLine = "vectors.s:";  // what a complaint begins with
constexpr off_t kMaxObject = off_t{64} << 20;

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path =
        (std::filesystem::absolute(std::filesystem::temp_directory_path()) / "hypsim-as-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr)
      throw InputError(fmt::format("{}: {}; set TMPDIR to a folder that can be written", path, std::strerror(errno)));
    path_ = path;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

  void write(const char* name, const std::string& text) const {
    const File file(*this, name, O_WRONLY | O_CREAT | O_TRUNC);
    if (file.fd < 0 || !host::write_all(file.fd, text.data(), text.size()))
      throw InputError(fmt::format("{}/{}: {}; free some space or set TMPDIR", path_, name, std::strerror(errno)));
  }
  /// The bytes of a regular file; none if it is not there or huge.
  std::vector<u8> read(const char* name) const {
    const File file(*this, name, O_RDONLY);
    const off_t size = file.fd < 0 ? 0 : lseek(file.fd, 0, SEEK_END);
    std::vector<u8> bytes(size > 0 && size <= kMaxObject ? static_cast<std::size_t>(size) : 0);
    if (!bytes.empty() && host::pread_all(file.fd, bytes.data(), bytes.size(), 0) != size) bytes.clear();
    return bytes;
  }

 private:
  struct File {
    File(const TemporaryFolder& folder, const char* name, int flags)
        : fd(host::Folder(folder.path_, "TMPDIR").open(name, flags)) {}
    ~File() {
      if (fd >= 0) host::calls().close(fd);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int fd;
  };
  std::string path_;
};

/// What the assembler has written: the instructions in their slots, the length of each, and nothing else.
struct ObjectFile {
  std::span<const u8> text, lengths, relocations;

  ObjectFile(const std::vector<u8>& bytes, std::size_t slots) {
    const ElfView elf(bytes);
    for (const ElfSection& section : elf.sections()) {
      if (section.name == ".text")
        text = section.bytes;
      else if (section.name == ".hypsim_lengths")
        lengths = section.bytes;
      else if (section.name == ".rel.text")
        relocations = section.bytes;
      else if ((section.header.sh_flags & SHF_ALLOC) != 0 && section.header.sh_size != 0)
        no_object();
    }
    if (text.size() != slots * kSlotBytes || lengths.size() != slots) no_object();
  }
  [[noreturn]] static void no_object() {
    throw InputError("the assembler wrote no ELF object of these instructions; check what HYPSIM_AS or PATH names");
  }
};

std::string assembler_name() {
  const char* named = std::getenv("HYPSIM_AS");
  return named != nullptr && *named != '\0' ? named : "arm-none-eabi-as";
}

[[noreturn]] void cannot_run(const std::string& why) {
  throw InputError(
      fmt::format("{}: {}; install binutils-arm-none-eabi, set HYPSIM_AS, or give the instruction as 0x...",
                  assembler_name(), why));
}

/// Runs the assembler; returns what it said. `ok` tells whether it was content.
std::string run_assembler(const TemporaryFolder& folder, bool& ok) {
  const std::string program = host::find_program(assembler_name());
  if (program.empty()) cannot_run("No such program");
  const char* path = std::getenv("PATH");
  const host::ChildResult result = host::run_program(
      {program, "-mcpu=cortex-a15", "-mfpu=neon-vfpv4", "-o", kObjectName, kSourceName},
      {fmt::format("PATH={}", path != nullptr ? path : ""), "LC_ALL=C", "TMPDIR=" + folder.path()}, folder.path());
  if (!result.failure.empty()) cannot_run(result.failure);
  if (result.exit_code == 127) cannot_run("cannot be run");
  ok = result.exit_code == 0;
  return result.output;
}

bool is_encoding(const std::string& text) { return text.starts_with("0x") || text.starts_with("0X"); }

Instruction from_encoding(const Source& s) {
  const u32 word = static_cast<u32>(text::number(s.text, s.where, text::bits(32)));
  const Instruction instruction{word, s.isa};
  if (s.isa == Isa::A32) return instruction;
  // ARM DDI 0406C A6.1: the first halfword says how long the instruction is.
  const bool fits = s.isa == Isa::T16 ? word <= 0xFFFF && !isa::is_t32_prefix(word) : isa::is_t32_prefix(word >> 16);
  if (!fits)
    throw InputError(fmt::format("{}: {} is no {} instruction; write {}", s.where, s.text, isa_name(s.isa),
                                 s.isa == Isa::T16 ? "a halfword, or \"isa\" t32"
                                                   : "the first halfword in front, as in 0xf3af8003, or \"isa\" t16"));
  return instruction;
}

/// The first complaint about a line of the source, without the file's name.
[[noreturn]] void report(const std::string& messages, const std::vector<const Source*>& by_line) {
  std::istringstream lines(messages);
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t at = line.find(kSourceLine);
    const std::size_t error = line.find("Error: ");
    if (at == std::string::npos || error == std::string::npos) continue;
    const u32 number = static_cast<u32>(std::strtoul(line.c_str() + at + std::strlen(kSourceLine), nullptr, 10));
    if (number < by_line.size() && by_line[number] != nullptr) {
      const Source& s = *by_line[number];
      throw InputError(fmt::format("{}: \"{}\" does not assemble for {}: {}; correct it, or give the encoding as 0x...",
                                   s.where, s.text, isa_name(s.isa), line.substr(error + std::strlen("Error: "))));
    }
  }
  throw InputError(
      fmt::format("{} failed: {}; check its installation", assembler_name(), messages.substr(0, messages.find('\n'))));
}

}  // namespace

std::vector<Instruction> assemble(const std::vector<Source>& sources) {
  std::vector<Instruction> result(sources.size());
  std::vector<std::size_t> pending;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Source& s = sources[i];
    if (is_encoding(s.text)) {
      result[i] = from_encoding(s);
    } else {
      check_instruction_text(s.text, s.where);
      pending.push_back(i);
    }
  }
  if (pending.empty()) return result;

  // Each instruction starts a slot of its own, so that they do not shift each other; their lengths follow in a section.
  TemporaryFolder folder;
  std::vector<const Source*> by_line(1, nullptr);
  {
    std::string source;
    const auto emit = [&](const std::string& text, const Source* from) {
      source += text + '\n';
      by_line.push_back(from);
    };
    emit(".syntax unified", nullptr);
    emit(".arch_extension sec", nullptr);
    emit(".arch_extension virt", nullptr);
    emit(".arch_extension idiv", nullptr);
    for (std::size_t n = 0; n < pending.size(); ++n) {
      const Source& s = sources[pending[n]];
      emit(s.isa == Isa::A32 ? ".arm" : ".thumb", nullptr);
      emit(fmt::format(".org {}", n * kSlotBytes), &s);
      emit(fmt::format("hypsim_slot{}:", n), nullptr);
      emit(s.text, &s);
      emit(fmt::format("hypsim_end{}:", n), nullptr);
    }
    emit(fmt::format(".org {}", pending.size() * kSlotBytes), nullptr);
    emit(".section .hypsim_lengths", nullptr);
    for (std::size_t n = 0; n < pending.size(); ++n)
      emit(fmt::format(".byte hypsim_end{0} - hypsim_slot{0}", n), &sources[pending[n]]);
    folder.write(kSourceName, source);
  }
  bool ok = false;
  const std::string messages = run_assembler(folder, ok);
  if (!ok) report(messages, by_line);

  const std::vector<u8> written = folder.read(kObjectName);
  const ObjectFile object(written, pending.size());
  constexpr std::size_t kRelocationBytes = sizeof(Elf32_Rel);
  for (std::size_t at = 0; at + kRelocationBytes <= object.relocations.size(); at += kRelocationBytes) {
    u32 offset = 0;
    std::memcpy(&offset, object.relocations.data() + at, 4);
    const Source& s = sources[pending[std::min<std::size_t>(offset / kSlotBytes, pending.size() - 1)]];
    throw InputError(
        fmt::format("{}: \"{}\" refers to a symbol; write the address or offset instead", s.where, s.text));
  }
  for (std::size_t n = 0; n < pending.size(); ++n) {
    const Source& s = sources[pending[n]];
    const u32 length = object.lengths[n];
    const u32 wanted = s.isa == Isa::T16 ? 2 : 4;
    if (length != wanted) {
      const char* remedy = s.isa == Isa::T32 && length == 2   ? "add .w to the mnemonic, or \"isa\" t16"
                           : s.isa == Isa::T16 && length == 4 ? "use a form with a 16-bit encoding, or \"isa\" t32"
                                                              : "write one instruction";
      throw InputError(fmt::format("{}: \"{}\" assembles to {} bytes, not to one {} instruction; {}", s.where, s.text,
                                   length, isa_name(s.isa), remedy));
    }
    const u8* at = object.text.data() + n * kSlotBytes;
    const u32 first = at[0] | u32{at[1]} << 8, second = length == 4 ? at[2] | u32{at[3]} << 8 : 0;
    result[pending[n]] = {s.isa == Isa::A32   ? first | second << 16
                          : s.isa == Isa::T32 ? first << 16 | second
                                              : first,
                          s.isa};
  }
  return result;
}

Instruction assemble(const Source& source) { return assemble(std::vector<Source>{source}).front(); }

}  // namespace hypsim::trap
