// SPDX-License-Identifier: Apache-2.0
// The flash bank as a driver of a 32-bit bus sees it.
#include "sim/periph/cfi_flash.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/base/error.h"

namespace hypsim {
namespace {

constexpr u64 kSize = u64{1} << 20;

class Flash : public testing::Test {
 protected:
  void command(u64 offset, u32 code) { flash.write(offset, 4, code << 16 | code); }
  u32 word(u64 offset) const { return flash.read(offset, 4); }
  u32 status() const { return word(0); }
  static constexpr u32 both(u32 value) { return value << 16 | value; }

  std::vector<u8> array = std::vector<u8>(kSize, 0x5A);
  CfiFlash flash{array.data(), kSize};
};

TEST_F(Flash, ReadsAsMemory) {
  array[0x104] = 0x12;
  EXPECT_TRUE(flash.reads_array());
  EXPECT_EQ(word(0x104), 0x5A5A5A12u);
  EXPECT_EQ(flash.read(0x104, 1), 0x12u);
  EXPECT_EQ(flash.read(0x104, 2), 0x5A12u);
}

TEST_F(Flash, AnswersTheQueryOnBothChips) {
  command(0x55 * 4, 0x98);
  EXPECT_FALSE(flash.reads_array());
  EXPECT_EQ(word(0x10 * 4), both('Q'));
  EXPECT_EQ(word(0x11 * 4), both('R'));
  EXPECT_EQ(word(0x12 * 4), both('Y'));
  EXPECT_EQ(flash.read(0x10 * 4, 2), u32{'Q'});
  EXPECT_EQ(flash.read(0x10 * 4 + 2, 1), u32{'Q'}) << "the other chip";
  EXPECT_EQ(flash.read(0x10 * 4 + 1, 1), 0u);
  const auto at = [this](u64 n) { return word(n * 4) & 0xFF; };
  EXPECT_EQ(at(0x13) | at(0x14) << 8, 1u) << "Intel's command set";
  const u64 table = at(0x15) | at(0x16) << 8;
  EXPECT_EQ(at(table), u32{'P'});
  EXPECT_EQ(2ull << at(0x27), kSize) << "two chips";
  EXPECT_EQ(at(0x2C), 1u);
  const u64 blocks = (at(0x2D) | at(0x2E) << 8) + 1, bytes = (at(0x2F) | at(0x30) << 8) * 256;
  EXPECT_EQ(blocks * bytes * 2, kSize);
  EXPECT_EQ(bytes * 2, CfiFlash::kSector);
  EXPECT_EQ(2ull << at(0x2A), u64{CfiFlash::kBufferWords} * 4);
  command(0, 0xFF);
  EXPECT_EQ(word(0x10 * 4), 0x5A5A5A5Au);
}

TEST_F(Flash, Identifies) {
  command(0, 0x90);
  EXPECT_EQ(word(0), both(0x89));
  EXPECT_EQ(word(4), both(0x1D));
  EXPECT_EQ(word(8), 0u) << "not locked";
  EXPECT_EQ(word(CfiFlash::kSector + 8), 0u);
}

TEST_F(Flash, ErasesSectorsAndProgramsByClearing) {
  command(CfiFlash::kSector + 0x40, 0x20);
  command(CfiFlash::kSector + 0x40, 0xD0);
  EXPECT_EQ(status(), both(0x80));
  EXPECT_EQ(array[CfiFlash::kSector - 1], 0x5A);
  EXPECT_EQ(array[CfiFlash::kSector], 0xFF);
  EXPECT_EQ(array[2 * CfiFlash::kSector - 1], 0xFF);
  EXPECT_EQ(array[2 * CfiFlash::kSector], 0x5A);
  for (const u32 code : {0x40u, 0x10u}) {
    command(CfiFlash::kSector, code);
    flash.write(CfiFlash::kSector, 4, code == 0x40 ? 0xFFFF1234 : 0x0F0FFFFF);
    EXPECT_EQ(status(), both(0x80));
  }
  command(CfiFlash::kSector + 6, 0x40);
  flash.write(CfiFlash::kSector + 6, 2, 0xABCD);
  command(0, 0xFF);
  EXPECT_EQ(word(CfiFlash::kSector), 0x0F0F1234u);
  EXPECT_EQ(word(CfiFlash::kSector + 4), 0xABCDFFFFu);
}

TEST_F(Flash, BufferedWrites) {
  command(0, 0x20);
  command(0, 0xD0);
  command(0x80, 0xE8);
  EXPECT_EQ(status(), both(0x80)) << "the buffer is free";
  command(0x80, CfiFlash::kBufferWords - 1);
  for (u32 i = 0; i < CfiFlash::kBufferWords; ++i) flash.write(0x80 + 4 * i, 4, i);
  EXPECT_EQ(array[0x84], 0xFF) << "not before it is confirmed";
  command(0x80, 0xD0);
  EXPECT_EQ(status(), both(0x80));
  command(0, 0xFF);
  for (u32 i = 0; i < CfiFlash::kBufferWords; ++i) EXPECT_EQ(word(0x80 + 4 * i), i);
  EXPECT_EQ(word(0x80 + 4 * CfiFlash::kBufferWords), ~0u);
}

TEST_F(Flash, WhatIsNoSequenceChangesNothing) {
  const std::vector<u8> before = array;
  const auto failed = [&](const char* what) {
    EXPECT_EQ(status(), both(0xB0)) << what;
    command(0, 0x50);
    EXPECT_EQ(status(), both(0x80)) << what;
    EXPECT_EQ(array, before) << what;
  };
  command(0, 0x20);
  command(0, 0xFF);
  failed("an erase that is not confirmed");
  command(0, 0xE8);
  command(0, CfiFlash::kBufferWords);
  failed("a buffer that is too long");
  command(0, 0xE8);
  command(0, 0);
  flash.write(CfiFlash::kSector, 4, 0);
  failed("a buffer of another sector");
  command(0, 0xE8);
  command(0, 0);
  flash.write(0, 4, 0);
  command(0, 0xFF);
  failed("a buffer that is not confirmed");
  command(0, 0x60);
  command(0, 0x33);
  failed("a lock that is none");
  for (const u32 action : {0x01u, 0xD0u, 0x2Fu}) {
    command(0, 0x60);
    command(0, action);
    EXPECT_EQ(status(), both(0x80));
  }
  command(0, 0xF0);
  EXPECT_TRUE(flash.reads_array());
}

TEST(FlashSize, IsThatOfABank) {
  u8 byte = 0;
  for (const u64 size : {u64{0}, u64{4096}, u64{CfiFlash::kSector}, u64{3} << 20, u64{512} << 20})
    EXPECT_THROW(CfiFlash(&byte, size), InputError) << size;
}

}  // namespace
}  // namespace hypsim
