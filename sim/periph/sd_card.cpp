// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sd_card.h"

#include <algorithm>
#include <cstring>

#include "sim/base/bits.h"
#include "sim/base/error.h"

namespace hypsim {

namespace {

// Card status. 4.10.1
constexpr u32 kOutOfRange = 1u << 31, kAddressError = 1u << 30, kBlockLength = 1u << 29, kLocked = 1u << 26,
              kIllegal = 1u << 22, kError = 1u << 19, kReadyForData = 1u << 8, kApplication = 1u << 5;
constexpr unsigned kStateShift = 9;
// Operating conditions. 5.1
constexpr u32 kPoweredUp = 1u << 31, kHighCapacity = 1u << 30, kVoltages = 0x00FF8000;
constexpr u32 kVoltageHere = 1;  // CMD8: 2.7-3.6 V
constexpr u64 kMostStandard = u64{1} << 30, kHighUnit = 512 << 10;
constexpr u16 kAddress = 0x4853;
constexpr u32 kClasses = 1u << 0 | 1u << 2 | 1u << 4 | 1u << 8 | 1u << 10;  // CCC: no erase, no locks
constexpr u8 kScr[8] = {0x02, 0x05};                                        // version 2, one and four data lines
constexpr u32 kNoChange = 0xF;                                              // CMD6

/// C_SIZE_MULT of a card of standard capacity. 5.3.2
unsigned size_multiplier(u64 bytes) {
  unsigned mult = 0;
  while (mult < 7 && bytes > u64{4096} * (SdCard::kBlock << (mult + 2))) ++mult;
  return mult;
}

/// Bits `high`:`low` of 128; they may lie across words, of which the most significant is the first.
void put(std::array<u32, 4>& value, unsigned high, unsigned low, u64 field) {
  for (unsigned bit = low; bit <= high; ++bit)
    if ((field >> (bit - low) & 1) != 0) value[3 - bit / 32] |= 1u << bit % 32;
}

/// Bits 7:1 are the CRC of those above, bit 0 is 1. 4.5
void seal(std::array<u32, 4>& value) {
  u32 crc = 0;
  for (unsigned bit = 127; bit >= 8; --bit) {
    const u32 in = value[3 - bit / 32] >> bit % 32 & 1;
    crc = ((crc << 1) ^ ((crc >> 6 ^ in) != 0 ? 0x09 : 0)) & 0x7F;
  }
  put(value, 7, 0, crc << 1 | 1);
}

bool is_application_command(unsigned index) {
  return index == 6 || index == 13 || index == 22 || index == 23 || index == 41 || index == 42 || index == 51;
}

}  // namespace

u64 SdCard::unit(u64 bytes) { return bytes > kMostStandard ? kHighUnit : u64{kBlock} << (size_multiplier(bytes) + 2); }

SdCard::SdCard(const std::string& path, bool read_only) : image_("--sd", path, read_only) {
  const u64 bytes = image_.sectors() * kBlock, whole = unit(bytes);
  if (bytes % whole != 0)
    throw InputError("--sd " + path + ": " + std::to_string(bytes) +
                     " bytes are no size of a card; pad it (truncate -s %" + std::to_string(whole) + ")");
}

bool SdCard::high_capacity() const { return image_.sectors() * kBlock > kMostStandard; }

void SdCard::reset() {
  state_ = Idle;
  transfer_ = Transfer::None;
  several_ = application_ = wide_ = false;
  address_ = 0;
  errors_ = 0;
  written_ = 0;
}

std::array<u32, 4> SdCard::cid() const {
  std::array<u32, 4> value{};
  put(value, 119, 104, u32{'H'} << 8 | 'S');
  put(value, 103, 64, u64{'H'} << 32 | u64{'Y'} << 24 | u64{'P'} << 16 | u64{'S'} << 8 | 'D');
  put(value, 63, 56, 0x10);         // revision
  put(value, 55, 24, 1);            // serial number
  put(value, 19, 8, 20u << 4 | 1);  // January 2020
  seal(value);
  return value;
}

std::array<u32, 4> SdCard::csd() const {
  std::array<u32, 4> value{};
  const u64 bytes = image_.sectors() * kBlock;
  if (high_capacity()) {
    put(value, 127, 126, 1);
    put(value, 119, 112, 0x0E);
    put(value, 69, 48, bytes / kHighUnit - 1);
  } else {
    put(value, 119, 112, 0x26);
    put(value, 79, 79, 1);  // parts of blocks may be read
    put(value, 73, 62, bytes / unit(bytes) - 1);
    put(value, 61, 50, 0xDB6);  // currents
    put(value, 49, 47, size_multiplier(bytes));
  }
  put(value, 103, 96, 0x32);  // 25 MHz
  put(value, 95, 84, kClasses);
  put(value, 83, 80, 9);  // blocks of 512 bytes
  put(value, 46, 46, 1);
  put(value, 45, 39, 0x7F);
  put(value, 28, 26, 2);
  put(value, 25, 22, 9);
  seal(value);
  return value;
}

/// A command that the card does not know, or not in this state, has no answer; the next one says so.
SdCard::Answer SdCard::refuse() {
  errors_ |= kIllegal;
  return std::nullopt;
}

SdCard::Answer SdCard::status() {
  const u32 word =
      errors_ | static_cast<u32>(before_) << kStateShift | kReadyForData | (application_ ? kApplication : 0);
  errors_ = 0;
  return Response{false, {word}};
}

SdCard::Answer SdCard::command(unsigned index, u32 argument) {
  before_ = state_;
  const bool of_application = application_ && is_application_command(index);
  if (!of_application) {
    application_ = false;
    return perform(index, argument);
  }
  const Answer answer = perform_application(index, argument);
  application_ = false;
  return answer;
}

/// 4.7.4. One state to each command, unless said otherwise.
SdCard::Answer SdCard::perform(unsigned index, u32 argument) {
  const bool mine = argument >> 16 == address_;
  const bool addressed = mine && state_ >= Standby;
  switch (index) {
    case 0: reset(); return std::nullopt;
    case 2:
      if (state_ != Ready) return refuse();
      state_ = Ident;
      return Response{true, cid()};
    case 3: return state_ == Ident || state_ == Standby ? address_card() : refuse();
    case 6: return state_ == Transferring ? switch_function(argument) : refuse();
    case 7: return select(argument);
    case 8:
      if (state_ != Idle) return refuse();
      if (bits(argument, 11, 8) != kVoltageHere) return std::nullopt;
      return Response{false, {argument & 0xFFF}};
    case 9: return register_of(argument, csd());
    case 10: return register_of(argument, cid());
    case 12: return state_ == Sending || state_ == Receiving ? stop() : refuse();
    case 13: return addressed ? status() : refuse();
    case 16:
      if (state_ != Transferring) return refuse();
      if (argument != kBlock) errors_ |= kBlockLength;
      return status();
    case 17: return transfer(Transfer::Read, argument, false);
    case 18: return transfer(Transfer::Read, argument, true);
    case 24: return transfer(Transfer::Write, argument, false);
    case 25: return transfer(Transfer::Write, argument, true);
    case 55:
      if (!mine && state_ != Idle) return refuse();
      application_ = true;
      return status();
    default: return refuse();
  }
}

/// Behind CMD55, where one that is none of these is the ordinary command.
SdCard::Answer SdCard::perform_application(unsigned index, u32 argument) {
  const bool here = state_ == Transferring;
  switch (index) {
    case 6:
      if (!here) return refuse();
      wide_ = bits(argument, 1, 0) == 2;
      return status();
    case 13: {
      if (!here) return refuse();
      std::array<u8, 64> sd_status{};
      sd_status[0] = wide_ ? 0x80 : 0;
      return send_register(sd_status.data(), sd_status.size());
    }
    case 22: {
      if (!here) return refuse();
      const u32 count = __builtin_bswap32(written_);  // the most significant byte first
      return send_register(&count, sizeof count);
    }
    case 23:  // how many blocks the next write may erase first
    case 42:  // the resistor of card detection
      return here ? status() : refuse();
    case 41: return state_ == Idle ? operating_conditions(argument) : refuse();
    case 51: return here ? send_register(kScr, sizeof kScr) : refuse();
    default: return refuse();
  }
}

/// A card of high capacity is never ready for a host that does not say that it knows them. 4.2.3
SdCard::Answer SdCard::operating_conditions(u32 argument) {
  u32 word = kVoltages;
  if ((argument & kVoltages) != 0 && (!high_capacity() || (argument & kHighCapacity) != 0)) {
    state_ = Ready;
    word |= kPoweredUp | (high_capacity() ? kHighCapacity : 0);
  }
  return Response{false, {word}};
}

SdCard::Answer SdCard::address_card() {
  address_ = kAddress;
  const u32 word = status()->words[0];
  state_ = Standby;
  return Response{false, {u32{address_} << 16 | (word >> 8 & 0xC000) | (word >> 6 & 0x2000) | (word & 0x1FFF)}};
}

SdCard::Answer SdCard::select(u32 argument) {
  if (argument >> 16 == address_ && state_ == Standby) {
    state_ = Transferring;
    return status();
  }
  if (argument >> 16 == address_ || state_ < Standby) return refuse();
  if (state_ == Transferring || state_ == Sending) {
    state_ = Standby;
    transfer_ = Transfer::None;
  }
  return std::nullopt;
}

SdCard::Answer SdCard::register_of(u32 argument, const std::array<u32, 4>& value) {
  if (state_ != Standby || argument >> 16 != address_) return refuse();
  return Response{true, value};
}

SdCard::Answer SdCard::send_register(const void* data, u32 size) {
  std::memcpy(block_.data(), data, size);
  size_ = size;
  done_ = 0;
  transfer_ = Transfer::Send;
  state_ = Sending;
  return status();
}

/// Each of the six groups has its default function alone. 4.3.10
SdCard::Answer SdCard::switch_function(u32 argument) {
  std::array<u8, 64> answer{};
  answer[1] = 1;  // mA
  for (unsigned group = 0; group < 6; ++group) {
    answer[13 - 2 * group] = 1;
    const u32 wanted = bits(argument, group * 4 + 3, group * 4);
    if (wanted != 0 && wanted != kNoChange) answer[16 - group / 2] |= static_cast<u8>(kNoChange << group % 2 * 4);
  }
  return send_register(answer.data(), answer.size());
}

SdCard::Answer SdCard::transfer(Transfer what, u32 argument, bool several) {
  if (state_ != Transferring) return refuse();
  const u64 at = high_capacity() ? u64{argument} * kBlock : argument;
  u32 wrong = 0;  // with this command; those before it are only told
  if (at % kBlock != 0)
    wrong = kAddressError;
  else if (at >= image_.sectors() * kBlock)
    wrong = kOutOfRange;
  else if (what == Transfer::Write && locked())
    wrong = kLocked;
  errors_ |= wrong;
  if (wrong != 0) return status();
  at_ = at;
  size_ = kBlock;
  done_ = 0;
  several_ = several;
  transfer_ = what;
  state_ = what == Transfer::Read ? Sending : Receiving;
  if (what == Transfer::Write) written_ = 0;
  return status();
}

SdCard::Answer SdCard::stop() {
  transfer_ = Transfer::None;
  state_ = Transferring;
  return status();
}

/// A block is through.
void SdCard::end_block() {
  done_ = 0;
  at_ += kBlock;
  if (transfer_ == Transfer::Send || !several_) {
    transfer_ = Transfer::None;
    state_ = Transferring;
  } else if (at_ >= image_.sectors() * kBlock) {
    transfer_ = Transfer::None;  // until CMD12
  }
}

void SdCard::fail() {
  errors_ |= kError;
  transfer_ = Transfer::None;
  if (!several_) state_ = Transferring;
}

bool SdCard::send(u8& byte) {
  if (transfer_ == Transfer::Read && done_ == 0 && !image_.read(at_, block_.data(), kBlock)) {
    fail();
    return false;
  }
  byte = block_[done_];
  if (++done_ == size_) end_block();
  return true;
}

bool SdCard::take(u8 byte) {
  block_[done_] = byte;
  if (++done_ < kBlock) return true;
  if (!image_.write(at_, block_.data(), kBlock)) {
    fail();
    return false;
  }
  ++written_;
  end_block();
  return true;
}

}  // namespace hypsim
