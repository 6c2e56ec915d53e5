// SPDX-License-Identifier: Apache-2.0
// Device trees that somebody brought: damaged, of another version, odd. A message or a tree, never anything else.
#include <gtest/gtest.h>
#include <libfdt.h>

#include <random>

#include "platforms/device_tree.h"
#include "platforms/device_tree_check.h"
#include "sim/base/error.h"

namespace hypsim {
namespace {

using Bytes = std::vector<u8>;

enum Field : std::size_t {
  kTotal = 4,
  kStructure = 8,
  kStrings = 12,
  kReserved = 16,
  kVersion = 20,
  kCompatible = 24,
  kStringsSize = 32,
  kStructureSize = 36
};

u32 get(const Bytes& tree, std::size_t at) { return fdt32_ld(reinterpret_cast<const fdt32_t*>(&tree[at])); }
Bytes with(Bytes tree, std::size_t at, u32 value) {
  fdt32_st(&tree[at], value);
  return tree;
}

/// A platform with something to plug in, and everything that a patch may change.
const PlatformDescription& platform() {
  static const PlatformDescription the_platform = [] {
    PlatformDescription p = load_platform("virt-a15");
    p.plug_in(VirtioSlot::Kind::Block, "--disk a");
    return p;
  }();
  return the_platform;
}
DeviceTreeOptions everything() {
  return {.bootargs = "quiet",
          .modules = {{BootModule::Kind::Kernel, 0x48000000, 4096, "console=hvc0"}},
          .guests = {{128u << 20, 1, {{BootModule::Kind::Kernel, 0x48700000, 4096, "x"}}}},
          .initrd_start = 0x49000000,
          .initrd_end = 0x49001000};
}
Bytes good() { return make_device_tree(load_platform("virt-a15"), {}); }

/// What the message says, or "" for a patched tree that is sound.
std::string refusal(const Bytes& tree) {
  try {
    const Bytes patched = patch_device_tree(tree, platform(), everything(), "x.dtb");
    EXPECT_EQ(fdt_check_full(patched.data(), patched.size()), 0);
  } catch (const InputError& e) {
    EXPECT_EQ(std::string(e.what()).find("x.dtb: "), 0u) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
    return e.what();
  }
  return "";
}

TEST(DamagedDeviceTree, HeadersAreJudgedBeforeTheLibrary) {
  const Bytes tree = good();
  const u32 size = static_cast<u32>(tree.size());
  EXPECT_EQ(refusal(tree), "");
  EXPECT_EQ(refusal(with(tree, kVersion, 18)), "") << "compatible with 16";
  const auto says = [&](std::size_t field, u32 value, const char* what) {
    EXPECT_NE(refusal(with(tree, field, value)).find(what), std::string::npos) << field << ' ' << value;
  };
  says(0, 0xD00DFEEE, "not a device tree");
  for (const u32 version : {0u, 1u, 2u, 3u, 16u}) says(kVersion, version, "version");
  says(kCompatible, 18, "compatible with 18");
  says(kTotal, size + 1, "the file has");
  says(kTotal, 39, "damaged");
  for (const Field field : {kStructure, kStrings, kReserved})
    for (const u32 at : {0u, 36u, size + 4, 0xFFFFFFF8u}) says(field, at, "outside");
  says(kStructure, get(tree, kStructure) + 2, "no multiple of 4");
  says(kReserved, get(tree, kReserved) + 4, "no multiple of 8");
  says(kStructureSize, get(tree, kStructureSize) + 2, "multiple of 4");
  says(kStructureSize, 0xFFFFFFFC, "outside");
  says(kStringsSize, 0xFFFFFFFF, "outside");
  EXPECT_NE(refusal(with(tree, kReserved, get(tree, kStructure) & ~7u)), "");
  says(kStrings, get(tree, kStructure), "overlap");
  for (std::size_t cut = 0; cut < 40; ++cut)
    EXPECT_NE(refusal(Bytes(tree.begin(), tree.begin() + static_cast<std::ptrdiff_t>(cut))), "");
  Bytes longer = tree;
  longer.resize(longer.size() + 999);
  EXPECT_EQ(refusal(longer), "") << "what stands behind it is not read";
}

/// A tree by libfdt's sequential writer.
struct Maker {
  Bytes tree = Bytes(4u << 20);
  int error = 0;
  Maker() {
    error = fdt_create(tree.data(), static_cast<int>(tree.size()));
    if (error == 0) error = fdt_finish_reservemap(tree.data());
    begin("");
  }
  void begin(const char* name) {
    if (error == 0) error = fdt_begin_node(tree.data(), name);
  }
  void end() {
    if (error == 0) error = fdt_end_node(tree.data());
  }
  void cell(const char* name, u32 value) {
    if (error == 0) error = fdt_property_u32(tree.data(), name, value);
  }
  void text(const char* name, const char* value) {
    if (error == 0) error = fdt_property_string(tree.data(), name, value);
  }
  void gic() {
    begin("gic");
    if (error == 0) error = fdt_property(tree.data(), "interrupt-controller", nullptr, 0);
    cell("#interrupt-cells", 3);
    end();
  }
  Bytes finish() {
    end();
    if (error == 0) error = fdt_finish(tree.data());
    EXPECT_EQ(error, 0);
    tree.resize(fdt_totalsize(tree.data()));
    return tree;
  }
};

TEST(OddDeviceTree, WithoutMemoryOrChosen) {
  Maker m;
  m.gic();
  const Bytes tree = m.finish();
  ASSERT_EQ(refusal(tree), "");
  const Bytes patched = patch_device_tree(tree, platform(), everything(), "x.dtb");
  EXPECT_GE(fdt_path_offset(patched.data(), "/memory@40000000"), 0);
  EXPECT_GE(fdt_path_offset(patched.data(), "/chosen"), 0);
}

TEST(OddDeviceTree, NothingButARoot) { EXPECT_NE(refusal(Maker().finish()).find("GIC"), std::string::npos); }

TEST(OddDeviceTree, EveryWidthOfCells) {
  for (const u32 address : {0u, 1u, 2u, 3u, 4u, 5u, 0xFFFFFFFFu}) {
    for (const u32 size : {0u, 1u, 2u, 3u, 0xFFFFFFFFu}) {
      Maker m;
      m.cell("#address-cells", address);
      m.cell("#size-cells", size);
      m.gic();
      m.begin("memory");
      m.text("device_type", "memory");
      m.end();
      m.begin("bus");
      m.cell("#address-cells", address);
      m.begin("virtio");
      m.text("compatible", "virtio,mmio");
      m.cell("reg", 0x0A000000);
      m.end();
      m.end();
      const bool possible = address >= 1 && address <= 2 && size >= 1 && size <= 2;
      EXPECT_EQ(refusal(m.finish()) == "", possible) << address << ' ' << size;
    }
  }
}

TEST(OddDeviceTree, MemoryThatItsCellsCannotSay) {
  PlatformDescription p = load_platform("virt-a15");
  p.main_memory().size = u64{1} << 32;
  Maker m;
  m.cell("#address-cells", 1);
  m.cell("#size-cells", 1);
  EXPECT_THROW(patch_device_tree(m.finish(), p, {}, "x.dtb"), InputError);
}

TEST(OddDeviceTree, DeepOnesAreRefusedBeforeAnybodyRecurses) {
  for (const unsigned depth : {60u, 63u, 64u, 5000u}) {
    Maker m;
    m.gic();
    for (unsigned i = 0; i < depth; ++i) m.begin("n");
    for (unsigned i = 0; i < depth; ++i) m.end();
    EXPECT_EQ(refusal(m.finish()).find("deep") != std::string::npos, depth >= 64) << depth;
  }
}

TEST(OddDeviceTree, ManyNodesToRemoveAreRefused) {
  for (const bool modules : {false, true}) {
    for (const unsigned count : {200u, 20'000u}) {
      Maker m;
      m.gic();
      m.begin("chosen");
      for (unsigned i = 0; i < count; ++i) {
        m.begin("n");
        m.text(modules ? "compatible" : "device_type", modules ? "xen,domain" : "memory");
        m.end();
      }
      m.end();
      EXPECT_EQ(refusal(m.finish()).find("cannot be changed") != std::string::npos, count > 256) << count;
    }
  }
}

TEST(OddDeviceTree, HugeOnesAreRefused) {
  Maker m;
  const Bytes filler(3u << 20);
  ASSERT_EQ(fdt_property(m.tree.data(), "x", filler.data(), static_cast<int>(filler.size())), 0);
  EXPECT_NE(refusal(m.finish()).find("more than"), std::string::npos);
}

/// One to four changes: a word of the header or anywhere, a byte, a range moved or zeroed, a cut.
Bytes mutated(Bytes tree, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  static constexpr u32 kWords[] = {0, 1, 2, 3, 4, 8, 9, 16, 17, 40, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF};
  for (std::size_t changes = 1 + below(4); changes > 0 && tree.size() > 44; --changes) {
    const std::size_t at = below(tree.size() - 4) & ~std::size_t{3};
    switch (below(6)) {
      case 0: tree = with(std::move(tree), 4 * below(10), kWords[below(std::size(kWords))]); break;
      case 1: tree = with(std::move(tree), at, kWords[below(std::size(kWords))]); break;
      case 2: tree[at + below(4)] ^= static_cast<u8>(1u << below(8)); break;
      case 3:
        tree = with(std::move(tree), 4 * below(10), get(tree, 4 * below(10)) + static_cast<u32>(below(9)) - 4);
        break;
      case 4: tree = with(std::move(tree), at, get(tree, below(tree.size() - 4) & ~std::size_t{3})); break;
      default: {
        const std::size_t from = below(tree.size() - 4) & ~std::size_t{3},
                          n = std::min(below(64), tree.size() - std::max(at, from));
        std::copy_n(Bytes(tree.begin() + static_cast<std::ptrdiff_t>(from), tree.end()).begin(), n,
                    tree.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }
  if (below(16) == 0) tree.resize(below(tree.size()));
  return tree;
}

TEST(DamagedDeviceTree, ThousandsOfThemEndInAMessageOrATree) {
  std::mt19937 random(20);
  const Bytes plain = good();
  const Bytes xen = patch_device_tree(plain, platform(), everything(), "x.dtb");
  const char* longer = std::getenv("HYPSIM_MUTATIONS");
  const int count = longer != nullptr ? std::atoi(longer) : 4000;
  int refused = 0;
  for (int i = 0; i < count; ++i) refused += !refusal(mutated(i % 2 ? plain : xen, random)).empty();
  EXPECT_GT(refused, count / 4);
  EXPECT_LT(refused, count);
}

}  // namespace
}  // namespace hypsim
