// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>

#include "sim/base/elf_view.h"
#include "sim/base/error.h"
#include "sim/host/input_file.h"
#include "sim/loader/image.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

[[noreturn]] void bad(const std::string& file, const std::string& what, const std::string& remedy) {
  throw InputError(fmt::format("{}: {}; {}", file, what, remedy));
}

constexpr std::size_t kMostSymbols = 1u << 20;
constexpr std::size_t kLongestName = 512;  // of a symbol; longer ones are cut

const char* const kRebuild = "build it as a 32-bit little-endian Arm executable";
const char* const kBroken = "the file is damaged: copy or link it again";

void check_header(const std::string& file, const Elf32_Ehdr& header) {
  const unsigned char* ident = header.e_ident;
  if (ident[EI_DATA] != ELFDATA2LSB) bad(file, "ELF header: big-endian data", kRebuild);
  if (header.e_machine != EM_ARM)
    bad(file, fmt::format("ELF header: machine {} is not Arm ({})", header.e_machine, EM_ARM), kRebuild);
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    bad(file, fmt::format("ELF header: type {} is not an executable", header.e_type), "link it");
}

/// Where the entry point lies in memory. It is virtual and moves with its segment, or, where no segment has it there,
/// physical already, as boot loaders and monitors are linked.
std::optional<u32> physical_entry(const std::vector<Elf32_Phdr>& headers, u32 entry) {
  for (const bool by_virtual_address : {true, false})
    for (const Elf32_Phdr& phdr : headers) {
      const u32 start = by_virtual_address ? phdr.p_vaddr : phdr.p_paddr;
      if (phdr.p_type == PT_LOAD && entry - start < phdr.p_memsz && entry >= start) return entry - start + phdr.p_paddr;
    }
  return std::nullopt;
}

/// Physical addresses are those of p_paddr.
void read_segments(const std::string& file, const ElfView& elf, const std::vector<u8>& bytes, u32 entry, Image& image) {
  const auto headers = elf.segments();
  if (!headers) bad(file, "program headers cannot be read", kBroken);
  u64 held = 0;
  for (std::size_t i = 0; i < headers->size(); ++i) {
    const Elf32_Phdr& phdr = (*headers)[i];
    if (phdr.p_type != PT_LOAD || phdr.p_memsz == 0) continue;
    if (phdr.p_filesz > phdr.p_memsz)
      bad(file, fmt::format("program header {}: file size exceeds memory size", i), kBroken);
    if (phdr.p_offset > bytes.size() || phdr.p_filesz > bytes.size() - phdr.p_offset)
      bad(file,
          fmt::format("program header {}: {} bytes at offset {} pass the end of the file ({} bytes)", i, phdr.p_filesz,
                      phdr.p_offset, bytes.size()),
          kBroken);
    if (u64{phdr.p_paddr} + phdr.p_memsz > (u64{1} << 32))
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
    image.segments.push_back(std::move(segment));
  }
  if (image.segments.empty()) bad(file, "no loadable segment", "link it as an executable");
  const std::optional<u32> start = physical_entry(*headers, entry);
  if (!start) bad(file, fmt::format("entry point {:#x} lies in no segment", entry), "give the linker an entry symbol");
  image.entry = *start;
}

/// $a, $t and $d, which say what is A32 code, T32 code and data from there on. ELF for the Arm Architecture, 4.5.5
class MappingSymbols {
 public:
  static bool is_one(std::string_view name) {
    return name.size() >= 2 && name[0] == '$' && (name.size() == 2 || name[2] == '.');
  }
  void add(u32 section, u32 address, char kind) { marks_.push_back({section, address, kind}); }
  void finish() { std::sort(marks_.begin(), marks_.end()); }
  std::size_t size() const { return marks_.size(); }
  /// What stands at an address of a section: 'a' where nothing says otherwise.
  char at(u32 section, u32 address) const {
    const auto behind = std::upper_bound(marks_.begin(), marks_.end(), Mark{section, address, '\x7f'});
    return behind == marks_.begin() || std::get<0>(*std::prev(behind)) != section ? 'a'
                                                                                  : std::get<2>(*std::prev(behind));
  }

 private:
  using Mark = std::tuple<u32, u32, char>;
  std::vector<Mark> marks_;
};

/// Calls f(symbol, name) for those that have a place in the image and a name.
template <typename F>
void for_each_symbol(const ElfView& elf, const ElfSection& table, F f) {
  if (table.header.sh_entsize != sizeof(Elf32_Sym)) return;
  for (std::size_t at = sizeof(Elf32_Sym); at + sizeof(Elf32_Sym) <= table.bytes.size(); at += sizeof(Elf32_Sym)) {
    Elf32_Sym sym;
    std::memcpy(&sym, &table.bytes[at], sizeof sym);
    const unsigned type = ELF32_ST_TYPE(sym.st_info);
    if (sym.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE)) continue;
    if (const std::string_view name = elf.string(table.header.sh_link, sym.st_name); !name.empty()) f(sym, name);
  }
}

