// SPDX-License-Identifier: Apache-2.0
// What a file brings into memory before the first instruction runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/loader/symbols.h"

namespace hypsim {

enum class ImageKind : u8 { Elf, ZImage, Raw };

struct Segment {
  PhysAddr base{};
  std::vector<u8> bytes;
  u64 memory_size = 0;  ///< at least bytes.size(); the rest is zero
  std::string name;     ///< for messages
  u64 last() const { return base.value + (memory_size - 1); }
};

/// A section of an ELF file that others want to read, such as .hypsim.markers.
struct Section {
  std::string name;
  u32 address = 0;
  std::vector<u8> bytes;
};

struct Image {
  std::string file;
  ImageKind kind = ImageKind::Raw;
  u32 entry = 0;  ///< physical address to start at, without the Thumb bit
  bool thumb = false;
  std::vector<Segment> segments;
  std::string names_file;  ///< whose symbols and sections these are
  SymbolTable symbols;
  std::vector<Section> sections;  ///< non-allocated and PROGBITS sections whose names begin with ".hypsim"

  const Section* section(const std::string& name) const;
  /// The lowest address and the one behind the highest.
  u64 first_address() const;
  u64 end_address() const;
};

/// A range of writable memory of the platform.
struct MemoryRange {
  u64 base = 0;
  u64 size = 0;
  std::string name;
};

/// Bytes of an ELF file, which may have debug information that goes nowhere.
constexpr u64 kElfLimit = u64{1} << 30;

/// Loads an ELF32 little-endian ARM executable. Throws InputError for anything else, and for a broken one.
Image load_elf(const std::string& path);
Image parse_elf(const std::string& path, const std::vector<u8>& bytes);
bool is_elf(const std::vector<u8>& bytes);
/// Gives an image the symbols of another ELF file, and its sections where it has them; the file may have no segments.
void load_names(const std::string& path, Image& image);

/// An Arm zImage has its magic number at 0x24. It is relocatable.
bool is_zimage(const std::vector<u8>& bytes);

/// Bytes as they are, at `address`.
Image make_raw(const std::string& path, std::vector<u8> bytes, u64 address);

/// Loads `path` by what it contains: ELF, zImage (at `ram` + 0x8000) or raw bytes at `default_address`; the latter two
/// at `at`, if that is given. A file that cannot fit `ram` is not read.
Image load_image(const std::string& path, const MemoryRange& ram, u64 default_address, std::optional<u64> at = {});

/// Takes out the segments that bring no bytes and lie outside of all memory: names for the registers of devices.
void leave_out_devices(Image& image, const std::vector<MemoryRange>& memory);

/// The first address of `room` bytes, 4 KB aligned, in one of `memory` that no image uses; `wanted` if that is one.
std::optional<u64> free_place(const std::vector<const Image*>& images, const std::vector<MemoryRange>& memory,
                              u64 wanted, u64 room);

/// Throws InputError naming the file and the range if a segment does not lie in one of `memory`, or if two overlap. In
/// one image that is allowed to what brings no bytes: linkers give the zeros behind initialised data the addresses that
/// follow it in ROM, where other segments are.
void check_placement(const std::vector<const Image*>& images, const std::vector<MemoryRange>& memory);

/// Where the boot protocol's companions go: 128 MiB into RAM or in its middle, whichever is lower, each on the page
/// behind the one before it, the DTB last. Throws InputError if the RAM is too small.
struct BootLayout {
  std::vector<u64> files;  ///< in the order of the sizes
  u64 dtb = 0;
};
BootLayout place_boot_files(const Image& image, const std::vector<u64>& file_sizes, u64 dtb_size,
                            const MemoryRange& ram);

}  // namespace hypsim
