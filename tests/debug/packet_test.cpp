// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/packet.h"

#include <gtest/gtest.h>

#include <random>

namespace hypsim::debug {
namespace {

using Kind = PacketEvent::Kind;

TEST(Frame, HasTheChecksumOfTheManual) {
  EXPECT_EQ(frame("OK"), "$OK#9a");
  EXPECT_EQ(frame(""), "$#00");
}

TEST(Frame, EscapesWhatFramingUses) {
  EXPECT_EQ(frame("a#b$c}d*e"), std::string("$a}\x03") + "b}\x04" + "c}]d}\ne#" + frame("a#b$c}d*e").substr(15));
  PacketReader reader;
  reader.feed(frame("a#b$c}d*e"));
  const auto event = reader.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::Packet);
  EXPECT_EQ(event->body, "a#b$c}d*e");
}

TEST(PacketReader, TakesPacketsByteByByte) {
  PacketReader reader;
  const std::string text = "+" + frame("vCont;c") + "\x03";
  std::vector<PacketEvent> events;
  for (const char c : text) {
    reader.feed(std::string_view(&c, 1));
    while (auto event = reader.next()) events.push_back(*event);
  }
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].kind, Kind::Ack);
  EXPECT_EQ(events[1].kind, Kind::Packet);
  EXPECT_EQ(events[1].body, "vCont;c");
  EXPECT_EQ(events[2].kind, Kind::Interrupt);
}

TEST(PacketReader, BadChecksumIsCorrupt) {
  PacketReader reader;
  reader.feed("$g#00$g#zz$g#67");
  EXPECT_EQ(reader.next()->kind, Kind::Corrupt);
  EXPECT_EQ(reader.next()->kind, Kind::Corrupt);
  const auto good = reader.next();
  EXPECT_EQ(good->kind, Kind::Packet);
  EXPECT_EQ(good->body, "g");
  EXPECT_FALSE(reader.next());
}

TEST(PacketReader, ALostEndDoesNotSwallowTheNextPacket) {
  PacketReader reader;
  reader.feed("$m4020$g#67");
  EXPECT_EQ(reader.next()->kind, Kind::Corrupt);
  EXPECT_EQ(reader.next()->body, "g");
}

TEST(PacketReader, AnEscapeAtTheEndAddsNothing) {
  PacketReader reader;
  reader.feed("$a}#de");
  const auto event = reader.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::Packet);
  EXPECT_EQ(event->body, "a");
}

TEST(PacketReader, EndlessPacketsAreGivenUp) {
  PacketReader reader;
  reader.feed("$" + std::string(2 * kMaxPacket, 'a'));
  EXPECT_EQ(reader.next()->kind, Kind::Corrupt);
  reader.feed("$g#67");
  EXPECT_EQ(reader.next()->body, "g");
}

TEST(PacketReader, NoiseNeverLeavesItStuck) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    PacketReader reader;
    std::string noise;
    for (int i = 0; i < 300; ++i)
      noise += static_cast<char>(random() % 8 == 0 ? "$#+-}\x03"
                                                     "0a"[random() % 8]
                                                   : random());
    reader.feed(noise);
    while (reader.next()) {
    }
    // Whatever an open packet still waits for, the next two whole packets bring one through.
    reader.feed("#00$g#67$g#67");
    std::string last;
    while (auto event = reader.next())
      if (event->kind == Kind::Packet) last = event->body;
    EXPECT_EQ(last, "g") << "round " << round;
  }
}

TEST(Hex, BothWays) {
  EXPECT_EQ(to_hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(from_hex("00fF1a"), std::string("\x00\xff\x1a", 3));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_EQ(value_to_hex(0x12345678, 4), "78563412");
  EXPECT_EQ(value_from_hex("78563412", 4), 0x12345678u);
  EXPECT_EQ(value_from_hex("efcdab8967452301", 8), 0x0123456789ABCDEFu);
  EXPECT_FALSE(value_from_hex("785634", 4));
}

TEST(Fields, ReadNumbersAndNothingElse) {
  Fields fields("40201000,4:zz");
  EXPECT_EQ(fields.number(), 0x40201000u);
  EXPECT_FALSE(fields.skip(";"));
  EXPECT_TRUE(fields.skip(","));
  EXPECT_EQ(fields.number(), 4u);
  EXPECT_EQ(fields.until(':'), "");
  EXPECT_FALSE(fields.number());
  EXPECT_EQ(fields.rest(), "zz");
  EXPECT_EQ(Fields("ffffffffffffffff").number(), ~u64{0});
  EXPECT_FALSE(Fields("10000000000000000").number());
  EXPECT_FALSE(Fields("").number());
}

TEST(Opening, ADebuggerIsKnownByItsFirstPacket) {
  for (const char* said : {"$?#3f", "+$?#3f", "+++$?#3f", "\x03$?#3f", "-$?#3f", "$?#3f$g#67", "$?#3fGET /"})
    EXPECT_EQ(judge_opening(said), Opening::Debugger) << said;
  for (const char* said : {"", "+", "+++++", "\x03", "$", "+$qSupp", "$?#", "$?#3"})
    EXPECT_EQ(judge_opening(said), Opening::Incomplete) << said;
  for (const char* said : {"GET / HTTP/1.1\r\n$?#3f", " $?#3f", "+ ", "$?#40", "$?#zz", "$$?#3f", "\n"})
    EXPECT_EQ(judge_opening(said), Opening::Stranger) << said;
}

TEST(Opening, IsNotWaitedForWithoutEnd) {
  EXPECT_EQ(judge_opening(std::string(kMaxPacket, '+')), Opening::Incomplete);
  EXPECT_EQ(judge_opening(std::string(kMaxPacket + 1, '+')), Opening::Stranger);
  EXPECT_EQ(judge_opening("$" + std::string(kMaxPacket - 1, 'a')), Opening::Incomplete);
  EXPECT_EQ(judge_opening("$" + std::string(2 * kMaxPacket, 'a')), Opening::Stranger);
}

}  // namespace
}  // namespace hypsim::debug
