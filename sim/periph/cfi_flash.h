// SPDX-License-Identifier: Apache-2.0
// A bank of NOR flash with the Common Flash Interface (JEDEC JESD68) and the Intel/Sharp command set: two 16-bit chips
// side by side, as on a 32-bit bus. They take each command together, from the low byte of the bus, and are ready at
// once.
#pragma once

#include <bit>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

class CfiFlash {
 public:
  static constexpr u64 kSector = 256 << 10;     ///< what an erase clears, in both chips
  static constexpr unsigned kBufferWords = 32;  ///< 32-bit words of a buffered write

  /// Whether a bank can have `size` bytes: a power of two from two sectors to 256 MiB.
  static constexpr bool has_size(u64 size) {
    return size >= 2 * kSector && size <= u64{256} << 20 && std::has_single_bit(size);
  }

  /// `array`, of `size` bytes, is what the bank holds; it must outlive the device. Throws InputError for a size that no
  /// bank has.
  CfiFlash(u8* array, u64 size);

  /// Reads see the array, as memory.
  bool reads_array() const { return mode_ == Mode::Array; }
  /// `size` bytes inside the bank (1, 2 or 4, aligned).
  u32 read(u64 offset, unsigned size) const;
  void write(u64 offset, unsigned size, u32 value);

 private:
  enum class Mode : u8 { Array, Query, Identifier, Status };
  /// What the next write is.
  enum class Expects : u8 { Command, Word, Confirm, LockAction, Count, Data, BufferConfirm };
  struct Write {
    u64 offset;
    unsigned size;
    u32 value;
  };

  u16 chip_word(u64 word) const;
  void command(u8 code, u64 offset);
  void program(const Write& w);
  void fail();

  u8* array_;
  u64 size_;
  Mode mode_ = Mode::Array;
  Expects expects_ = Expects::Command;
  u8 status_ = 0;
  u64 sector_ = 0;          // of an erase or a buffered write
  unsigned remaining_ = 0;  // words of a buffered write that are still to come
  std::vector<Write> buffer_;
};

}  // namespace hypsim
