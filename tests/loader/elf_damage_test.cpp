// SPDX-License-Identifier: Apache-2.0
// ELF files in which anything may be wrong: a message or an image whose parts lie where they say.
#include <gtest/gtest.h>

#include <random>

#include "sim/base/elf_view.h"
#include "sim/base/error.h"
#include "sim/loader/image.h"
#include "tests/loader/elf_builder.h"

namespace hypsim {
namespace {

using Bytes = std::vector<u8>;

Bytes good() {
  ElfBuilder b;
  b.loads.push_back({0xC0000000, 0x40300000, {9, 9}, 4096});
  b.symbols = {{"function", 0x40200000, 8, STT_FUNC, STB_GLOBAL},
               {"thumb", 0x40200009, 4, STT_FUNC, STB_GLOBAL},
               {"data", 0x40200010, 16, STT_OBJECT, STB_LOCAL}};
  b.markers = {'1', ' ', 'x', '\n'};
  return b.build();
}

/// What the message says, or "".
std::string refusal(const Bytes& bytes) {
  const TempFile file(bytes);
  try {
    const Image image = load_elf(file.path());
    u64 held = 0;
    for (const Segment& s : image.segments) {
      EXPECT_LE(s.bytes.size(), s.memory_size);
      EXPECT_LE(s.base.value + s.memory_size, u64{1} << 32);
      held += s.bytes.size();
    }
    for (const Section& s : image.sections) held += s.bytes.size();
    EXPECT_LE(held, 3 * bytes.size());
    for (const Symbol& s : image.symbols.symbols()) {
      EXPECT_FALSE(s.name.empty());
      EXPECT_NE(image.symbols.find_name(s.name), nullptr);
      EXPECT_FALSE(image.symbols.describe(s.address + s.size / 2).empty());
    }
  } catch (const InputError& e) {
    const std::string line = e.what();
    EXPECT_EQ(line.find(file.path() + ": "), 0u) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    return line;
  }
  return "";
}

Elf32_Ehdr header(const Bytes& elf) {
  Elf32_Ehdr h;
  std::memcpy(&h, elf.data(), sizeof h);
  return h;
}
template <typename T>
T& at(Bytes& elf, std::size_t offset) {
  return *reinterpret_cast<T*>(&elf[offset]);
}

TEST(DamagedElf, CountsThatLieElsewhere) {
  // "Extended numbering": the counts stand in section 0.
  Bytes elf = good();
  const std::size_t first = header(elf).e_shoff;
  auto& zero = at<Elf32_Shdr>(elf, first);
  auto& head = at<Elf32_Ehdr>(elf, 0);
  zero.sh_size = head.e_shnum;
  zero.sh_link = head.e_shstrndx;
  zero.sh_info = head.e_phnum;
  head.e_shnum = 0;
  head.e_shstrndx = SHN_XINDEX;
  head.e_phnum = PN_XNUM;
  const TempFile file(elf);
  const Image image = load_elf(file.path());
  EXPECT_EQ(image.segments.size(), 2u);
  EXPECT_EQ(image.symbols.symbols().size(), 3u);
  EXPECT_NE(image.section(".hypsim.markers"), nullptr);
  zero.sh_info = 0xFFFFFFFF;
  EXPECT_NE(refusal(elf).find("program headers cannot be read"), std::string::npos);
  zero.sh_info = 2;
  for (const u32 wrong : {0xFFFFFFFFu, 6u}) {
    zero.sh_size = wrong;
    EXPECT_EQ(refusal(elf), "") << "as if it had lost its section headers";
  }
}

TEST(DamagedElf, ManyHeadersOverTheSameBytes) {
  ElfBuilder b;
  b.loads.assign(2000, {0x40200000, 0x40200000, Bytes(16), 16});
  Bytes elf = b.build();
  for (std::size_t i = 0; i < b.loads.size(); ++i) {
    auto& segment = at<Elf32_Phdr>(elf, sizeof(Elf32_Ehdr) + i * sizeof(Elf32_Phdr));
    segment.p_offset = 0;
    segment.p_filesz = segment.p_memsz = static_cast<u32>(elf.size());
  }
  EXPECT_NE(refusal(elf).find("twice"), std::string::npos);

  elf = good();
  auto& head = at<Elf32_Ehdr>(elf, 0);
  const Bytes sections(elf.begin() + head.e_shoff, elf.end());
  head.e_shoff = static_cast<u32>(elf.size());
  head.e_shnum = 4000;
  Bytes more = elf;
  for (int i = 0; i < 800; ++i) more.insert(more.end(), sections.begin(), sections.begin() + 5 * sizeof(Elf32_Shdr));
  for (int i = 0; i < 4000; ++i) {
    auto& section = at<Elf32_Shdr>(more, elf.size() + static_cast<std::size_t>(i) * sizeof(Elf32_Shdr));
    if (i % 5 == 3) section.sh_size = static_cast<u32>(elf.size() / 2), section.sh_offset = 0;
  }
  EXPECT_NE(refusal(more).find("overlap"), std::string::npos);
}

TEST(DamagedElf, LongNamesAreCut) {
  ElfBuilder b;
  b.symbols = {{std::string(100'000, 'a'), 0x40200000, 8, STT_FUNC, STB_GLOBAL}};
  const TempFile file(b.build());
  EXPECT_EQ(load_elf(file.path()).symbols.symbols().at(0).name, std::string(512, 'a'));
}

TEST(DamagedElf, NamesWithoutAnEndAreNone) {
  Bytes elf = good();
  const std::size_t strings = header(elf).e_shoff + 2 * sizeof(Elf32_Shdr);
  at<Elf32_Shdr>(elf, strings).sh_size -= 1;
  const TempFile file(elf);
  EXPECT_EQ(load_elf(file.path()).symbols.symbols().size(), 2u);
}

TEST(DamagedElf, ThousandsOfThemEndInAMessageOrAnImage) {
  static constexpr u32 kWords[] = {0,    1,    2,      4,          8,          0x20,       0x34,
                                   0x28, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF};
  std::mt19937 random(50);
  const auto below = [&](std::size_t n) { return random() % n; };
  const Bytes whole = good();
  const char* longer = std::getenv("HYPSIM_MUTATIONS");
  const int count = longer != nullptr ? std::atoi(longer) : 4000;
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    Bytes elf = whole;
    for (std::size_t n = 1 + below(5); n > 0; --n) {
      const std::size_t offset = below(3) == 0 ? 16 + below(36) : below(elf.size() - 4);
      switch (below(4)) {
        case 0: elf[offset] ^= static_cast<u8>(1u << below(8)); break;
        case 1: elf[offset] = static_cast<u8>(random()); break;
        case 2: at<u32>(elf, offset & ~std::size_t{3}) = kWords[below(std::size(kWords))]; break;
        default: at<u16>(elf, offset & ~std::size_t{1}) = static_cast<u16>(kWords[below(std::size(kWords))]);
      }
    }
    if (below(20) == 0) elf.resize(below(elf.size()));
    refused += !refusal(elf).empty();
  }
  EXPECT_GT(refused, count / 4);
  EXPECT_LT(refused, count);
}

}  // namespace
}  // namespace hypsim
