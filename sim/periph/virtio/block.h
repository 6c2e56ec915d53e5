// SPDX-License-Identifier: Apache-2.0
// The block device over a raw image file. Virtio 1.1, 5.2
//
// What the guest writes is in the file when its request completes; a flush puts it on the host's disk. A driver that
// does not know flushes has every write flushed.
#pragma once

#include <array>
#include <string>

#include "sim/host/disk_image.h"
#include "sim/periph/virtio/device.h"

namespace hypsim::virtio {

class Block final : public Device {
 public:
  static constexpr u64 kSector = host::DiskImage::kSector;

  /// Throws InputError naming `path` if it cannot be a disk (DiskImage).
  Block(const std::string& path, bool read_only);

  u32 id() const override { return 2; }
  u64 features() const override;
  unsigned queue_count() const override { return 1; }
  std::span<const u8> config() const override { return config_; }
  void serve(unsigned queue, Driver& driver, Cycles now) override;

 private:
  u8 perform(const Chain& chain, Driver& driver, u64& filled);
  u8 read_sectors(const Chain& chain, Driver& driver, u64 sector, u64& filled);
  u8 write_sectors(const Chain& chain, Driver& driver, u64 sector);
  bool inside(u64 sector, u64 bytes) const;

  host::DiskImage image_;
  std::array<u8, 60> config_{};
};

}  // namespace hypsim::virtio
