// SPDX-License-Identifier: Apache-2.0
#include "sim/base/elf_view.h"

#include <algorithm>
#include <cstring>

namespace hypsim {

template <typename T>
std::optional<T> ElfView::get(u64 at) const {
  if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes_.data() + at, sizeof value);
  return value;
}

ElfView::ElfView(std::span<const u8> bytes) : bytes_(bytes) {
  const auto header = get<Elf32_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS32 ||
      header->e_ident[EI_DATA] != ELFDATA2LSB)
    return;
  header_ = *header;
  read_sections();
}

/// Holds the counts that have no room in the file's header. ELF specification, "Extended numbering".
Elf32_Shdr ElfView::first_section() const {
  return header_.e_shoff == 0 ? Elf32_Shdr{} : get<Elf32_Shdr>(header_.e_shoff).value_or(Elf32_Shdr{});
}

std::optional<std::vector<Elf32_Phdr>> ElfView::segments() const {
  const u64 count = header_.e_phnum == PN_XNUM ? first_section().sh_info : header_.e_phnum;
  std::vector<Elf32_Phdr> all;
  if (count == 0) return all;
  if (header_.e_phentsize != sizeof(Elf32_Phdr) || header_.e_phoff > bytes_.size() ||
      count > (bytes_.size() - header_.e_phoff) / sizeof(Elf32_Phdr))
    return std::nullopt;
  for (u64 i = 0; i < count; ++i) all.push_back(*get<Elf32_Phdr>(header_.e_phoff + i * sizeof(Elf32_Phdr)));
  return all;
}

void ElfView::read_sections() {
  if (header_.e_shoff == 0 || header_.e_shoff > bytes_.size() || header_.e_shentsize != sizeof(Elf32_Shdr)) return;
  const u64 count = header_.e_shnum == 0 ? first_section().sh_size : header_.e_shnum;
  if (count > (bytes_.size() - header_.e_shoff) / sizeof(Elf32_Shdr)) return;
  for (u64 i = 0; i < count; ++i) {
    ElfSection section;
    section.header = *get<Elf32_Shdr>(header_.e_shoff + i * sizeof(Elf32_Shdr));
    const Elf32_Shdr& h = section.header;
    if (h.sh_type != SHT_NOBITS && h.sh_offset <= bytes_.size() && h.sh_size <= bytes_.size() - h.sh_offset)
      section.bytes = bytes_.subspan(h.sh_offset, h.sh_size);
    sections_.push_back(section);
  }
  const u32 names = header_.e_shstrndx == SHN_XINDEX ? first_section().sh_link : header_.e_shstrndx;
  for (ElfSection& section : sections_) section.name = string(names, section.header.sh_name);
}

std::string_view ElfView::string(u32 table, u32 offset) const {
  if (table >= sections_.size() || offset >= sections_[table].bytes.size()) return {};
  const std::span<const u8> rest = sections_[table].bytes.subspan(offset);
  const std::string_view text(reinterpret_cast<const char*>(rest.data()), std::min(rest.size(), kLongestName));
  const std::size_t end = text.find('\0');
  return end != text.npos || text.size() == kLongestName ? text.substr(0, end) : std::string_view();
}

}  // namespace hypsim
