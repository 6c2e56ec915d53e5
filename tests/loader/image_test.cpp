// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/image.h"

#include <gtest/gtest.h>

#include "firmware/shim/shim_params.h"
#include "sim/base/error.h"
#include "sim/loader/boot_shim.h"
#include "tests/loader/elf_builder.h"

namespace hypsim {
namespace {

const MemoryRange kRam{0x40000000, 64u << 20, "ram"};

std::vector<u8> zimage() {
  std::vector<u8> bytes(0x100);
  const u32 magic = 0x016F2818;
  std::memcpy(bytes.data() + 0x24, &magic, 4);
  return bytes;
}

TEST(Image, IsRecognisedByItsContent) {
  const TempFile elf(ElfBuilder().build()), kernel(zimage()), raw({1, 2, 3});
  EXPECT_EQ(load_image(elf.path(), kRam, 0).kind, ImageKind::Elf);
  const Image k = load_image(kernel.path(), kRam, 0);
  EXPECT_EQ(k.kind, ImageKind::ZImage);
  EXPECT_EQ(k.entry, 0x40008000u);
  const Image r = load_image(raw.path(), kRam, 0x40200000);
  EXPECT_EQ(r.kind, ImageKind::Raw);
  EXPECT_EQ(r.entry, 0x40200000u);
  EXPECT_EQ(r.segments[0].bytes, (std::vector<u8>{1, 2, 3}));
}

TEST(Image, UnreadableFilesAreNamed) {
  for (const char* path : {"/nonexistent/file", "/tmp"}) {
    try {
      load_image(path, kRam, 0);
      ADD_FAILURE() << path;
    } catch (const InputError& e) {
      EXPECT_EQ(std::string(e.what()).find(path), 0u);
    }
  }
  const TempFile empty(std::vector<u8>{});
  EXPECT_THROW(load_image(empty.path(), kRam, 0x40000000), InputError);
}

TEST(Image, WhatCannotFitIsRefused) {
  const MemoryRange small{0x40000000, 4096, "ram"};
  const TempFile fits(std::vector<u8>(4096)), larger(std::vector<u8>(4097));
  EXPECT_EQ(load_image(fits.path(), small, 0x40000000).segments[0].bytes.size(), 4096u);
  EXPECT_THROW(load_image(larger.path(), small, 0x40000000), InputError);
  std::vector<u8> bytes = ElfBuilder().build();
  bytes.resize(10000);  // debug information, say
  EXPECT_EQ(load_image(TempFile(bytes).path(), small, 0).kind, ImageKind::Elf);
}

TEST(Image, PlacementIsChecked) {
  const Image inside = make_raw("a", std::vector<u8>(16), 0x40000000);
  const Image last = make_raw("b", std::vector<u8>(16), kRam.base + kRam.size - 16);
  const Image across = make_raw("c", std::vector<u8>(17), kRam.base + kRam.size - 16);
  const Image below = make_raw("d", std::vector<u8>(17), kRam.base - 1);
  const Image overlapping = make_raw("e", std::vector<u8>(16), 0x4000000F);
  EXPECT_NO_THROW(check_placement({&inside, &last}, {kRam}));
  EXPECT_THROW(check_placement({&across}, {kRam}), InputError);
  EXPECT_THROW(check_placement({&below}, {kRam}), InputError);
  EXPECT_THROW(check_placement({&inside, &overlapping}, {kRam}), InputError);
  EXPECT_THROW(check_placement({&inside}, {}), InputError);
  try {
    check_placement({&below}, {kRam});
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("ram 0x40000000-0x43ffffff"), std::string::npos) << e.what();
  }
}

Segment segment(u64 base, std::size_t bytes, u64 memory_size) {
  return {PhysAddr(base), std::vector<u8>(bytes), memory_size, "segment"};
}

TEST(Image, ZerosMayLieOverOtherSegmentsOfTheSameImage) {
  const auto image = [](std::vector<Segment> segments) {
    Image made;
    made.file = "image";
    made.segments = std::move(segments);
    return made;
  };
  const u64 base = kRam.base;
  // Code, data whose zeros have the addresses behind it in ROM, more data there, zeros alone.
  const Image linked = image({segment(base, 0x100, 0x100), segment(base + 0x100, 0x40, 0x2000),
                              segment(base + 0x200, 0x40, 0x40), segment(base + 0x180, 0, 0x1000)});
  EXPECT_NO_THROW(check_placement({&linked}, {kRam}));
  for (const u64 at : {0x80u, 0x13Fu, 0x200u, 0x23Fu}) {
    const Image bytes = image({segment(base, 0x100, 0x100), segment(base + 0x100, 0x40, 0x2000),
                               segment(base + 0x200, 0x40, 0x40), segment(base + at, 0x10, 0x10)});
    EXPECT_THROW(check_placement({&bytes}, {kRam}), InputError) << std::hex << at << ": bytes over bytes";
  }
  for (const u64 at : {0x0u, 0xFFu, 0x140u, 0x1000u, 0x20FFu}) {
    const Image other = make_raw("other", std::vector<u8>(1), base + at);
    EXPECT_THROW(check_placement({&linked, &other}, {kRam}), InputError) << std::hex << at << ": another file in it";
    EXPECT_THROW(check_placement({&other, &linked}, {kRam}), InputError) << std::hex << at;
  }
  const Image behind = make_raw("other", std::vector<u8>(1), base + 0x2100);
  EXPECT_NO_THROW(check_placement({&linked, &behind}, {kRam}));
}

TEST(Image, SegmentsWithoutBytesMayNameDevices) {
  Image image;
  image.segments = {segment(kRam.base, 16, 16), segment(0x1C090000, 0, 0x1000),
                    segment(kRam.base + kRam.size - 8, 0, 8), segment(kRam.base + kRam.size - 8, 0, 16),
                    segment(0x1C0A0000, 4, 0x1000)};
  leave_out_devices(image, {kRam});
  ASSERT_EQ(image.segments.size(), 4u);
  EXPECT_EQ(image.first_address(), 0x1C0A0000u) << "bytes are never left out";
  image.segments.pop_back();
  EXPECT_THROW(check_placement({&image}, {kRam}), InputError) << "half in memory";
  image.segments.pop_back();
  EXPECT_NO_THROW(check_placement({&image}, {kRam}));
  EXPECT_EQ(image.first_address(), kRam.base);
}

TEST(Image, AFreePlaceIsTheOneWantedOrTheFirst) {
  const std::vector<MemoryRange> memory = {{0, 0x10000, "rom"}, {0x0E000000, 0x1000, "sram"}};
  const Image low = make_raw("low", std::vector<u8>(0x1800), 0);
  EXPECT_EQ(free_place({}, memory, 0, 0x500), 0u);
  EXPECT_EQ(free_place({&low}, memory, 0x2000, 0x500), 0x2000u);
  EXPECT_EQ(free_place({&low}, memory, 0, 0x500), 0x2000u) << "on the page behind";
  const Image next = make_raw("next", std::vector<u8>(1), 0x2400);
  EXPECT_EQ(free_place({&low, &next}, memory, 0, 0x400), 0x2000u) << "up to it";
  EXPECT_EQ(free_place({&low, &next}, memory, 0, 0x401), 0x3000u);
  const Image all = make_raw("all", std::vector<u8>(0x10000), 0);
  EXPECT_EQ(free_place({&all}, memory, 0, 0x1000), 0x0E000000u);
  EXPECT_EQ(free_place({&all}, memory, 0, 0x1001), std::nullopt);
}

TEST(Image, AnAddressOfTheUsersIsForWhatSaysNone) {
  const TempFile elf(ElfBuilder().build()), kernel(zimage()), raw({1, 2, 3});
  EXPECT_EQ(load_image(kernel.path(), kRam, 0, 0x41000000).entry, 0x41000000u);
  EXPECT_EQ(load_image(raw.path(), kRam, 0x40200000, 0x41000000).segments[0].base.value, 0x41000000u);
  EXPECT_THROW(load_image(elf.path(), kRam, 0, 0x41000000), InputError);
}

TEST(Image, BootFilesGoBehindTheKernel) {
  const Image kernel = make_raw("k", std::vector<u8>(1 << 20), 0x40008000);
  const MemoryRange large{0x40000000, u64{1} << 30, "ram"};
  BootLayout layout = place_boot_files(kernel, {0x12345, 1}, 0x1000, large);
  EXPECT_EQ(layout.files, (std::vector<u64>{0x48000000u, 0x48013000u}));
  EXPECT_EQ(layout.dtb, 0x48014000u);
  layout = place_boot_files(kernel, {}, 0x1000, kRam);
  EXPECT_TRUE(layout.files.empty());
  EXPECT_EQ(layout.dtb, 0x42000000u) << "half of 64 MiB";
  const Image huge = make_raw("h", std::vector<u8>(48 << 20), 0x40000000);
  EXPECT_EQ(place_boot_files(huge, {}, 0x1000, kRam).dtb, 0x43000000u) << "behind an image that reaches that far";
  EXPECT_THROW(place_boot_files(kernel, {40 << 20}, 0x1000, kRam), InputError);
}

TEST(BootShim, TakesItsParameters) {
  const Image shim = make_boot_shim(0x1000, {.entry = 0x40200001,
                                             .enter_svc = true,
                                             .r0 = 1,
                                             .r1 = 2,
                                             .r2 = 3,
                                             .gicd = 4,
                                             .gicc = 5,
                                             .counter_hz = 6,
                                             .sram = 7,
                                             .off = {8, 9},
                                             .reset = {10, 11},
                                             .flags = 12});
  const std::vector<u8>& bytes = shim.segments[0].bytes;
  const auto word = [&](u32 offset) {
    u32 value;
    std::memcpy(&value, bytes.data() + SHIM_PARAMS_OFFSET + offset, 4);
    return value;
  };
  EXPECT_EQ(shim.entry, 0x1000u);
  EXPECT_EQ(word(SHIM_PARAM_MAGIC), SHIM_MAGIC);
  EXPECT_EQ(word(SHIM_PARAM_ENTRY), 0x40200001u);
  EXPECT_EQ(word(SHIM_PARAM_MODE), static_cast<u32>(SHIM_MODE_SVC));
  EXPECT_EQ(word(SHIM_PARAM_R0), 1u);
  EXPECT_EQ(word(SHIM_PARAM_R1), 2u);
  EXPECT_EQ(word(SHIM_PARAM_R2), 3u);
  EXPECT_EQ(word(SHIM_PARAM_GICD), 4u);
  EXPECT_EQ(word(SHIM_PARAM_GICC), 5u);
  EXPECT_EQ(word(SHIM_PARAM_CNTFRQ), 6u);
  EXPECT_EQ(word(SHIM_PARAM_SRAM), 7u);
  EXPECT_EQ(word(SHIM_PARAM_OFF), 8u);
  EXPECT_EQ(word(SHIM_PARAM_OFF_VALUE), 9u);
  EXPECT_EQ(word(SHIM_PARAM_RESET), 10u);
  EXPECT_EQ(word(SHIM_PARAM_RESET_VALUE), 11u);
  EXPECT_EQ(word(SHIM_PARAM_FLAGS), 12u);
}

}  // namespace
}  // namespace hypsim
