// SPDX-License-Identifier: Apache-2.0
// An SD memory card in SD mode over a raw image. SD Specifications Part 1, Physical Layer Simplified Specification. A
// card of at most 1 GB is of standard capacity, a larger one of high capacity.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "sim/host/disk_image.h"

namespace hypsim {

class SdCard {
 public:
  static constexpr u32 kBlock = 512;  ///< bytes of a block of data
  /// What a card of `bytes` must be whole multiples of, so that its CSD can say it.
  static u64 unit(u64 bytes);

  /// Throws InputError naming `path` if it cannot be a disk, or is of a size that no card has.
  SdCard(const std::string& path, bool read_only);

  bool locked() const { return image_.read_only(); }
  /// As when the power comes.
  void reset();

  struct Response {
    bool is_long = false;
    std::array<u32, 4> words{};  ///< the first of a short one; of a long one bits 127:0, most significant word first
  };
  /// Nothing if the card does not answer.
  std::optional<Response> command(unsigned index, u32 argument);

  /// Whether the card has data for the host, or takes some.
  bool sends() const { return transfer_ == Transfer::Send || transfer_ == Transfer::Read; }
  bool takes() const { return transfer_ == Transfer::Write; }
  /// The next byte on the bus. False: the host's file failed, and the transfer is over.
  bool send(u8& byte);
  bool take(u8 byte);

 private:
  /// Of the card status. 4.10.1
  enum State : u32 { Idle, Ready, Ident, Standby, Transferring, Sending, Receiving };
  enum class Transfer : u8 { None, Send, Read, Write };
  using Answer = std::optional<Response>;

  Answer perform(unsigned index, u32 argument);
  Answer perform_application(unsigned index, u32 argument);
  Answer refuse();
  Answer status();  // R1
  Answer address_card();
  Answer select(u32 argument);
  Answer operating_conditions(u32 argument);
  Answer register_of(u32 argument, const std::array<u32, 4>& value);
  Answer transfer(Transfer what, u32 argument, bool several);
  Answer send_register(const void* data, u32 size);
  Answer switch_function(u32 argument);
  Answer stop();
  void end_block();
  void fail();
  bool high_capacity() const;
  std::array<u32, 4> cid() const;
  std::array<u32, 4> csd() const;

  host::DiskImage image_;
  State state_ = Idle, before_ = Idle;  // now, and when the command came
  Transfer transfer_ = Transfer::None;
  bool several_ = false;      // blocks, until CMD12
  bool application_ = false;  // the next command is one of those behind CMD55
  bool wide_ = false;         // four data lines
  u16 address_ = 0;           // RCA
  u32 errors_ = 0;            // of the card status, until they have been reported
  u32 written_ = 0;           // blocks of the last write
  u64 at_ = 0;                // in the image, of the block under way
  std::array<u8, kBlock> block_{};
  u32 size_ = 0, done_ = 0;  // bytes of that block
};

}  // namespace hypsim
