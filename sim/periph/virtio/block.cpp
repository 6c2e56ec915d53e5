// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/block.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace hypsim::virtio {

namespace {

constexpr u64 kSizeMax = u64{1} << 1, kSegMax = u64{1} << 2, kReadOnly = u64{1} << 5, kBlockSize = u64{1} << 6,
              kFlush = u64{1} << 9;
// Request types and answers. Virtio 1.1, 5.2.6
constexpr u32 kIn = 0, kOut = 1, kFlushRequest = 4, kGetId = 8;
constexpr u8 kOk = 0, kIoError = 1, kUnsupported = 2;
constexpr u64 kHeader = 16;
constexpr char kSerial[20] = "hypsim";
// A chain of the largest request is Queue::kMaxChainBytes / 2.
constexpr u32 kMaxSegment = 128 * 1024, kMaxSegments = 126;
constexpr u64 kPiece = 64 * 1024;

}  // namespace

Block::Block(const std::string& path, bool read_only) : image_("--disk", path, read_only) {
  const auto put = [this](unsigned offset, u64 value, unsigned bytes) { std::memcpy(&config_[offset], &value, bytes); };
  put(0, image_.sectors(), 8);
  put(8, kMaxSegment, 4);
  put(12, kMaxSegments, 4);
  put(20, kSector, 4);
}

u64 Block::features() const { return kSizeMax | kSegMax | kBlockSize | kFlush | (image_.read_only() ? kReadOnly : 0); }

void Block::serve(unsigned, Driver& driver, Cycles) {
  Chain chain;
  while (driver.pop(0, chain)) {
    // The answer is the last writable byte, wherever the driver put it.
    if (chain.readable_bytes() < kHeader || chain.writable_bytes() == 0) return driver.queues[0].set_broken();
    u64 filled = 0;
    const u8 answer = perform(chain, driver, filled);
    if (!chain.write(driver.dma, chain.writable_bytes() - 1, &answer, 1)) return driver.queues[0].set_broken();
    driver.push(0, chain, filled + 1);
  }
}

u8 Block::perform(const Chain& chain, Driver& driver, u64& filled) {
  struct {
    u32 type, reserved;
    u64 sector;
  } header;
  static_assert(sizeof header == kHeader);
  if (!chain.read(driver.dma, 0, &header, kHeader)) {
    driver.queues[0].set_broken();
    return kIoError;
  }
  switch (header.type) {
    case kIn: return read_sectors(chain, driver, header.sector, filled);
    case kOut: return write_sectors(chain, driver, header.sector);
    case kFlushRequest: return image_.flush() ? kOk : kIoError;
    case kGetId: {
      const u64 size = std::min<u64>(sizeof kSerial, chain.writable_bytes() - 1);
      if (!chain.write(driver.dma, 0, kSerial, size)) return kIoError;
      filled = size;
      return kOk;
    }
    default: return kUnsupported;
  }
}

bool Block::inside(u64 sector, u64 bytes) const {
  return bytes % kSector == 0 && sector <= image_.sectors() && bytes / kSector <= image_.sectors() - sector;
}

u8 Block::read_sectors(const Chain& chain, Driver& driver, u64 sector, u64& filled) {
  const u64 bytes = chain.writable_bytes() - 1;
  if (!inside(sector, bytes)) return kIoError;
  std::vector<u8> piece(std::min(bytes, kPiece));
  while (filled < bytes) {
    const u64 size = std::min<u64>(bytes - filled, piece.size());
    if (!image_.read(sector * kSector + filled, piece.data(), size)) return kIoError;
    if (!chain.write(driver.dma, filled, piece.data(), size)) return kIoError;
    filled += size;
  }
  return kOk;
}

u8 Block::write_sectors(const Chain& chain, Driver& driver, u64 sector) {
  const u64 bytes = chain.readable_bytes() - kHeader;
  if (image_.read_only() || !inside(sector, bytes)) return kIoError;
  std::vector<u8> piece(std::min(bytes, kPiece));
  for (u64 written = 0; written < bytes;) {
    const u64 size = std::min<u64>(bytes - written, piece.size());
    if (!chain.read(driver.dma, kHeader + written, piece.data(), size)) return kIoError;
    if (!image_.write(sector * kSector + written, piece.data(), size)) return kIoError;
    written += size;
  }
  // A driver without flushes takes a completed write for a lasting one. Virtio 1.1, 5.2.6.2
  if ((driver.features & kFlush) == 0 && !image_.flush()) return kIoError;
  return kOk;
}

}  // namespace hypsim::virtio
