// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl011.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 DR = 0x000, RSR = 0x004, FR = 0x018, IBRD = 0x024, FBRD = 0x028, LCR_H = 0x02C, CR = 0x030, IFLS = 0x034,
              IMSC = 0x038, RIS = 0x03C, MIS = 0x040, ICR = 0x044;
constexpr u32 kRx = 1u << 4, kTx = 1u << 5, kRt = 1u << 6, kOe = 1u << 10;

class Uart : public testing::Test {
 protected:
  std::string drain() {
    std::string text;
    while ((rd(uart, FR) & 0x10) == 0) text += static_cast<char>(rd(uart, DR));
    return text;
  }
  BufferBackend host;
  Pl011 uart{{.core_hz = 24'000'000, .clock_hz = 24'000'000}, host};
};

TEST_F(Uart, RegisterList) {
  expect_sound_register_list(uart);
  expect_primecell_id(uart, 0x011);
}

TEST_F(Uart, ResetAsSilicon) {
  Pl011 silicon({.enabled_at_reset = false}, host);
  EXPECT_EQ(rd(silicon, CR), 0x300u);
  EXPECT_EQ(rd(silicon, FR), 0x90u);
  EXPECT_EQ(rd(silicon, IFLS), 0x12u);
  EXPECT_EQ(rd(silicon, LCR_H), 0u);
  EXPECT_EQ(rd(silicon, RIS), 0u);
  EXPECT_THROW(Pl011({.core_hz = 0}, host), InputError);
}

TEST_F(Uart, ResetAsABootLoaderLeavesIt) {
  EXPECT_EQ(rd(uart, CR), 0x301u);
  EXPECT_EQ(rd(uart, LCR_H), 0x70u);
  EXPECT_EQ(rd(uart, IBRD), 13u);  // 115200 baud from 24 MHz
  EXPECT_EQ(rd(uart, FBRD), 1u);
}

TEST_F(Uart, SendsAtOnce) {
  for (char c : std::string("hello\n")) wr(uart, DR, static_cast<u8>(c), Cycles(0), 1);
  EXPECT_EQ(host.output(), "hello\n");
  EXPECT_EQ(rd(uart, FR) & 0xA0, 0x80u) << "transmit FIFO empty, not full";
}

TEST_F(Uart, DisabledTransmitterHoldsSixteenCharacters) {
  wr(uart, CR, 0x300);
  for (unsigned i = 0; i < 18; ++i) wr(uart, DR, 'a' + i);
  EXPECT_EQ(host.output(), "");
  EXPECT_EQ(rd(uart, FR) & 0xA0, 0x20u);
  wr(uart, CR, 0x301);
  EXPECT_EQ(host.output(), "abcdefghijklmnop");
}

TEST_F(Uart, TransmitInterrupt) {
  wr(uart, IMSC, kTx);
  EXPECT_FALSE(uart.irq()) << "no transmission, no interrupt";
  wr(uart, DR, 'x');
  EXPECT_TRUE(uart.irq());
  wr(uart, ICR, kTx);
  EXPECT_FALSE(uart.irq());
}

TEST_F(Uart, ReceivesAtPollsAlone) {
  host.feed("ok");
  EXPECT_EQ(rd(uart, FR) & 0x10, 0x10u);
  uart.poll(Cycles(0));
  EXPECT_EQ(rd(uart, FR) & 0x10, 0u);
  EXPECT_EQ(drain(), "ok");
  EXPECT_EQ(rd(uart, DR), 0u);
}

TEST_F(Uart, TakesNoMoreThanTheFifoHolds) {
  host.feed("0123456789abcdefXYZ");
  uart.poll(Cycles(0));
  EXPECT_EQ(rd(uart, FR) & 0x40, 0x40u);
  uart.poll(Cycles(0));
  EXPECT_EQ(drain(), "0123456789abcdef");
  uart.poll(Cycles(0));
  EXPECT_EQ(drain(), "XYZ");
}

