// SPDX-License-Identifier: Apache-2.0
// Packets of the GDB remote serial protocol: framing, checksums, escapes, numbers. Nothing here knows a simulator.
// GDB manual, "Remote Protocol: Overview"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::debug {

/// The largest packet body either side sends; announced as PacketSize.
constexpr std::size_t kMaxPacket = 0x4000;

/// What arrives from a client.
struct PacketEvent {
  enum class Kind : u8 {
    Packet,     ///< a good one; `body` is unescaped
    Corrupt,    ///< bad checksum or framing: to be answered by '-'
    Interrupt,  ///< ^C
    Ack,
    Nak,
  } kind = Kind::Packet;
  std::string body;
};

/// Cuts a byte stream into events. Takes whatever comes: bytes between packets that mean nothing are dropped.
class PacketReader {
 public:
  void feed(std::string_view bytes);
  std::optional<PacketEvent> next();
  void clear() { pending_.clear(); }

 private:
  std::string pending_;
};

/// What a client is that has said this much since it connected.
enum class Opening : u8 {
  Incomplete,
  Debugger,  ///< a whole packet is there, with nothing before it that is not of the protocol
  Stranger,  ///< a browser, a port scanner
};
Opening judge_opening(std::string_view said);

/// "$body#cs", with the characters that framing and run-length encoding use escaped.
std::string frame(std::string_view body);

/// Bytes as hexadecimal digits, and back; the way back fails on an odd length or anything that is no digit.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view digits);
/// A value of 4 or 8 bytes in target (little-endian) byte order.
std::string value_to_hex(u64 value, unsigned bytes);
std::optional<u64> value_from_hex(std::string_view digits, unsigned bytes);

/// Reads a packet's fields from left to right. Each step says whether it worked; none reads beyond the end.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}
  bool skip(std::string_view literal);
  /// A hexadecimal number of at most 64 bits.
  std::optional<u64> number();
  /// The same behind a literal.
  std::optional<u64> number_after(std::string_view literal);
  /// Up to `delimiter`, which is consumed too, or to the end.
  std::string_view until(char delimiter);
  std::string_view rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace hypsim::debug
