// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "sim/base/error.h"
#include "sim/host/input_file.h"
#include "sim/loader/image.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

[[noreturn]] void bad(const std::string& file, const std::string& what, const std::string& remedy) {
  throw InputError(fmt::format("{}: {}; {}", file, what, remedy));
}

struct ElfCloser {
  void operator()(Elf* e) const { elf_end(e); }
};
using ElfHandle = std::unique_ptr<Elf, ElfCloser>;

// Names may lie over each other in the file: they are cut, so that a small file makes no large table.
constexpr std::size_t kMostSymbols = 1u << 20, kLongestName = 512;

const char* const kRebuild = "build it as a 32-bit little-endian Arm executable";
const char* const kBroken = "the file is damaged: copy or link it again";

void check_header(const std::string& file, const Elf32_Ehdr& header) {
  const unsigned char* ident = header.e_ident;
  if (ident[EI_DATA] != ELFDATA2LSB) bad(file, "ELF header: big-endian data", kRebuild);
  if (header.e_machine != EM_ARM)
    bad(file, fmt::format("ELF header: machine {} is not Arm ({})", header.e_machine, EM_ARM), kRebuild);
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    bad(file, fmt::format("ELF header: type {} is not an executable", header.e_type), "link it");
  if (header.e_phnum == 0) bad(file, "ELF header: no program headers", "link it as an executable");
}

// Physical addresses are those of p_paddr; the entry point is virtual and moves with its segment.
void read_segments(const std::string& file, Elf* elf, const std::vector<u8>& bytes, u32 entry, Image& image) {
  std::size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) bad(file, "program headers cannot be read", kBroken);
  bool entry_found = false;
  u64 held = 0;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr phdr;
    if (!gelf_getphdr(elf, static_cast<int>(i), &phdr))
      bad(file, fmt::format("program header {} cannot be read", i), kBroken);
    if (phdr.p_type != PT_LOAD || phdr.p_memsz == 0) continue;
    if (phdr.p_filesz > phdr.p_memsz)
      bad(file, fmt::format("program header {}: file size exceeds memory size", i), kBroken);
    if (phdr.p_offset > bytes.size() || phdr.p_filesz > bytes.size() - phdr.p_offset)
      bad(file,
          fmt::format("program header {}: {} bytes at offset {} pass the end of the file ({} bytes)", i, phdr.p_filesz,
                      phdr.p_offset, bytes.size()),
          kBroken);
    if (phdr.p_paddr + phdr.p_memsz > (u64{1} << 32))
      bad(file,
          fmt::format("program header {}: {:#x} bytes at {:#x} pass the 4 GB of the address space", i, phdr.p_memsz,
                      phdr.p_paddr),
          "link it lower");
    // Segments that share what the file has would make much of little.
    held += phdr.p_filesz;
    if (held > 2 * bytes.size())
      bad(file,
          fmt::format("program header {}: the segments hold more than twice the file's {} bytes", i, bytes.size()),
          kBroken);
    Segment segment;
    segment.base = PhysAddr(phdr.p_paddr);
    segment.memory_size = phdr.p_memsz;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(phdr.p_offset);
    segment.bytes.assign(begin, begin + static_cast<std::ptrdiff_t>(phdr.p_filesz));
    segment.name = fmt::format("segment {}", i);
    if (!entry_found && entry - phdr.p_vaddr < phdr.p_memsz && entry >= phdr.p_vaddr) {
      image.entry = static_cast<u32>(entry - phdr.p_vaddr + phdr.p_paddr);
      entry_found = true;
    }
    image.segments.push_back(std::move(segment));
  }
  if (image.segments.empty()) bad(file, "no loadable segment", "link it as an executable");
  if (!entry_found)
    bad(file, fmt::format("entry point {:#x} lies in no segment", entry), "give the linker an entry symbol");
}

void read_symbols(const std::string& file, Elf* elf, Elf_Scn* section, const GElf_Shdr& header, SymbolTable& table) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0) return;
  const std::size_t count = data->d_size / header.sh_entsize;
  for (std::size_t i = 1; i < count; ++i) {
    GElf_Sym sym;
    if (!gelf_getsym(data, static_cast<int>(i), &sym)) return;
    const unsigned type = GELF_ST_TYPE(sym.st_info);
    if (sym.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE)) continue;
    const char* name = elf_strptr(elf, header.sh_link, sym.st_name);
    // $a, $t and $d mark code and data; they are no names.
    if (!name || !*name || (name[0] == '$' && name[1] && (name[2] == 0 || name[2] == '.'))) continue;
    if (table.symbols().size() == kMostSymbols)
      bad(file, fmt::format("more than {} symbols", kMostSymbols), "strip it of those that nobody needs");
    const u32 value = static_cast<u32>(sym.st_value);
    const bool function = type == STT_FUNC;
    const bool thumb = function && (value & 1);
    table.add({thumb ? value & ~1u : value, static_cast<u32>(sym.st_size), thumb, function,
               GELF_ST_BIND(sym.st_info) != STB_LOCAL, text::printable({name, strnlen(name, kLongestName)})});
  }
}

void read_sections(Elf* elf, Image& image) {
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return;  // stripped of its section headers: fine
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) continue;
    if (header.sh_type == SHT_SYMTAB) read_symbols(image.file, elf, section, header, image.symbols);
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (!name || std::strncmp(name, ".hypsim", 7) != 0 || header.sh_type != SHT_PROGBITS) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data || !data->d_buf) continue;
    const u8* begin = static_cast<const u8*>(data->d_buf);
    image.sections.push_back({name, static_cast<u32>(header.sh_addr), std::vector<u8>(begin, begin + data->d_size)});
  }
  image.symbols.finish();
}

}  // namespace

bool is_elf(const std::vector<u8>& bytes) {
  return bytes.size() >= SELFMAG && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0;
}

Image load_elf(const std::string& path) { return parse_elf(path, host::read_file(path, kElfLimit)); }

Image parse_elf(const std::string& path, const std::vector<u8>& bytes) {
  if (!is_elf(bytes)) bad(path, "not an ELF file", "name an ELF image, or load it raw with --load FILE@ADDR");
  if (bytes.size() < sizeof(Elf32_Ehdr)) bad(path, "ELF header: cut short", kBroken);
  if (bytes[EI_CLASS] == ELFCLASS64) bad(path, "ELF header: 64-bit class", kRebuild);
  if (bytes[EI_CLASS] != ELFCLASS32)
    bad(path, fmt::format("ELF header: class {} does not exist", bytes[EI_CLASS]), kBroken);
  Elf32_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  check_header(path, header);

  elf_version(EV_CURRENT);
  // libelf wants a buffer that it may write; the bytes that go into memory come from an untouched copy.
  std::vector<u8> scratch = bytes;
  const ElfHandle elf(elf_memory(reinterpret_cast<char*>(scratch.data()), scratch.size()));
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF)
    bad(path, fmt::format("not readable as ELF: {}", elf_errmsg(-1)), kBroken);

  Image image;
  image.file = path;
  image.kind = ImageKind::Elf;
  image.thumb = (header.e_entry & 1) != 0;
  read_segments(path, elf.get(), bytes, header.e_entry & ~1u, image);
  read_sections(elf.get(), image);
  return image;
}

}  // namespace hypsim
