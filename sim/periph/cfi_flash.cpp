// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/cfi_flash.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "sim/base/bits.h"
#include "sim/base/error.h"

namespace hypsim {

namespace {

constexpr u8 kReady = 0x80, kEraseError = 0x20, kProgramError = 0x10;  // status register
constexpr u16 kManufacturer = 0x0089, kDevice = 0x001D;                // an Intel 28F256J3

/// The query structure of one chip of `size` bytes. JESD68.01 table 1
u8 query(u64 word, u64 size) {
  constexpr u64 kChips = 2;
  const u64 blocks = size / CfiFlash::kSector, block = CfiFlash::kSector / kChips;
  switch (word) {
    case 0x10: return 'Q';
    case 0x11: return 'R';
    case 0x12: return 'Y';
    case 0x13: return 0x01;  // Intel/Sharp extended command set
    case 0x15: return 0x31;  // its table
    case 0x1B: return 0x27;  // 2.7 V to 3.6 V
    case 0x1C: return 0x36;
    case 0x1F: return 7;  // typical times: 2^7 us a word and a buffer, 2^10 ms a block; at most 16 times as long
    case 0x20: return 7;
    case 0x21: return 10;
    case 0x23:
    case 0x24:
    case 0x25: return 4;
    case 0x27: return static_cast<u8>(std::countr_zero(size / kChips));
    case 0x28: return 2;  // x8 and x16
    case 0x2A: return static_cast<u8>(std::countr_zero(u64{CfiFlash::kBufferWords} * 4 / kChips));
    case 0x2C: return 1;  // one region of equal blocks
    case 0x2D: return static_cast<u8>(blocks - 1);
    case 0x2E: return static_cast<u8>((blocks - 1) >> 8);
    case 0x2F: return static_cast<u8>(block >> 8);
    case 0x30: return static_cast<u8>(block >> 16);
    case 0x31: return 'P';
    case 0x32: return 'R';
    case 0x33: return 'I';
    case 0x34: return '1';
    case 0x35: return '1';
    default: return 0;
  }
}

}  // namespace

CfiFlash::CfiFlash(u8* array, u64 size) : array_(array), size_(size) {
  if (!has_size(size))
    throw InputError(fmt::format("flash of {} bytes: give it a power of two from 512KiB to 256MiB", size));
}

/// What each chip puts out at a word of its own, when it is not the array.
u16 CfiFlash::chip_word(u64 word) const {
  switch (mode_) {
    case Mode::Array: break;
    case Mode::Query: return query(word & 0xFF, size_);
    case Mode::Identifier:
      switch (word & 0xFF) {
        case 0: return kManufacturer;
        case 1: return kDevice;
        default: return 0;  // no block is locked
      }
    case Mode::Status: return kReady | status_;
  }
  return 0;
}

u32 CfiFlash::read(u64 offset, unsigned size) const {
  if (mode_ == Mode::Array) {
    u32 value = 0;
    std::memcpy(&value, array_ + offset, size);
    return value;
  }
  const u32 word = chip_word(offset / 4);
  const unsigned low = (offset & 3) * 8;
  return bits(word << 16 | word, low + size * 8 - 1, low);
}

void CfiFlash::write(u64 offset, unsigned size, u32 value) {
  const u8 code = static_cast<u8>(value);
  const auto done = [this] { expects_ = Expects::Command; };
  switch (expects_) {
    case Expects::Command: return command(code, offset);
    case Expects::Word: program({offset, size, value}); return done();
    case Expects::Confirm:
      if (code == 0xD0)
        std::memset(array_ + sector_, 0xFF, kSector);
      else
        fail();
      return done();
    case Expects::LockAction:  // locks are not kept
      if (code != 0x01 && code != 0xD0 && code != 0x2F) fail();
      return done();
    case Expects::Count:
      remaining_ = (value & 0xFFFF) + 1;
      expects_ = Expects::Data;
      if (remaining_ <= kBufferWords) return;
      fail();
      return done();
    case Expects::Data:
      if (offset / kSector != sector_ / kSector) {
        fail();
        return done();
      }
      buffer_.push_back({offset, size, value});
      if (--remaining_ == 0) expects_ = Expects::BufferConfirm;
      return;
    case Expects::BufferConfirm:
      if (code == 0xD0)
        for (const Write& w : buffer_) program(w);
      else
        fail();
      return done();
  }
}

void CfiFlash::command(u8 code, u64 offset) {
  sector_ = offset / kSector * kSector;
  switch (code) {
    case 0x98: mode_ = Mode::Query; return;
    case 0x90: mode_ = Mode::Identifier; return;
    case 0x70: mode_ = Mode::Status; return;
    case 0x50: status_ = 0; return;
    case 0x10:
    case 0x40:
      mode_ = Mode::Status;
      expects_ = Expects::Word;
      return;
    case 0x20:
      mode_ = Mode::Status;
      expects_ = Expects::Confirm;
      return;
    case 0x60:
      mode_ = Mode::Status;
      expects_ = Expects::LockAction;
      return;
    case 0xE8:
      mode_ = Mode::Status;
      expects_ = Expects::Count;
      buffer_.clear();
      return;
    default: mode_ = Mode::Array; return;  // 0xFF, and what no command is
  }
}

/// Programming clears bits alone.
void CfiFlash::program(const Write& w) {
  u32 value = 0;
  std::memcpy(&value, array_ + w.offset, w.size);
  value &= w.value;
  std::memcpy(array_ + w.offset, &value, w.size);
}

/// A command sequence that is none.
void CfiFlash::fail() { status_ |= kEraseError | kProgramError; }

}  // namespace hypsim
