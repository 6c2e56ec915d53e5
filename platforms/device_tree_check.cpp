// SPDX-License-Identifier: Apache-2.0
#include "platforms/device_tree_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/error.h"

namespace hypsim {

namespace {

constexpr u32 kMagic = 0xD00DFEED;
constexpr u32 kVersion = 17;
constexpr u32 kHeaderBytes = 40;
constexpr u32 kReservationBytes = 16;
constexpr std::size_t kMaxBytes = 2u << 20;
constexpr u32 kMaxName = 255;  // the specification has 31; each look-up reads the names before the one it wants
constexpr unsigned kMaxDepth = 64;
enum Token : u32 { kBeginNode = 1, kEndNode = 2, kProperty = 3, kNop = 4, kEnd = 9 };

struct Check {
  const std::vector<u8>& tree;
  const std::string& file;
  u32 total = 0;

  [[noreturn]] void bad(const std::string& what) const {
    throw InputError(fmt::format("{}: {}; make one with dtc, or leave --dtb out to have it generated", file, what));
  }
  [[noreturn]] void damaged(const std::string& what) const { bad("a damaged device tree blob: " + what); }
  u32 word(u32 at) const {
    return u32{tree[at]} << 24 | u32{tree[at + 1]} << 16 | u32{tree[at + 2]} << 8 | u32{tree[at + 3]};
  }

  struct Block {
    const char* name;
    u32 at, size;
    u32 end() const { return at + size; }
  };
  Block block(const char* name, u32 at, u32 size, u32 alignment) const {
    if (at < kHeaderBytes || at > total || size > total - at)
      damaged(fmt::format("the {} block ({} bytes at {}) lies outside its {} bytes", name, size, at, total));
    if (at % alignment != 0) damaged(fmt::format("the {} block begins at {}, no multiple of {}", name, at, alignment));
    return {name, at, size};
  }

  void header() {
    if (tree.size() < kHeaderBytes || word(0) != kMagic) bad("not a device tree blob");
    total = word(4);
    const u32 version = word(20), last_compatible = word(24);
    if (version < kVersion || last_compatible > kVersion)
      bad(fmt::format("a device tree blob of version {}, compatible with {}, not with {}", version, last_compatible,
                      kVersion));
    if (total < kHeaderBytes || total > tree.size())
      damaged(fmt::format("it says that it has {} bytes, the file has {}", total, tree.size()));
    if (total > kMaxBytes) bad(fmt::format("a device tree of {} bytes, more than the {} of Linux", total, kMaxBytes));
  }

  /// The reservations, up to and with the entry of zeros that ends them.
  Block reservations() const {
    const Block all = block("memory reservation", word(16), 0, 8);
    for (u32 at = all.at; total - at >= kReservationBytes; at += kReservationBytes)
      if ((word(at) | word(at + 4) | word(at + 8) | word(at + 12)) == 0)
        return {all.name, all.at, at + kReservationBytes - all.at};
    damaged("its memory reservations have no end");
  }

  void apart(std::array<Block, 3> blocks) const {
    std::sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.at < b.at; });
    for (std::size_t i = 1; i < blocks.size(); ++i)
      if (blocks[i].at < blocks[i - 1].end())
        damaged(fmt::format("its {} and {} blocks overlap", blocks[i - 1].name, blocks[i].name));
  }

  /// Bytes of the name at `at` with its zero, which must come before `end`.
  u32 name_bytes(u32 at, u32 end) const {
    const auto first = tree.begin() + at, last = first + std::min(end - at, kMaxName + 1);
    const auto zero = std::find(first, last, 0);
    if (zero == last) damaged(fmt::format("a name has no end within {} characters", kMaxName));
    return static_cast<u32>(zero - first) + 1;
  }

  void structure(const Block& nodes, const Block& strings) const {
    unsigned depth = 0;
    bool root = false, properties = false;
    u32 at = nodes.at;
    const auto take = [&](u32 bytes) {
      bytes = bytes <= nodes.size ? (bytes + 3) & ~3u : bytes;
      if (bytes > nodes.end() - at) damaged("its structure block is cut short");
      return std::exchange(at, at + bytes);
    };
    for (;;) {
      const u32 token = word(take(4));
      if (token == kNop) continue;
      if (token == kEnd) break;
      if (token == kBeginNode) {
        if (depth == 0 && root) damaged("it has two roots");
        const u32 name = take(name_bytes(at, nodes.end()));
        if (depth == 0 && tree[name] != 0) damaged("its root has a name");
        if (++depth > kMaxDepth) bad(fmt::format("a device tree with nodes more than {} deep", kMaxDepth));
        root = properties = true;
      } else if (token == kEndNode) {
        if (depth == 0) damaged("a node ends that did not begin");
        --depth;
        properties = false;
      } else if (token == kProperty) {
        if (!properties) damaged("a property stands behind a node's children");
        const u32 head = take(8);
        if (word(head + 4) >= strings.size) damaged("a property's name lies outside the strings block");
        name_bytes(strings.at + word(head + 4), strings.end());
        take(word(head));
      } else {
        damaged(fmt::format("token {:#x} in its structure block", token));
      }
    }
    if (depth != 0 || !root) damaged("its nodes do not end");
  }

  void all() {
    header();
    const Block reserved = reservations();
    const Block nodes = block("structure", word(8), word(36), 4);
    const Block strings = block("strings", word(12), word(32), 1);
    if (nodes.size % 4 != 0) damaged(fmt::format("the structure block has {} bytes, no multiple of 4", nodes.size));
    apart({reserved, nodes, strings});
    structure(nodes, strings);
  }
};

}  // namespace

void check_device_tree(const std::vector<u8>& tree, const std::string& file) { Check{tree, file}.all(); }

}  // namespace hypsim
