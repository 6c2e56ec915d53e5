// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/input_file.h"

namespace hypsim {

namespace {

constexpr u32 kZImageMagic = 0x016F2818;
constexpr u64 kZImageMagicOffset = 0x24;
constexpr u64 kZImageLoadOffset = 0x8000;  // Linux: Documentation/arch/arm/booting
constexpr u64 kBootFilesOffset = u64{128} << 20;
constexpr u64 kPage = 4096;
constexpr std::size_t kMagicBytes = 64;  // enough to tell an ELF file

constexpr u64 round_up(u64 value) { return (value + kPage - 1) & ~(kPage - 1); }

}  // namespace

const Section* Image::section(const std::string& name) const {
  for (const Section& s : sections)
    if (s.name == name) return &s;
  return nullptr;
}

u64 Image::first_address() const {
  u64 first = segments.empty() ? 0 : segments.front().base.value;
  for (const Segment& s : segments) first = std::min(first, s.base.value);
  return first;
}

u64 Image::end_address() const {
  u64 end = 0;
  for (const Segment& s : segments) end = std::max(end, s.base.value + s.memory_size);
  return end;
}

bool is_zimage(const std::vector<u8>& bytes) {
  u32 magic = 0;
  if (bytes.size() < kZImageMagicOffset + sizeof magic) return false;
  std::memcpy(&magic, bytes.data() + kZImageMagicOffset, sizeof magic);
  return magic == kZImageMagic;
}

Image make_raw(const std::string& path, std::vector<u8> bytes, u64 address) {
  if (bytes.empty()) throw InputError(fmt::format("{}: empty file; nothing to load", path));
  Image image;
  image.file = path;
  image.kind = ImageKind::Raw;
  image.entry = static_cast<u32>(address);
  const u64 size = bytes.size();
  image.segments.push_back({PhysAddr(address), std::move(bytes), size, "file"});
  return image;
}

Image load_image(const std::string& path, const MemoryRange& ram, u64 default_address, std::optional<u64> at) {
  host::InputFile file(path);
  std::vector<u8> bytes;
  file.read(bytes, kMagicBytes);
  const bool elf = is_elf(bytes);
  if (elf && at)
    throw InputError(fmt::format("--at {:#x}: {} is an ELF file, which says where it goes; leave it out", *at, path));
  file.read_rest(bytes, elf ? kElfLimit : ram.size);
  if (elf) return parse_elf(path, bytes);
  const bool zimage = is_zimage(bytes);
  Image image = make_raw(path, std::move(bytes), at.value_or(zimage ? ram.base + kZImageLoadOffset : default_address));
  if (zimage) image.kind = ImageKind::ZImage;
  return image;
}

namespace {

bool touches(const Segment& s, const MemoryRange& m) {
  return s.base.value < m.base + m.size && m.base < s.base.value + s.memory_size;
}

void check_inside(const Image& image, const Segment& s, const std::vector<MemoryRange>& memory) {
  const bool inside = std::any_of(memory.begin(), memory.end(), [&](const MemoryRange& m) {
    return s.base.value >= m.base && s.memory_size <= m.size && s.base.value - m.base <= m.size - s.memory_size;
  });
  if (inside) return;
  std::string ranges;
  for (const MemoryRange& m : memory)
    ranges += fmt::format("{}{} {:#x}-{:#x}", ranges.empty() ? "" : ", ", m.name, m.base, m.base + (m.size - 1));
  throw InputError(
      fmt::format("{}: {} ({:#x}-{:#x}) lies outside the platform's memory ({}); link it elsewhere or choose "
                  "another platform or more memory",
                  image.file, s.name, s.base.value, s.last(), ranges));
}

/// A piece of a segment: bytes of the file, or what is zero behind them.
struct Piece {
  u64 begin = 0, end = 0;
  bool bytes = false;
  std::size_t image = 0;
  const Segment* segment = nullptr;
};

std::vector<Piece> pieces_of(const std::vector<const Image*>& images) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < images.size(); ++i)
    for (const Segment& s : images[i]->segments) {
      const u64 begin = s.base.value, middle = begin + s.bytes.size(), end = begin + s.memory_size;
      if (begin != middle) pieces.push_back({begin, middle, true, i, &s});
      if (middle != end) pieces.push_back({middle, end, false, i, &s});
    }
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  return pieces;
}

}  // namespace

