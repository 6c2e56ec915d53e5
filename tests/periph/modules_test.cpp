// SPDX-License-Identifier: Apache-2.0
// The SystemC shells: sockets, time, interrupt outputs.
#include "sim/periph/modules.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

namespace hypsim {
namespace {

using sc_core::sc_time;

template <class Module>
struct Bench : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Bench> socket{"socket"};
  Module device;
  sc_core::sc_signal<bool> irq{"line"};

  template <class... Args>
  Bench(sc_core::sc_module_name name, const DeviceModuleConfig& config, Args&&... args)
      : sc_module(name), device("device", config, std::forward<Args>(args)...) {
    socket.bind(device.socket);
    device.irq.bind(irq);
  }
  tlm::tlm_response_status access(tlm::tlm_command command, u32 offset, void* data, unsigned size, sc_time& delay) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(static_cast<u8*>(data));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  u32 read(u32 offset, sc_time delay = sc_core::SC_ZERO_TIME) {
    u32 value = 0;
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, offset, &value, 4, delay), tlm::TLM_OK_RESPONSE);
    return value;
  }
  void write(u32 offset, u32 value) {
    sc_time delay;
    EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, offset, &value, 4, delay), tlm::TLM_OK_RESPONSE);
  }
};

const DeviceModuleConfig kConfig{
    .core_hz = 1'000'000'000, .latency = sc_time(50, sc_core::SC_NS), .poll_interval = sc_time(10, sc_core::SC_US)};

TEST(CycleTime, RoundTripsEveryCycle) {
  for (u64 hz : {u64{1'700'000'000}, u64{999'999'937}, u64{3'000'000'000}, u64{24'000'000}}) {
    const CycleTime time(hz);
    for (u64 c : {0ull, 1ull, 2ull, 3ull, 999ull, 123'456'789ull, 3'000'000'000'001ull}) {
      EXPECT_EQ(time.to_cycles(time.to_time(Cycles(c))), Cycles(c)) << hz;
      if (c == 0) continue;
      EXPECT_EQ(time.to_cycles(time.to_time(Cycles(c)) - sc_time::from_value(1)), Cycles(c - 1)) << hz;
    }
  }
}

TEST(Pl011Module, SendsReceivesAndInterrupts) {
  BufferBackend host;
  Bench<Pl011Module> bench("bench", kConfig, Pl011Config{.core_hz = kConfig.core_hz}, host);
  sc_time delay(1, sc_core::SC_US);
  u8 letter = 'A';
  EXPECT_EQ(bench.access(tlm::TLM_WRITE_COMMAND, 0x000, &letter, 1, delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(host.output(), "A");
  EXPECT_EQ(delay, sc_time(1050, sc_core::SC_NS)) << "the access latency is annotated";
  bench.write(0x044, 0x7FF);
  bench.write(0x038, 1u << 6);  // receive timeout
  host.feed("b");
  sc_core::sc_start(sc_time(9, sc_core::SC_US));
  EXPECT_EQ(bench.read(0x018) & 0x10, 0u) << "polled at time zero";
  EXPECT_FALSE(bench.irq.read());
  sc_core::sc_start(sc_time(1, sc_core::SC_MS));
  EXPECT_TRUE(bench.irq.read());
  EXPECT_EQ(bench.read(0x000), u32{'b'});
  host.feed("c");
  sc_core::sc_start(sc_time(10, sc_core::SC_US));
  EXPECT_FALSE(bench.irq.read());
  EXPECT_EQ(bench.read(0x000), u32{'c'});
}

TEST(Pl011Module, RefusesWhatItCannotDo) {
  BufferBackend host;
  Bench<Pl011Module> bench("bench", kConfig, Pl011Config{}, host);
  sc_time delay;
  u64 data = 0;
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x000, &data, 8, delay), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x1000, &data, 4, delay), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x002, &data, 4, delay), tlm::TLM_GENERIC_ERROR_RESPONSE);
}

TEST(Sp804Module, RaisesItsLineAtTheExactTime) {
  Bench<Sp804Module> bench("bench", kConfig, Sp804Config{.core_hz = kConfig.core_hz});
  bench.write(0x00, 20);  // 20 us
  bench.write(0x08, 0x80 | 0x40 | 0x20 | 2);
  sc_core::sc_start(sc_time(20, sc_core::SC_US) - sc_time(1, sc_core::SC_PS));
  EXPECT_FALSE(bench.irq.read());
  sc_core::sc_start(sc_time(2, sc_core::SC_PS));
  EXPECT_TRUE(bench.irq.read());
  bench.write(0x0C, 0);
  sc_core::sc_start(sc_time(10, sc_core::SC_US));
  EXPECT_FALSE(bench.irq.read());
  EXPECT_EQ(bench.read(0x04, sc_time(5, sc_core::SC_US)), 5u) << "the delay of the caller counts";
  bench.device.reset();
  sc_core::sc_start(sc_time(100, sc_core::SC_US));
  EXPECT_FALSE(bench.irq.read());
}

TEST(Pl031Module, CountsSimulatedSeconds) {
  Bench<Pl031Module> bench("bench", kConfig, Pl031Config{.core_hz = kConfig.core_hz, .start = 100});
  bench.write(0x10, 1);
  bench.write(0x04, 102);
  sc_core::sc_start(sc_time(1, sc_core::SC_SEC));
  EXPECT_EQ(bench.read(0x00), 101u);
  EXPECT_FALSE(bench.irq.read());
  sc_core::sc_start(sc_time(1, sc_core::SC_SEC) + sc_time(1, sc_core::SC_PS));
  EXPECT_TRUE(bench.irq.read());
}

TEST(VexpressSysregsModule, Reads) {
  Bench<VexpressSysregsModule> bench("bench", kConfig, VexpressSysregsConfig{.core_hz = kConfig.core_hz});
  sc_core::sc_start(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(bench.read(0x00), 0x1190F500u);
  EXPECT_EQ(bench.read(0x5C), 24'001u) << "read 50 ns after the millisecond";
}

}  // namespace
}  // namespace hypsim
