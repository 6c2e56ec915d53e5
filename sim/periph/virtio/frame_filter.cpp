// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/frame_filter.h"

namespace hypsim::virtio {

namespace {

using Verdict = FrameJudgement::Verdict;

constexpr std::size_t kEthernetHeader = 14;
constexpr u16 kIpv4 = 0x0800, kArp = 0x0806;
constexpr u8 kIcmp = 1, kTcp = 6, kUdp = 17;
constexpr u32 kBroadcast = 0xFFFFFFFF;
constexpr u16 kDhcpServer = 67, kTftp = 69;
constexpr u16 kDontFragment = 0x4000;

/// Big-endian fields; the caller has checked the size.
u16 half(std::span<const u8> bytes, std::size_t at) { return static_cast<u16>(bytes[at] << 8 | bytes[at + 1]); }
u32 word(std::span<const u8> bytes, std::size_t at) { return u32{half(bytes, at)} << 16 | half(bytes, at + 2); }

constexpr bool in(u32 address, u32 network, unsigned prefix) { return (address ^ network) >> (32 - prefix) == 0; }

/// RFC 826: Ethernet and IPv4, nothing else.
FrameJudgement judge_arp(std::span<const u8> arp) {
  constexpr std::size_t kSize = 28;
  if (arp.size() < kSize) return {Verdict::Malformed};
  const bool sound = half(arp, 0) == 1 && half(arp, 2) == kIpv4 && arp[4] == 6 && arp[5] == 4;
  return {sound ? Verdict::Pass : Verdict::Malformed};
}

bool possible_source(u32 source, bool to_dhcp) {
  if (source == 0) return to_dhcp;
  if (source == kUserGateway || source == kUserNameServer || source == (kUserNetwork | ~kUserNetmask)) return false;
  return !in(source, 0, 8) && !in(source, 0x7F000000, 8) && !in(source, 0xE0000000, 3);
}

/// Of UDP, TCP or ICMP: whether its own lengths fit what there is.
bool sound_payload(u8 protocol, std::span<const u8> payload) {
  if (protocol == kTcp) {  // RFC 9293, 3.1
    constexpr std::size_t kHeader = 20;
    constexpr u8 kUrgent = 0x20;
    if (payload.size() < kHeader) return false;
    const std::size_t offset = (payload[12] >> 4) * 4u;
    if (offset < kHeader || offset > payload.size()) return false;
    // Urgent data that is not there is read all the same.
    return !(payload[13] & kUrgent) || half(payload, 18) <= payload.size() - offset;
  }
  if (payload.size() < 8) return false;
  if (protocol != kUdp) return true;
  const u16 length = half(payload, 4);  // RFC 768
  if (length < 8 || length > payload.size()) return false;
  constexpr u16 kDhcpHeader = 240;  // RFC 2131: with the cookie
  return half(payload, 2) != kDhcpServer || length >= 8 + kDhcpHeader;
}

/// A segment of a TCP connection that there is goes nowhere new.
bool opens_something(u8 protocol, std::span<const u8> payload) {
  constexpr u8 kSyn = 0x02;
  return protocol != kTcp || (payload[13] & kSyn);
}

FrameJudgement judge_destination(u32 to, u8 protocol, std::span<const u8> payload) {
  const bool udp = protocol == kUdp;
  if (to == kUserGateway) return {udp && half(payload, 2) == kTftp ? Verdict::Refused : Verdict::Pass};
  if (to == kUserNameServer) return {Verdict::Pass};
  if (to == kBroadcast) return {udp && half(payload, 2) == kDhcpServer ? Verdict::Pass : Verdict::Ignore};
  if (in(to, kUserNetwork, 24) || in(to, 0xE0000000, 3)) return {Verdict::Ignore};
  // The host itself, and what is on its own link: the address of cloud metadata is of that kind.
  if (in(to, 0, 8) || in(to, 0x7F000000, 8) || in(to, 0xA9FE0000, 16)) return {Verdict::Refused};
  return {Verdict::Pass, opens_something(protocol, payload) ? to : 0};
}

/// RFC 791, 3.1
FrameJudgement judge_ipv4(std::span<const u8> packet) {
  constexpr std::size_t kHeader = 20;
  if (packet.size() < kHeader || packet[0] >> 4 != 4) return {Verdict::Malformed};
  const std::size_t header = (packet[0] & 15u) * 4u, length = half(packet, 2);
  if (header < kHeader || length < header || length > packet.size()) return {Verdict::Malformed};
  const u16 fragment = half(packet, 6);
  if (fragment & 0x3FFF) return {Verdict::Fragment};
  const u8 protocol = packet[9];
  if (protocol != kTcp && protocol != kUdp && protocol != kIcmp) return {Verdict::Ignore};
  // Nor options, the reserved flag, or a time to live that has ended.
  if (header != kHeader || (fragment & ~kDontFragment) || packet[8] == 0) return {Verdict::Malformed};
  const std::span<const u8> payload = packet.subspan(header, length - header);
  if (!sound_payload(protocol, payload)) return {Verdict::Malformed};
  if (!possible_source(word(packet, 12), protocol == kUdp && half(payload, 2) == kDhcpServer))
    return {Verdict::Malformed};
  constexpr u8 kEchoRequest = 8;
  if (protocol == kIcmp && payload[0] != kEchoRequest) return {Verdict::Ignore};
  return judge_destination(word(packet, 16), protocol, payload);
}

}  // namespace

FrameJudgement judge_frame(std::span<const u8> frame) {
  if (frame.size() < kEthernetHeader) return {Verdict::Malformed};
  const std::span<const u8> rest = frame.subspan(kEthernetHeader);
  switch (half(frame, 12)) {
    case kArp: return judge_arp(rest);
    case kIpv4: return judge_ipv4(rest);
    default: return {Verdict::Ignore};
  }
}

}  // namespace hypsim::virtio
