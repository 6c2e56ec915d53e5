// SPDX-License-Identifier: Apache-2.0
// The block device over a raw image file. Virtio 1.1, 5.2
//
// What the guest writes is in the file when its request completes, so the end of this process, however it comes, loses
// nothing; a flush puts it on the host's disk. A driver that does not know flushes has every write flushed.
#pragma once

#include <array>
#include <string>

#include "sim/periph/virtio/device.h"

namespace hypsim::virtio {

class Block final : public Device {
 public:
  static constexpr u64 kSector = 512;

  /// Throws InputError naming `path` if it is no regular file of whole sectors, or cannot be opened, or another run has
  /// it.
  Block(const std::string& path, bool read_only);
  ~Block() override;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

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

  int file_ = -1;
  bool read_only_;
  u64 sectors_ = 0;
  std::array<u8, 60> config_{};
};

}  // namespace hypsim::virtio