TEST_F(Uart, CharacterModeHoldsOne) {
  wr(uart, LCR_H, 0x60);
  wr(uart, IMSC, kRx);
  host.feed("ab");
  uart.poll(Cycles(0));
  EXPECT_EQ(rd(uart, FR) & 0x40, 0x40u);
  EXPECT_TRUE(uart.irq());
  EXPECT_EQ(rd(uart, DR), u32{'a'});
  EXPECT_FALSE(uart.irq());
}

TEST_F(Uart, DisabledReceiverTakesNothing) {
  host.feed("z");
  wr(uart, CR, 0x101);
  uart.poll(Cycles(0));
  EXPECT_EQ(rd(uart, FR) & 0x10, 0x10u);
  wr(uart, CR, 0x301);
  uart.poll(Cycles(0));
  EXPECT_EQ(drain(), "z");
}

TEST_F(Uart, ReceiveInterruptAtItsLevel) {
  wr(uart, IMSC, kRx);
  const unsigned levels[] = {2, 4, 8, 12, 14};
  for (unsigned select = 0; select < 5; ++select) {
    wr(uart, IFLS, select << 3);
    host.feed(std::string(levels[select] - 1, 'x'));
    uart.poll(Cycles(0));
    EXPECT_FALSE(uart.irq()) << select;
    host.feed("y");
    uart.poll(Cycles(0));
    EXPECT_TRUE(uart.irq()) << select;
    rd(uart, DR);
    EXPECT_FALSE(uart.irq()) << "below the level again";
    drain();
  }
}

TEST_F(Uart, ReceiveTimeoutAfter32BitPeriods) {
  wr(uart, IBRD, 1);  // a bit: 16 UARTCLK cycles, here core cycles
  wr(uart, FBRD, 0);
  wr(uart, IMSC, kRt);
  EXPECT_EQ(uart.next_event(Cycles(0)), kNever);
  host.feed("a");
  uart.poll(Cycles(1000));
  expect_rise_at_next_event(uart, Cycles(1000), Cycles(1000 + 32 * 16));
  EXPECT_EQ(rd(uart, MIS, Cycles(1512)), kRt);
  rd(uart, DR, Cycles(1512));
  EXPECT_FALSE(uart.irq()) << "an empty FIFO has no timeout";
  EXPECT_EQ(uart.next_event(Cycles(1512)), kNever);
}

TEST_F(Uart, NewCharactersRestartTheTimeout) {
  wr(uart, IBRD, 1);
  wr(uart, FBRD, 0);
  wr(uart, IMSC, kRt);
  host.feed("a");
  uart.poll(Cycles(0));
  host.feed("b");
  uart.poll(Cycles(500));
  expect_rise_at_next_event(uart, Cycles(500), Cycles(1012));
  wr(uart, ICR, kRt, Cycles(1012));
  EXPECT_FALSE(uart.irq());
}

TEST_F(Uart, LoopbackAndOverrun) {
  wr(uart, CR, 0x381);
  for (unsigned i = 0; i < 17; ++i) wr(uart, DR, 'a' + i);
  EXPECT_EQ(host.output(), "");
  EXPECT_EQ(rd(uart, RIS) & kOe, kOe);
  for (unsigned i = 0; i < 15; ++i) EXPECT_EQ(rd(uart, DR), 'a' + i);
  EXPECT_EQ(rd(uart, DR), 'p' | 1u << 11) << "the last one carries the overrun";
  EXPECT_EQ(rd(uart, RSR), 8u);
  wr(uart, RSR, 0);
  EXPECT_EQ(rd(uart, RSR), 0u);
  wr(uart, ICR, 0x7FF);
  EXPECT_EQ(rd(uart, RIS), 0u);
}

TEST_F(Uart, NarrowReadsTakeTheirLane) {
  EXPECT_EQ(rd(uart, CR, Cycles(0), 1), 0x01u);
  EXPECT_EQ(rd(uart, CR + 1, Cycles(0), 1), 0x03u);
  EXPECT_EQ(rd(uart, CR, Cycles(0), 2), 0x301u);
}

}  // namespace
}  // namespace hypsim
