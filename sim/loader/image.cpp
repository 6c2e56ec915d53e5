// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/image.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "sim/base/error.h"

namespace hypsim {

namespace {

constexpr u32 kZImageMagic = 0x016F2818;
constexpr u64 kZImageMagicOffset = 0x24;
constexpr u64 kZImageLoadOffset = 0x8000;  // Linux: Documentation/arch/arm/booting
constexpr u64 kBootFilesOffset = u64{128} << 20;
constexpr u64 kPage = 4096;

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

std::vector<u8> read_file(const std::string& path, u64 limit) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    throw InputError(fmt::format("{}: {}; check the path", path, std::strerror(errno)));
  if (S_ISDIR(info.st_mode)) throw InputError(fmt::format("{}: is a directory; name a file", path));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw InputError(fmt::format("{}: {}; check its permissions", path, std::strerror(errno)));
  std::vector<u8> bytes;
  if (S_ISREG(info.st_mode))
    bytes.reserve(static_cast<std::size_t>(std::min<u64>(static_cast<u64>(info.st_size), limit)));
  u8 buffer[65536];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, file.get())) {
    bytes.insert(bytes.end(), buffer, buffer + n);
    if (bytes.size() > limit)
      throw InputError(fmt::format("{}: larger than {} bytes; name a smaller file", path, limit));
  }
  if (std::ferror(file.get())) throw InputError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return bytes;
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

Image load_image(const std::string& path, const MemoryRange& ram, u64 default_address) {
  std::vector<u8> bytes = read_file(path);
  if (is_elf(bytes)) return load_elf(path);
  const bool zimage = is_zimage(bytes);
  Image image = make_raw(path, std::move(bytes), zimage ? ram.base + kZImageLoadOffset : default_address);
  if (zimage) image.kind = ImageKind::ZImage;
  return image;
}

void check_placement(const std::vector<const Image*>& images, const std::vector<MemoryRange>& memory) {
  struct Placed {
    const Segment* segment;
    const Image* image;
  };
  std::vector<Placed> placed;
  for (const Image* image : images)
    for (const Segment& s : image->segments) {
      const bool inside = std::any_of(memory.begin(), memory.end(), [&](const MemoryRange& m) {
        return s.base.value >= m.base && s.memory_size <= m.size && s.base.value - m.base <= m.size - s.memory_size;
      });
      if (!inside) {
        std::string ranges;
        for (const MemoryRange& m : memory)
          ranges += fmt::format("{}{} {:#x}-{:#x}", ranges.empty() ? "" : ", ", m.name, m.base, m.base + (m.size - 1));
        throw InputError(
            fmt::format("{}: {} ({:#x}-{:#x}) lies outside the platform's memory ({}); link it elsewhere or choose "
                        "another platform or more memory",
                        image->file, s.name, s.base.value, s.last(), ranges));
      }
      placed.push_back({&s, image});
    }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.segment->base < b.segment->base; });
  for (std::size_t i = 1; i < placed.size(); ++i) {
    const Segment &a = *placed[i - 1].segment, &b = *placed[i].segment;
    if (a.last() < b.base.value) continue;
    throw InputError(fmt::format("{}: {} at {:#x} overlaps {} of {} ({:#x}-{:#x}); load one of them elsewhere",
                                 placed[i].image->file, b.name, b.base.value, a.name, placed[i - 1].image->file,
                                 a.base.value, a.last()));
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
