// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/packet.h"

#include <numeric>

namespace hypsim::debug {

namespace {

constexpr char kInterrupt = '\x03';
constexpr char kEscape = '}';
constexpr char kEscapeFlip = 0x20;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

u8 checksum(std::string_view text) {
  return std::accumulate(text.begin(), text.end(), u8{0},
                         [](u8 sum, char c) { return static_cast<u8>(sum + static_cast<u8>(c)); });
}

constexpr char kDigits[] = "0123456789abcdef";

void append_hex(std::string& out, u8 byte) {
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

void PacketReader::feed(std::string_view bytes) { pending_ += bytes; }

std::optional<PacketEvent> PacketReader::next() {
  using Kind = PacketEvent::Kind;
  while (!pending_.empty()) {
    const char first = pending_.front();
    if (first != '$') {
      pending_.erase(0, 1);
      if (first == kInterrupt) return PacketEvent{Kind::Interrupt, {}};
      if (first == '+') return PacketEvent{Kind::Ack, {}};
      if (first == '-') return PacketEvent{Kind::Nak, {}};
      continue;
    }
    const std::size_t end = pending_.find('#');
    // A second '$' before the '#' means that the rest of the first packet was lost.
    const std::size_t again = pending_.find('$', 1);
    if (again != std::string::npos && (end == std::string::npos || again < end)) {
      pending_.erase(0, again);
      return PacketEvent{Kind::Corrupt, {}};
    }
    if (end == std::string::npos || pending_.size() < end + 3) {
      if (pending_.size() <= kMaxPacket + 4) return std::nullopt;
      pending_.clear();
      return PacketEvent{Kind::Corrupt, {}};
    }
    const std::string raw = pending_.substr(1, end - 1);
    const int high = digit(pending_[end + 1]), low = digit(pending_[end + 2]);
    pending_.erase(0, end + 3);
    if (high < 0 || low < 0 || checksum(raw) != high * 16 + low || raw.size() > kMaxPacket)
      return PacketEvent{Kind::Corrupt, {}};
    PacketEvent event;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != kEscape) {
        event.body += raw[i];
      } else if (++i < raw.size()) {
        event.body += static_cast<char>(raw[i] ^ kEscapeFlip);
      }
    }
    return event;
  }
  return std::nullopt;
}

Opening judge_opening(std::string_view said) {
  const std::size_t start = said.find_first_not_of("+-\x03");
  if (start == std::string_view::npos) return said.size() <= kMaxPacket ? Opening::Incomplete : Opening::Stranger;
  if (said[start] != '$') return Opening::Stranger;
  PacketReader reader;
  reader.feed(said.substr(start));
  const std::optional<PacketEvent> first = reader.next();
  if (!first) return said.size() <= kMaxPacket ? Opening::Incomplete : Opening::Stranger;
  return first->kind == PacketEvent::Kind::Packet ? Opening::Debugger : Opening::Stranger;
}

std::string frame(std::string_view body) {
  std::string text;
  text.reserve(body.size());
  for (const char c : body) {
    if (c == '$' || c == '#' || c == '*' || c == kEscape) {
      text += kEscape;
      text += static_cast<char>(c ^ kEscapeFlip);
    } else {
      text += c;
    }
  }
  std::string packet = "$" + text + "#";
  append_hex(packet, checksum(text));
  return packet;
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) append_hex(out, static_cast<u8>(c));
  return out;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]), low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string value_to_hex(u64 value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) append_hex(out, static_cast<u8>(value >> (8 * i)));
  return out;
}

std::optional<u64> value_from_hex(std::string_view digits, unsigned bytes) {
  if (digits.size() != std::size_t{bytes} * 2) return std::nullopt;
  const std::optional<std::string> raw = from_hex(digits);
  if (!raw) return std::nullopt;
  u64 value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= u64{static_cast<u8>((*raw)[i])} << (8 * i);
  return value;
}

bool Fields::skip(std::string_view literal) {
  if (!rest_.starts_with(literal)) return false;
  rest_.remove_prefix(literal.size());
  return true;
}

std::optional<u64> Fields::number() {
  u64 value = 0;
  unsigned digits = 0;
  while (!rest_.empty() && digit(rest_.front()) >= 0) {
    if (value >> 60 != 0) return std::nullopt;
    value = value << 4 | static_cast<u64>(digit(rest_.front()));
    rest_.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  return value;
}

std::optional<u64> Fields::number_after(std::string_view literal) {
  if (!skip(literal)) return std::nullopt;
  return number();
}

std::string_view Fields::until(char delimiter) {
  const std::size_t at = rest_.find(delimiter);
  const std::string_view field = rest_.substr(0, at);
  rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + 1);
  return field;
}

}  // namespace hypsim::debug