void read_symbols(const std::string& file, const ElfView& elf, const ElfSection& section, SymbolTable& table) {
  const auto too_many = [&](std::size_t count) {
    if (count == kMostSymbols)
      bad(file, fmt::format("more than {} symbols", kMostSymbols), "strip it of those that nobody needs");
  };
  MappingSymbols mapping;
  for_each_symbol(elf, section, [&](const Elf32_Sym& sym, std::string_view name) {
    if (!MappingSymbols::is_one(name)) return;
    too_many(mapping.size());
    mapping.add(sym.st_shndx, sym.st_value, name[1]);
  });
  mapping.finish();
  for_each_symbol(elf, section, [&](const Elf32_Sym& sym, std::string_view name) {
    if (MappingSymbols::is_one(name)) return;
    too_many(table.symbols().size());
    Symbol symbol;
    symbol.function = ELF32_ST_TYPE(sym.st_info) == STT_FUNC;
    symbol.thumb = symbol.function && (sym.st_value & 1) != 0;
    symbol.address = symbol.thumb ? sym.st_value & ~1u : sym.st_value;
    symbol.size = sym.st_size;
    symbol.global = ELF32_ST_BIND(sym.st_info) != STB_LOCAL;
    symbol.name = text::printable(name.substr(0, kLongestName));
    if (sym.st_shndx < elf.sections().size()) {
      const Elf32_Shdr& home = elf.sections()[sym.st_shndx].header;
      const u32 offset = symbol.address - home.sh_addr;
      symbol.reach = offset < home.sh_size ? home.sh_size - offset : 1;  // one at its end names nothing in it
      const char kind = mapping.at(sym.st_shndx, symbol.address);
      symbol.label = ELF32_ST_TYPE(sym.st_info) == STT_NOTYPE && (home.sh_flags & SHF_EXECINSTR) != 0 && kind != 'd' &&
                     offset < home.sh_size;
      if (symbol.label) symbol.thumb = kind == 't';
    } else if (!symbol.function) {
      symbol.reach = 1;  // an absolute value
    }
    table.add(std::move(symbol));
  });
}

/// A file may have no section headers, or have lost them.
void read_sections(const std::string& file, const ElfView& elf, std::size_t file_size, Image& image) {
  std::size_t held = 0;
  for (const ElfSection& section : elf.sections()) {
    if (section.header.sh_type == SHT_SYMTAB) read_symbols(file, elf, section, image.symbols);
    if (!section.name.starts_with(".hypsim") || section.header.sh_type != SHT_PROGBITS) continue;
    held += section.bytes.size();
    if (held > file_size) bad(file, "its sections overlap", kBroken);
    image.sections.push_back(
        {std::string(section.name), section.header.sh_addr, {section.bytes.begin(), section.bytes.end()}});
  }
  image.symbols.finish();
}

}  // namespace

bool is_elf(const std::vector<u8>& bytes) {
  return bytes.size() >= SELFMAG && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0;
}

Image load_elf(const std::string& path) { return parse_elf(path, host::read_file(path, kElfLimit)); }

namespace {

Elf32_Ehdr read_header(const std::string& path, const std::vector<u8>& bytes, const char* remedy) {
  if (!is_elf(bytes)) bad(path, "not an ELF file", remedy);
  if (bytes.size() < sizeof(Elf32_Ehdr)) bad(path, "ELF header: cut short", kBroken);
  if (bytes[EI_CLASS] == ELFCLASS64) bad(path, "ELF header: 64-bit class", kRebuild);
  if (bytes[EI_CLASS] != ELFCLASS32)
    bad(path, fmt::format("ELF header: class {} does not exist", bytes[EI_CLASS]), kBroken);
  Elf32_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

}  // namespace

Image parse_elf(const std::string& path, const std::vector<u8>& bytes) {
  const Elf32_Ehdr header = read_header(path, bytes, "name an ELF image, or load it raw with --load FILE@ADDR");
  check_header(path, header);
  if (header.e_phnum == 0) bad(path, "ELF header: no program headers", "link it as an executable");

  const ElfView elf(bytes);
  Image image;
  image.file = image.names_file = path;
  image.kind = ImageKind::Elf;
  image.thumb = (header.e_entry & 1) != 0;
  read_segments(path, elf, bytes, header.e_entry & ~1u, image);
  read_sections(path, elf, bytes.size(), image);
  return image;
}

void load_names(const std::string& path, Image& image) {
  const std::vector<u8> bytes = host::read_file(path, kElfLimit);
  check_header(path, read_header(path, bytes, "name the ELF file from which the image was made"));
  Image named;
  read_sections(path, ElfView(bytes), bytes.size(), named);
  image.names_file = path;
  image.symbols = std::move(named.symbols);
  for (Section& section : image.sections)
    if (named.section(section.name) == nullptr) named.sections.push_back(std::move(section));
  image.sections = std::move(named.sections);
}

}  // namespace hypsim
