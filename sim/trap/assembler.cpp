// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/assembler.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>

#include "sim/base/error.h"
#include "sim/cpu/translate/translator.h"
#include "sim/host/input_file.h"
#include "sim/host/output_file.h"
#include "sim/text/number.h"

extern char** environ;

namespace hypsim::trap {
namespace {

constexpr u32 kSlotBytes = 16;

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "hypsim-as-XXXXXX").string();
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
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The sections of a 32-bit little-endian ELF object that the assembler has just written.
class ObjectFile {
 public:
  explicit ObjectFile(const std::string& file) : bytes_(host::read_text(file)) {
    const u32 table = word(32);
    const u32 entry = half(46), count = half(48), names = half(50);
    const u32 names_at = word(table + names * entry + 16);
    for (u32 i = 0; i < count; ++i) {
      const u32 header = table + i * entry;
      sections_[std::string(bytes_.c_str() + names_at + word(header))] = {word(header + 16), word(header + 20)};
    }
  }
  std::string section(const std::string& name) const {
    const auto it = sections_.find(name);
    return it == sections_.end() ? std::string() : bytes_.substr(it->second.first, it->second.second);
  }

 private:
  u32 half(u32 at) const { return number(at, 2); }
  u32 word(u32 at) const { return number(at, 4); }
  u32 number(u32 at, u32 size) const {
    u32 value = 0;
    if (at + size > bytes_.size())
      throw InputError("the assembler wrote no ELF object; check what HYPSIM_AS or PATH names");
    std::memcpy(&value, bytes_.data() + at, size);
    return value;
  }
  std::string bytes_;
  std::map<std::string, std::pair<u32, u32>> sections_;
};

std::string assembler_program() {
  const char* named = std::getenv("HYPSIM_AS");
  return named != nullptr && *named != '\0' ? named : "arm-none-eabi-as";
}

/// Runs the assembler; returns what it said. `ok` tells whether it was content.
std::string run_assembler(const TemporaryFolder& folder, bool& ok) {
  const std::string program = assembler_program(), source = folder.file("vectors.s"), object = folder.file("vectors.o"),
                    messages = folder.file("messages");
  std::vector<std::string> words = {program, "-mcpu=cortex-a15", "-mfpu=neon-vfpv4", "-o", object, source};
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw InputError(
        fmt::format("{}: {}; install binutils-arm-none-eabi, set HYPSIM_AS, or give the instruction as 0x...", program,
                    std::strerror(error)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    throw InputError(fmt::format(
        "{}: cannot be run; install binutils-arm-none-eabi, set HYPSIM_AS, or give the instruction as 0x...", program));
  ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return host::read_text(messages);
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
    const std::size_t at = line.find("vectors.s:");
    const std::size_t error = line.find("Error: ");
    if (at == std::string::npos || error == std::string::npos) continue;
    const u32 number = static_cast<u32>(std::strtoul(line.c_str() + at + std::strlen("vectors.s:"), nullptr, 10));
    if (number < by_line.size() && by_line[number] != nullptr) {
      const Source& s = *by_line[number];
      throw InputError(fmt::format("{}: \"{}\" does not assemble for {}: {}; correct it, or give the encoding as 0x...",
                                   s.where, s.text, isa_name(s.isa), line.substr(error + std::strlen("Error: "))));
    }
  }
  throw InputError(fmt::format("{} failed: {}; check its installation", assembler_program(),
                               messages.substr(0, messages.find('\n'))));
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
      // A line end or a separator would make two instructions, or a directive, of one.
      if (s.text.find_first_of("\n\r;") != std::string::npos || s.text.find_first_not_of(" \t") == std::string::npos ||
          s.text[s.text.find_first_not_of(" \t")] == '.')
        throw InputError(
            fmt::format("{}: \"{}\" is not one instruction; write assembler text such as \"mrc p15, 0, r0, c1, c0, 0\"",
                        s.where, s.text));
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
    host::OutputStream out(folder.file("vectors.s"), "the assembler's input");
    out.write(source);
    out.finish();
  }
  bool ok = false;
  const std::string messages = run_assembler(folder, ok);
  if (!ok) report(messages, by_line);

  const ObjectFile object(folder.file("vectors.o"));
  const std::string text = object.section(".text"), lengths = object.section(".hypsim_lengths");
  const std::string relocations = object.section(".rel.text");
  constexpr std::size_t kRelocationBytes = 8;
  for (std::size_t at = 0; at + kRelocationBytes <= relocations.size(); at += kRelocationBytes) {
    u32 offset = 0;
    std::memcpy(&offset, relocations.data() + at, 4);
    const Source& s = sources[pending[std::min<std::size_t>(offset / kSlotBytes, pending.size() - 1)]];
    throw InputError(
        fmt::format("{}: \"{}\" refers to a symbol; write the address or offset instead", s.where, s.text));
  }
  for (std::size_t n = 0; n < pending.size(); ++n) {
    const Source& s = sources[pending[n]];
    const u32 length = n < lengths.size() ? static_cast<u8>(lengths[n]) : 0;
    const u32 wanted = s.isa == Isa::T16 ? 2 : 4;
    if (length != wanted || (n + 1) * kSlotBytes > text.size()) {
      const char* remedy = s.isa == Isa::T32 && length == 2   ? "add .w to the mnemonic, or \"isa\" t16"
                           : s.isa == Isa::T16 && length == 4 ? "use a form with a 16-bit encoding, or \"isa\" t32"
                                                              : "write one instruction";
      throw InputError(fmt::format("{}: \"{}\" assembles to {} bytes, not to one {} instruction; {}", s.where, s.text,
                                   length, isa_name(s.isa), remedy));
    }
    const u8* at = reinterpret_cast<const u8*>(text.data()) + n * kSlotBytes;
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
