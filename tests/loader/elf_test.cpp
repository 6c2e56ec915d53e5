// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "sim/base/error.h"
#include "sim/loader/image.h"
#include "tests/loader/elf_builder.h"

namespace hypsim {
namespace {

TEST(Elf, SegmentsEntrySymbolsAndSections) {
  ElfBuilder b;
  b.loads.push_back({0xC0000000, 0x40300000, {9, 9}, 4096});
  b.entry = 0xC0000001;  // virtual, in the second segment, Thumb
  b.symbols = {
      {"arm_function", 0x40200000, 8, STT_FUNC, STB_GLOBAL}, {"thumb_function", 0x40200009, 4, STT_FUNC, STB_GLOBAL},
      {"$a", 0x40200000, 0, STT_NOTYPE, STB_LOCAL},          {"$t.1", 0x40200008, 0, STT_NOTYPE, STB_LOCAL},
      {"label", 0x40200004, 0, STT_NOTYPE, STB_LOCAL},       {"data", 0x40200010, 16, STT_OBJECT, STB_GLOBAL}};
  b.markers = {1, 2, 3};
  const TempFile file(b.build());
  const Image image = load_elf(file.path());
  EXPECT_EQ(image.kind, ImageKind::Elf);
  EXPECT_EQ(image.entry, 0x40300000u);
  EXPECT_TRUE(image.thumb);
  ASSERT_EQ(image.segments.size(), 2u);
  EXPECT_EQ(image.segments[0].base.value, 0x40200000u);
  EXPECT_EQ(image.segments[0].bytes, (std::vector<u8>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(image.segments[0].memory_size, 32u);
  EXPECT_EQ(image.first_address(), 0x40200000u);
  EXPECT_EQ(image.end_address(), 0x40301000u);
  EXPECT_EQ(image.symbols.symbols().size(), 4u);
  EXPECT_EQ(image.symbols.address_of("thumb_function"), 0x40200008u);
  EXPECT_TRUE(image.symbols.find_name("thumb_function")->thumb);
  EXPECT_FALSE(image.symbols.find_name("arm_function")->thumb);
  EXPECT_EQ(image.symbols.describe(0x4020000A), "thumb_function+0x2");
  ASSERT_NE(image.section(".hypsim.markers"), nullptr);
  EXPECT_EQ(image.section(".hypsim.markers")->bytes, (std::vector<u8>{1, 2, 3}));
  EXPECT_EQ(image.section(".symtab"), nullptr);
}

TEST(Elf, TheEntryIsVirtualOrPhysical) {
  ElfBuilder b;
  b.loads = {{0xC0000000, 0x40000000, {1, 2, 3, 4}, 0x1000}, {0x40000800, 0x50000000, {5}, 0x100}};
  for (const auto& [entry, physical] : {std::pair{0xC0000010u, 0x40000010u},
                                        {0x40000010u, 0x40000010u},
                                        {0x40000810u, 0x50000010u},  // virtual, though physical too
                                        {0x50000020u, 0x50000020u}}) {
    b.entry = entry | 1;
    const Image image = load_elf(TempFile(b.build()).path());
    EXPECT_EQ(image.entry, physical) << std::hex << entry;
    EXPECT_TRUE(image.thumb);
  }
  for (const u32 entry : {0x40001000u, 0xC0001000u, 0x50000100u, 0x3FFFFFFCu}) {
    b.entry = entry;
    EXPECT_THROW(load_elf(TempFile(b.build()).path()), InputError) << std::hex << entry;
  }
}

struct Broken {
  const char* name;
  std::function<void(std::vector<u8>&)> damage;
  const char* says;
};

Elf32_Ehdr& header(std::vector<u8>& v) { return *reinterpret_cast<Elf32_Ehdr*>(v.data()); }
Elf32_Phdr& segment(std::vector<u8>& v) { return *reinterpret_cast<Elf32_Phdr*>(v.data() + sizeof(Elf32_Ehdr)); }

TEST(Elf, BrokenFilesGiveOneLineEach) {
  const Broken cases[] = {
      {"64-bit", [](auto& v) { v[EI_CLASS] = ELFCLASS64; }, "64-bit"},
      {"class 7", [](auto& v) { v[EI_CLASS] = 7; }, "class 7"},
      {"big-endian", [](auto& v) { v[EI_DATA] = ELFDATA2MSB; }, "big-endian"},
      {"x86", [](auto& v) { header(v).e_machine = EM_386; }, "machine 3"},
      {"object file", [](auto& v) { header(v).e_type = ET_REL; }, "type 1"},
      {"no program headers", [](auto& v) { header(v).e_phnum = 0; }, "no program headers"},
      {"no loadable segment", [](auto& v) { segment(v).p_type = PT_NOTE; }, "no loadable segment"},
      {"cut short", [](auto& v) { v.resize(20); }, "cut short"},
      {"segments cut off", [](auto& v) { v.resize(sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr) + 4); }, "pass the end"},
      {"file size over memory size", [](auto& v) { segment(v).p_memsz = 4; }, "exceeds memory size"},
      {"offset outside", [](auto& v) { segment(v).p_offset = 0x7FFFFFFF; }, "pass the end"},
      {"wraps", [](auto& v) { segment(v).p_paddr = 0xFFFFFFF0; }, "4 GB"},
      {"entry outside", [](auto& v) { header(v).e_entry = 0x1000; }, "entry point 0x1000"},
      {"program headers outside", [](auto& v) { header(v).e_phoff = 0x7FFFFF00; }, ""},
  };
  for (const Broken& c : cases) {
    std::vector<u8> bytes = ElfBuilder().build();
    c.damage(bytes);
    const TempFile file(bytes);
    try {
      load_elf(file.path());
      ADD_FAILURE() << c.name << " was accepted";
    } catch (const InputError& e) {
      const std::string text = e.what();
      EXPECT_NE(text.find(file.path()), std::string::npos) << c.name;
      EXPECT_NE(text.find(c.says), std::string::npos) << c.name << ": " << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << c.name;
      EXPECT_NE(text.find(';'), std::string::npos) << c.name << ": a remedy follows: " << text;
    }
  }
}

TEST(Elf, SegmentsOfTheSameBytesAreBounded) {
  ElfBuilder b;
  for (u32 i = 1; i < 100; ++i) b.loads.push_back({0x40200000 + i * 0x10000, 0x40200000 + i * 0x10000, {1}, 0x10000});
  std::vector<u8> bytes = b.build();
  const u32 size = static_cast<u32>(bytes.size());
  for (u32 i = 0; i < 100; ++i) {
    auto* const all = reinterpret_cast<Elf32_Phdr*>(bytes.data() + sizeof(Elf32_Ehdr)) + i;
    all->p_offset = 0;
    all->p_filesz = size;
    all->p_memsz = 0x10000;
  }
  const TempFile file(bytes);
  EXPECT_THROW(load_elf(file.path()), InputError);
}

TEST(Elf, DamagedSymbolTablesDoNotHurt) {
  ElfBuilder b;
  for (int i = 0; i < 20; ++i)
    b.symbols.push_back({"s" + std::to_string(i), 0x40200000u + 4 * i, 4, STT_FUNC, STB_GLOBAL});
  const std::vector<u8> good = b.build();
  std::mt19937 random(1);
  unsigned loaded = 0, refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<u8> bytes = good;
    for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<u8>(random());
    const TempFile file(bytes);
    try {
      const Image image = load_elf(file.path());
      image.symbols.describe(0x40200006);
      ++loaded;
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_EQ(loaded + refused, 3000u);
  EXPECT_GT(loaded, 0u);
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace hypsim
