// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/frame_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hypsim::virtio {
namespace {

using Verdict = FrameJudgement::Verdict;
using Bytes = std::vector<u8>;

constexpr u32 kOutside = 0xC0000201;  // 192.0.2.1

void put16(Bytes& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<u8>(value >> 8);
  bytes[at + 1] = static_cast<u8>(value);
}
void put32(Bytes& bytes, std::size_t at, u32 value) {
  put16(bytes, at, value >> 16);
  put16(bytes, at + 2, value & 0xFFFF);
}

// Offsets in a frame.
constexpr std::size_t kType = 12, kIp = 14, kLength = kIp + 2, kFragment = kIp + 6, kTtl = kIp + 8, kProtocol = kIp + 9,
                      kFrom = kIp + 12, kTo = kIp + 16, kPayload = kIp + 20;

Bytes packet(u8 protocol, u32 to, std::size_t payload, u32 from = kUserGuest) {
  Bytes frame(kPayload + payload);
  put16(frame, kType, 0x0800);
  frame[kIp] = 0x45;
  put16(frame, kLength, static_cast<unsigned>(20 + payload));
  frame[kTtl] = 64;
  frame[kProtocol] = protocol;
  put32(frame, kFrom, from);
  put32(frame, kTo, to);
  return frame;
}
Bytes udp(u32 to, unsigned port, std::size_t data = 4, u32 from = kUserGuest) {
  Bytes frame = packet(17, to, 8 + data, from);
  put16(frame, kPayload + 2, port);
  put16(frame, kPayload + 4, static_cast<unsigned>(8 + data));
  return frame;
}
Bytes tcp(u32 to, u8 flags, std::size_t data = 0) {
  Bytes frame = packet(6, to, 20 + data);
  frame[kPayload + 12] = 5 << 4;
  frame[kPayload + 13] = flags;
  return frame;
}
Bytes echo(u32 to) {
  Bytes frame = packet(1, to, 16);
  frame[kPayload] = 8;
  return frame;
}
Bytes arp() {
  Bytes frame(14 + 28);
  put16(frame, kType, 0x0806);
  put16(frame, 14, 1);
  put16(frame, 16, 0x0800);
  frame[18] = 6;
  frame[19] = 4;
  return frame;
}
Bytes with(Bytes frame, std::size_t at, unsigned value) {
  frame.at(at) = static_cast<u8>(value);
  return frame;
}
Bytes with16(Bytes frame, std::size_t at, unsigned value) {
  put16(frame, at, value);
  return frame;
}
Bytes cut(Bytes frame, std::size_t size) {
  frame.resize(size);
  return frame;
}

Verdict judge(const Bytes& frame) { return judge_frame(frame).verdict; }

TEST(FrameFilter, OrdinaryTrafficPasses) {
  EXPECT_EQ(judge(arp()), Verdict::Pass);
  EXPECT_EQ(judge(cut(arp(), 60)), Verdict::Pass) << "padded";
  EXPECT_EQ(judge(echo(kUserGateway)), Verdict::Pass);
  EXPECT_EQ(judge(udp(kUserNameServer, 53)), Verdict::Pass);
  EXPECT_EQ(judge(udp(0xFFFFFFFF, 67, 240, 0)), Verdict::Pass) << "DHCP without an address";
  EXPECT_EQ(judge(udp(kUserGateway, 67, 300)), Verdict::Pass);
  EXPECT_EQ(judge(tcp(kOutside, 0x02)), Verdict::Pass);
  EXPECT_EQ(judge(with16(tcp(kOutside, 0x10, 1460), kFragment, 0x4000)), Verdict::Pass) << "don't fragment";
  EXPECT_EQ(judge(cut(udp(kOutside, 9), 60)), Verdict::Pass) << "padded";
}

TEST(FrameFilter, AsksForTheHostWhereSomethingNewIsReached) {
  EXPECT_EQ(judge_frame(tcp(kOutside, 0x02)).destination, kOutside);
  EXPECT_EQ(judge_frame(tcp(kOutside, 0x12)).destination, kOutside);
  EXPECT_EQ(judge_frame(tcp(kOutside, 0x10)).destination, 0u) << "of a connection that there is";
  EXPECT_EQ(judge_frame(udp(kOutside, 9)).destination, kOutside);
  EXPECT_EQ(judge_frame(echo(kOutside)).destination, kOutside);
  EXPECT_EQ(judge_frame(tcp(kUserGateway, 0x02)).destination, 0u);
  EXPECT_EQ(judge_frame(udp(kUserNameServer, 53)).destination, 0u);
}

TEST(FrameFilter, FragmentsOfEveryKind) {
  for (unsigned field : {0x0001u, 0x1FFFu, 0x2000u, 0x2001u, 0x3FFFu, 0x6000u, 0x4001u, 0xA001u})
    for (u8 protocol : {u8{1}, u8{6}, u8{17}, u8{99}})
      EXPECT_EQ(judge(with16(packet(protocol, kUserGateway, 40), kFragment, field)), Verdict::Fragment) << field;
}

TEST(FrameFilter, LengthsThatDoNotFit) {
  for (std::size_t size = 0; size < kPayload; ++size)
    EXPECT_EQ(judge(cut(echo(kUserGateway), size)), Verdict::Malformed) << size;
  for (std::size_t size = kPayload; size < kPayload + 16; ++size)
    EXPECT_EQ(judge(cut(echo(kUserGateway), size)), Verdict::Malformed) << "shorter than it says: " << size;
  for (unsigned length : {0u, 19u, 20u, 27u, 37u, 0xFFFFu})
    EXPECT_EQ(judge(with16(echo(kUserGateway), kLength, length)), Verdict::Malformed) << length;
  for (unsigned first : {0x00u, 0x44u, 0x46u, 0x4Fu, 0x65u})
    EXPECT_EQ(judge(with(echo(kUserGateway), kIp, first)), Verdict::Malformed) << "version, header length or options";
  EXPECT_EQ(judge(with16(echo(kUserGateway), kFragment, 0x8000)), Verdict::Malformed);
  EXPECT_EQ(judge(with(echo(kUserGateway), kTtl, 0)), Verdict::Malformed);
  for (unsigned length : {0u, 7u, 13u, 0xFFFFu})
    EXPECT_EQ(judge(with16(udp(kOutside, 9), kPayload + 4, length)), Verdict::Malformed) << "UDP length " << length;
  EXPECT_EQ(judge(udp(kUserGateway, 67, 239)), Verdict::Malformed) << "DHCP without its header";
  EXPECT_EQ(judge(packet(6, kOutside, 19)), Verdict::Malformed);
  for (unsigned offset : {0u, 4u, 6u, 15u})
    EXPECT_EQ(judge(with(tcp(kOutside, 0x10), kPayload + 12, offset << 4)), Verdict::Malformed) << "offset " << offset;
}

TEST(FrameFilter, UrgentDataThatIsNotThere) {
  EXPECT_EQ(judge(with16(tcp(kOutside, 0x30, 10), kPayload + 18, 10)), Verdict::Pass);
  EXPECT_EQ(judge(with16(tcp(kOutside, 0x30, 10), kPayload + 18, 11)), Verdict::Malformed);
  EXPECT_EQ(judge(with16(tcp(kOutside, 0x10, 10), kPayload + 18, 11)), Verdict::Pass) << "without the flag";
}

TEST(FrameFilter, Arp) {
  for (std::size_t size = 14; size < 42; ++size) EXPECT_EQ(judge(cut(arp(), size)), Verdict::Malformed) << size;
  for (std::size_t at : {15, 17, 18, 19}) EXPECT_EQ(judge(with(arp(), at, 0xEE)), Verdict::Malformed) << at;
}

TEST(FrameFilter, SourcesThatNobodyHas) {
  for (u32 from : {0x00000000u, 0x00000001u, 0x7F000001u, 0xE0000001u, 0xF0000001u, 0xFFFFFFFFu, kUserGateway,
                   kUserNameServer, kUserNetwork + 255})
    EXPECT_EQ(judge(udp(kOutside, 9, 4, from)), Verdict::Malformed) << std::hex << from;
  EXPECT_EQ(judge(udp(kOutside, 9, 4, 0xC0A80001)), Verdict::Pass) << "a network behind the guest";
}

TEST(FrameFilter, TheHostItselfAndItsLink) {
  for (u32 to : {0x00000000u, 0x7F000001u, 0x7FFFFFFFu, 0xA9FEA9FEu})
    for (const Bytes& frame : {tcp(to, 0x02), udp(to, 9), echo(to)})
      EXPECT_EQ(judge(frame), Verdict::Refused) << std::hex << to;
  EXPECT_EQ(judge(udp(kUserGateway, 69)), Verdict::Refused) << "TFTP";
}

TEST(FrameFilter, WhatNobodyHearsIsNoLoss) {
  for (u32 to : {0xE00000FBu, 0xFFFFFFFFu, kUserNetwork + 255, kUserNetwork + 7})
    EXPECT_EQ(judge(udp(to, 5353)), Verdict::Ignore) << std::hex << to;
  EXPECT_EQ(judge(packet(2, 0xE0000016, 8)), Verdict::Ignore) << "IGMP";
  EXPECT_EQ(judge(with(packet(2, 0xE0000016, 12), kIp, 0x46)), Verdict::Ignore) << "IGMP, which has an option";
  EXPECT_EQ(judge(with(echo(kUserGateway), kPayload, 0)), Verdict::Ignore) << "a reply";
  for (unsigned type : {0x86DDu, 0x88F8u, 0x8100u, 0x0000u, 0x0026u})
    EXPECT_EQ(judge(with16(Bytes(60), kType, type)), Verdict::Ignore) << "IPv6, NC-SI, VLAN, lengths";
}

}  // namespace
}  // namespace hypsim::virtio
