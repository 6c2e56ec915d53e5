// SPDX-License-Identifier: Apache-2.0
// Small ELF files made byte by byte, so that a test may break any field.
#pragma once

#include <elf.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "sim/base/bits.h"

namespace hypsim {

/// A file that is removed at the end.
class TempFile {
 public:
  explicit TempFile(const std::vector<u8>& bytes) {
    char name[] = "/tmp/hypsim-loader-XXXXXX";
    const int fd = mkstemp(name);
    path_ = name;
    std::FILE* f = fdopen(fd, "wb");
    if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), f);
    std::fclose(f);
  }
  ~TempFile() { std::remove(path_.c_str()); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct ElfBuilder {
  struct Load {
    u32 vaddr, paddr;
    std::vector<u8> bytes;
    u32 memsz;
  };
  struct Sym {
    std::string name;
    u32 value, size;
    unsigned type, bind;
  };
  u32 entry = 0x40200000;
  std::vector<Load> loads = {{0x40200000, 0x40200000, {1, 2, 3, 4, 5, 6, 7, 8}, 32}};
  std::vector<Sym> symbols;
  std::vector<u8> markers;

  // null, .symtab, .strtab, .hypsim.markers, .shstrtab
  std::vector<u8> build() const {
    std::vector<u8> out(sizeof(Elf32_Ehdr) + loads.size() * sizeof(Elf32_Phdr));
    const auto append = [&](const void* data, std::size_t size) {
      const u32 at = static_cast<u32>(out.size());
      const u8* p = static_cast<const u8*>(data);
      out.insert(out.end(), p, p + size);
      return at;
    };
    std::vector<Elf32_Phdr> phdrs;
    for (const Load& l : loads) {
      Elf32_Phdr ph{};
      ph.p_type = PT_LOAD;
      ph.p_offset = append(l.bytes.data(), l.bytes.size());
      ph.p_vaddr = l.vaddr;
      ph.p_paddr = l.paddr;
      ph.p_filesz = static_cast<u32>(l.bytes.size());
      ph.p_memsz = l.memsz;
      ph.p_flags = PF_R | PF_X;
      phdrs.push_back(ph);
    }
    std::string strings(1, '\0');
    std::vector<Elf32_Sym> table(1);
    for (const Sym& s : symbols) {
      Elf32_Sym e{};
      e.st_name = static_cast<u32>(strings.size());
      e.st_value = s.value;
      e.st_size = s.size;
      e.st_info = static_cast<unsigned char>(ELF32_ST_INFO(s.bind, s.type));
      e.st_shndx = 1;
      table.push_back(e);
      strings += s.name + '\0';
    }
    const char names[] = "\0.symtab\0.strtab\0.hypsim.markers\0.shstrtab";
    out.resize((out.size() + 3) & ~std::size_t{3});  // libelf wants aligned tables
    Elf32_Shdr sections[5]{};
    sections[1] = {1,
                   SHT_SYMTAB,
                   0,
                   0,
                   append(table.data(), table.size() * sizeof(Elf32_Sym)),
                   static_cast<u32>(table.size() * sizeof(Elf32_Sym)),
                   2,
                   1,
                   4,
                   sizeof(Elf32_Sym)};
    sections[2] = {9, SHT_STRTAB, 0, 0, append(strings.data(), strings.size()), static_cast<u32>(strings.size()),
                   0, 0,          1, 0};
    sections[3] = {
        17, SHT_PROGBITS, 0, 0, append(markers.data(), markers.size()), static_cast<u32>(markers.size()), 0, 0, 1, 0};
    sections[4] = {33, SHT_STRTAB, 0, 0, append(names, sizeof names), sizeof names, 0, 0, 1, 0};
    out.resize((out.size() + 3) & ~std::size_t{3});
    const u32 section_offset = append(sections, sizeof sections);
    Elf32_Ehdr eh{};
    std::memcpy(eh.e_ident, ELFMAG, SELFMAG);
    eh.e_ident[EI_CLASS] = ELFCLASS32;
    eh.e_ident[EI_DATA] = ELFDATA2LSB;
    eh.e_ident[EI_VERSION] = EV_CURRENT;
    eh.e_type = ET_EXEC;
    eh.e_machine = EM_ARM;
    eh.e_version = EV_CURRENT;
    eh.e_entry = entry;
    eh.e_phoff = sizeof eh;
    eh.e_shoff = section_offset;
    eh.e_ehsize = sizeof eh;
    eh.e_phentsize = sizeof(Elf32_Phdr);
    eh.e_phnum = static_cast<u16>(loads.size());
    eh.e_shentsize = sizeof(Elf32_Shdr);
    eh.e_shnum = 5;
    eh.e_shstrndx = 4;
    std::memcpy(out.data(), &eh, sizeof eh);
    std::memcpy(out.data() + sizeof eh, phdrs.data(), phdrs.size() * sizeof(Elf32_Phdr));
    return out;
  }
};

}  // namespace hypsim
