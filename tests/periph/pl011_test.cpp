// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl011.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 DR = 0x000, RSR = 0x004, FR = 0x018, IBRD = 0x024, FBRD = 0x028, LCR_H = 0x02C, CR = 0x030, IFLS = 0x034,
              IMSC = 0x038, RIS = 0x03C, MIS = 0x040, ICR = 0x044;
constexpr u32 kRi = 1u << 8, kModem = 0xF;
constexpr u32 kRx = 1u << 4, kTx = 1u << 5, kRt = 1u << 6, kOe = 1u << 10;

class Uart : public testing::Test {
 protected:
  std::string drain() {
    std::string text;
    while ((rd(uart, FR) & 0x10) == 0) text += static_cast<char>(rd(uart, DR));
    return text;
  }
  void set_bit_to_16_cycles() {
    wr(uart, IBRD, 1);
    wr(uart, FBRD, 0);
    wr(uart, LCR_H, 0x70);
  }
  void receive(const std::string& text, Cycles now = Cycles(0)) {
    host.feed(text);
    uart.poll(now);
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
  set_bit_to_16_cycles();
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
  set_bit_to_16_cycles();
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
  EXPECT_EQ(rd(uart, RSR), 8u) << "at once";
  EXPECT_EQ(rd(uart, DR), u32{'a'});
  wr(uart, DR, 'r');
  wr(uart, DR, 's');
  for (unsigned i = 1; i < 16; ++i) EXPECT_EQ(rd(uart, DR), 'a' + i);
  EXPECT_EQ(rd(uart, DR), 'r' | 1u << 11) << "the next one that found room tells of the loss";
  EXPECT_EQ(rd(uart, RSR), 8u) << "until it is cleared";
  wr(uart, RSR, 0);
  EXPECT_EQ(rd(uart, RSR), 0u);
  EXPECT_EQ(rd(uart, RIS) & kOe, kOe) << "the interrupt is another matter";
  wr(uart, ICR, kOe);
  EXPECT_EQ(rd(uart, RIS) & kOe, 0u);
}

TEST_F(Uart, TheLevelInterruptsAsItIsReached) {
  wr(uart, IFLS, 1 << 3);  // four
  receive("abcd");
  wr(uart, ICR, kRx);
  receive("e");
  EXPECT_EQ(rd(uart, RIS) & kRx, 0u) << "above the level";
  wr(uart, IFLS, 0);
  EXPECT_EQ(rd(uart, RIS) & kRx, 0u) << "the level moved, not the fill";
  wr(uart, IFLS, 1 << 3);
  rd(uart, DR);
  rd(uart, DR);
  receive("f");
  EXPECT_EQ(rd(uart, RIS) & kRx, kRx) << "through the level again";
}

// What an ICR leaves in the FIFO interrupts again, by the timeout. ARM DDI 0183 2.8
TEST_F(Uart, ClearedInterruptsWithDataLeft) {
  set_bit_to_16_cycles();
  for (unsigned held : {1u, 7u, 8u, 10u, 16u}) {
    for (u32 cleared : {kRx, kRt, kRx | kRt, u32{0x7FF}}) {
      for (bool fired : {false, true}) {
        const Cycles start(u64{1} << 20), clear = start + Cycles(fired ? 600 : 100);
        uart.reset();
        set_bit_to_16_cycles();
        wr(uart, IMSC, kRt, start);
        receive(std::string(held, 'x'), start);
        EXPECT_EQ(rd(uart, RIS, clear) & kRt, fired ? kRt : 0u);
        wr(uart, ICR, cleared, clear);
        EXPECT_EQ(rd(uart, RIS, clear) & cleared & (kRx | kRt), 0u);
        if (fired && (cleared & kRt) == 0) continue;
        expect_rise_at_next_event(uart, clear, (fired ? clear : start) + Cycles(512));
      }
    }
  }
}

TEST_F(Uart, ToggledFifosAreEmptyAndQuiet) {
  for (u32 from : {0x70u, 0x60u}) {
    uart.reset();
    wr(uart, LCR_H, from);
    receive(from == 0x70 ? "123456789" : "1");
    EXPECT_EQ(rd(uart, RIS) & kRx, kRx) << from;
    wr(uart, LCR_H, from ^ 0x10);
    EXPECT_EQ(rd(uart, FR) & 0x10, 0x10u) << from;
    EXPECT_EQ(rd(uart, RIS) & (kRx | kRt), 0u) << from;
    EXPECT_EQ(rd(uart, RIS, Cycles(u64{1} << 40)) & kRt, 0u) << "nothing is left to time out";
    EXPECT_EQ(rd(uart, DR), 0u);
    EXPECT_EQ(rd(uart, RIS) & kRx, 0u);
  }
  uart.reset();
  wr(uart, CR, 0x300);
  wr(uart, DR, 'x');
  wr(uart, LCR_H, 0x60);
  wr(uart, CR, 0x301);
  EXPECT_EQ(host.output(), "") << "what waited to be sent is gone";
  wr(uart, LCR_H, 0x70);
  receive("abc");
  wr(uart, LCR_H, 0x72);
  EXPECT_EQ(drain(), "abc") << "another bit of UARTLCR_H empties nothing";
}

TEST_F(Uart, AToggleForgetsTheOverrun) {
  wr(uart, CR, 0x381);
  for (unsigned i = 0; i < 17; ++i) wr(uart, DR, 'a' + i);
  wr(uart, LCR_H, 0x60);
  wr(uart, LCR_H, 0x70);
  wr(uart, DR, 'z');
  EXPECT_EQ(rd(uart, DR), u32{'z'});
}

TEST_F(Uart, BusyWhileCharactersWait) {
  wr(uart, CR, 0x300);
  EXPECT_EQ(rd(uart, FR) & 0x88, 0x80u);
  wr(uart, DR, 'x');
  EXPECT_EQ(rd(uart, FR) & 0x88, 0x08u);
  wr(uart, CR, 0x301);
  EXPECT_EQ(rd(uart, FR) & 0x88, 0x80u);
}

TEST_F(Uart, TheDivisorIsTakenWithTheLineControl) {
  set_bit_to_16_cycles();
  wr(uart, IBRD, 100);
  wr(uart, IMSC, kRt);
  receive("a");
  expect_rise_at_next_event(uart, Cycles(0), Cycles(512));
  wr(uart, ICR, kRt, Cycles(512));
  wr(uart, LCR_H, 0x70, Cycles(512));
  receive("b", Cycles(600));
  expect_rise_at_next_event(uart, Cycles(600), Cycles(600 + 51'200));
}

TEST_F(Uart, LoopbackOfTheModemLines) {
  const struct {
    u32 output, input, interrupt;
  } lines[] = {{1u << 11, 1u << 0, 1u << 1},
               {1u << 10, 1u << 1, 1u << 3},
               {1u << 12, 1u << 2, 1u << 2},
               {1u << 13, kRi, 1u << 0}};
  for (const auto& line : lines) {
    wr(uart, CR, 0x301 | line.output);
    EXPECT_EQ(rd(uart, FR) & (kRi | 7), 0u) << "nobody is at the line";
    EXPECT_EQ(rd(uart, RIS) & kModem, 0u);
    wr(uart, CR, 0x381 | line.output);
    EXPECT_EQ(rd(uart, FR) & (kRi | 7), line.input);
    EXPECT_EQ(rd(uart, RIS) & kModem, line.interrupt);
    wr(uart, ICR, kModem);
    wr(uart, CR, 0x381);
    EXPECT_EQ(rd(uart, FR) & (kRi | 7), 0u);
    EXPECT_EQ(rd(uart, RIS) & kModem, line.interrupt) << "either way";
    wr(uart, ICR, kModem);
  }
}

TEST_F(Uart, LoopbackWithoutAReceiver) {
  wr(uart, CR, 0x181);
  wr(uart, DR, 'x');
  wr(uart, CR, 0x381);
  EXPECT_EQ(drain(), "");
}

TEST_F(Uart, NarrowReadsTakeTheirLane) {
  EXPECT_EQ(rd(uart, CR, Cycles(0), 1), 0x01u);
  EXPECT_EQ(rd(uart, CR + 1, Cycles(0), 1), 0x03u);
  EXPECT_EQ(rd(uart, CR, Cycles(0), 2), 0x301u);
}

}  // namespace
}  // namespace hypsim
