// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/code_image.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>

#include "sim/base/error.h"

namespace hypsim {

namespace {

class ElfFile {
 public:
  explicit ElfFile(const std::string& file) : fd_(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    elf_version(EV_CURRENT);
    if (fd_ >= 0) elf_ = elf_begin(fd_, ELF_C_READ, nullptr);
  }
  ~ElfFile() {
    if (elf_ != nullptr) elf_end(elf_);
    if (fd_ >= 0) close(fd_);
  }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;
  Elf* get() const { return elf_ != nullptr && elf_kind(elf_) == ELF_K_ELF ? elf_ : nullptr; }

 private:
  int fd_;
  Elf* elf_ = nullptr;
};

void add_ranges(Elf* elf, profile::CodeImage& image) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_PROGBITS ||
        (header.sh_flags & SHF_EXECINSTR) == 0)
      continue;
    const Elf_Data* bytes = elf_rawdata(section, nullptr);
    if (bytes == nullptr || bytes->d_buf == nullptr) continue;
    const u8* first = static_cast<const u8*>(bytes->d_buf);
    image.ranges.push_back({static_cast<u32>(header.sh_addr), std::vector<u8>(first, first + bytes->d_size)});
  }
  std::sort(image.ranges.begin(), image.ranges.end(),
            [](const auto& a, const auto& b) { return a.address < b.address; });
}

std::string short_name(const char* path) {
  const std::string name = path == nullptr ? "?" : path;
  return name.substr(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1);
}

/// Address to "file:line", each valid up to the next.
std::map<u32, std::string> read_lines(Elf* elf) {
  std::map<u32, std::string> lines;
  Dwarf* dwarf = dwarf_begin_elf(elf, DWARF_C_READ, nullptr);
  if (dwarf == nullptr) return lines;
  Dwarf_Off offset = 0, next = 0;
  std::size_t header_size = 0;
  while (dwarf_nextcu(dwarf, offset, &next, &header_size, nullptr, nullptr, nullptr) == 0) {
    Dwarf_Die unit;
    Dwarf_Lines* table = nullptr;
    std::size_t count = 0;
    if (dwarf_offdie(dwarf, offset + header_size, &unit) != nullptr && dwarf_getsrclines(&unit, &table, &count) == 0) {
      for (std::size_t i = 0; i < count; ++i) {
        Dwarf_Line* line = dwarf_onesrcline(table, i);
        Dwarf_Addr address = 0;
        int number = 0;
        bool end = false;
        if (line == nullptr || dwarf_lineaddr(line, &address) != 0) continue;
        dwarf_lineendsequence(line, &end);
        dwarf_lineno(line, &number);
        if (end) {
          lines.try_emplace(static_cast<u32>(address));
        } else {
          lines[static_cast<u32>(address)] =
              fmt::format("{}:{}", short_name(dwarf_linesrc(line, nullptr, nullptr)), number);
        }
      }
    }
    offset = next;
  }
  dwarf_end(dwarf);
  return lines;
}

}  // namespace

profile::CodeImage load_code_image(const std::string& file, const SymbolTable& symbols, bool lines) {
  profile::CodeImage image;
  for (const Symbol& symbol : symbols.symbols()) {
    if (!symbol.function || (!image.functions.empty() && image.functions.back().address == symbol.address)) continue;
    image.functions.push_back({symbol.address, symbol.thumb, symbol.name});
  }
  const ElfFile elf(file);
  if (elf.get() != nullptr) add_ranges(elf.get(), image);
  if (!lines) return image;
  auto table =
      elf.get() != nullptr ? std::make_shared<const std::map<u32, std::string>>(read_lines(elf.get())) : nullptr;
  if (table == nullptr || table->empty())
    throw InputError(fmt::format("--lines: {} has no DWARF line table; build it with -g or leave --lines out", file));
  image.line_of = [table](u32 address) {
    const auto behind = table->upper_bound(address);
    return behind == table->begin() ? std::string() : std::prev(behind)->second;
  };
  return image;
}

}  // namespace hypsim