void leave_out_devices(Image& image, const std::vector<MemoryRange>& memory) {
  std::erase_if(image.segments, [&](const Segment& s) {
    return s.bytes.empty() && std::none_of(memory.begin(), memory.end(), [&](const auto& m) { return touches(s, m); });
  });
}

std::optional<u64> free_place(const std::vector<const Image*>& images, const std::vector<MemoryRange>& memory,
                              u64 wanted, u64 room) {
  // The end of what lies in the way of [at, at + room), furthest first.
  const auto obstacle = [&](u64 at) {
    u64 end = 0;
    for (const Image* image : images)
      for (const Segment& s : image->segments)
        if (touches(s, {at, room, {}})) end = std::max(end, s.base.value + s.memory_size);
    return end;
  };
  if (obstacle(wanted) == 0) return wanted;
  for (const MemoryRange& m : memory)
    for (u64 at = round_up(m.base); room <= m.size && at - m.base <= m.size - room;) {
      const u64 end = obstacle(at);
      if (end == 0) return at;
      at = round_up(end);
    }
  return std::nullopt;
}

void check_placement(const std::vector<const Image*>& images, const std::vector<MemoryRange>& memory) {
  for (const Image* image : images)
    for (const Segment& s : image->segments) check_inside(*image, s, memory);
  // Of each image the piece that reaches furthest, and the one with bytes that does.
  std::vector<const Piece*> furthest(images.size()), furthest_bytes(images.size());
  const std::vector<Piece> pieces = pieces_of(images);
  for (const Piece& b : pieces) {
    for (std::size_t i = 0; i < images.size(); ++i) {
      // What linkers lay over each other in one image counts if both have bytes.
      if (i == b.image && !b.bytes) continue;
      const Piece* a = i == b.image ? furthest_bytes[i] : furthest[i];
      if (a == nullptr || a->end <= b.begin) continue;
      throw InputError(fmt::format("{}: {} at {:#x} overlaps {} of {} ({:#x}-{:#x}); load one of them elsewhere",
                                   images[b.image]->file, b.segment->name, b.segment->base.value, a->segment->name,
                                   images[i]->file, a->segment->base.value, a->segment->last()));
    }
    const Piece*& any = furthest[b.image];
    if (any == nullptr || any->end < b.end) any = &b;
    const Piece*& bytes = furthest_bytes[b.image];
    if (b.bytes && (bytes == nullptr || bytes->end < b.end)) bytes = &b;
  }
}

BootLayout place_boot_files(const Image& image, const std::vector<u64>& file_sizes, u64 dtb_size,
                            const MemoryRange& ram) {
  const u64 ram_end = ram.base + ram.size;
  u64 at = round_up(ram.base + std::min(ram.size / 2, kBootFilesOffset));
  // Behind the image where it reaches that far.
  if (image.first_address() < ram_end && image.end_address() > at) at = round_up(image.end_address());
  const u64 first = at;
  BootLayout layout;
  for (const u64 size : file_sizes) {
    layout.files.push_back(at);
    at = round_up(at + size);
  }
  layout.dtb = at;
  if (at + dtb_size > ram_end)
    throw InputError(
        fmt::format("{}: {} bytes of memory hold no room for the {} bytes of initrd, modules and device tree behind "
                    "{:#x}; give the platform more memory",
                    image.file, ram.size, at + dtb_size - first, first));
  return layout;
}

}  // namespace hypsim
