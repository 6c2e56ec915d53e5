// SPDX-License-Identifier: Apache-2.0
// The SystemC shell: sockets, banking by the payload extension, inputs and outputs.
#include "sim/gic/gic_module.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "sim/gic/gic_fields.h"
#include "sim/mem/bus_extension.h"

namespace hypsim {
namespace {

using sc_core::sc_time;

struct Bench : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Bench> socket{"socket"};
  GicModule gic{"gic", GicConfig{.cores = 2, .spis = 32}, GicAddressMap{},
                GicLatency{sc_time(30, sc_core::SC_NS), sc_time(10, sc_core::SC_NS)}};
  sc_core::sc_signal<bool> spi5{"spi5"}, ppi27_core1{"ppi27_core1"}, irq0{"irq0"}, irq1{"irq1"}, virq0{"virq0"};

  explicit Bench(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(gic.socket);
    gic.spi[5].bind(spi5);
    gic.ppi[16 + 11].bind(ppi27_core1);
    gic.irq[0].bind(irq0);
    gic.irq[1].bind(irq1);
    gic.virq[0].bind(virq0);
  }

  tlm::tlm_response_status access(tlm::tlm_command command, u64 address, void* data, unsigned size, const BusAttr& attr,
                                  sc_time& delay) {
    tlm::tlm_generic_payload payload;
    BusExtension extension(attr);
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<u8*>(data));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    payload.set_extension(&extension);
    socket->b_transport(payload, delay);
    payload.clear_extension(&extension);
    return payload.get_response_status();
  }
  u32 read(u64 address, unsigned core = 0, Security security = Security::Secure) {
    u32 value = 0;
    sc_time delay;
    const BusAttr attr{.security = security, .core = static_cast<u8>(core)};
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, &value, 4, attr, delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(delay, sc_time(30, sc_core::SC_NS));
    return value;
  }
  void write(u64 address, u32 value, unsigned core = 0, Security security = Security::Secure) {
    sc_time delay;
    const BusAttr attr{.security = security, .core = static_cast<u8>(core)};
    EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, address, &value, 4, attr, delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(delay, sc_time(10, sc_core::SC_NS));
  }
  void start_up() {
    write(0x1000, 3);
    for (unsigned core = 0; core < 2; ++core) {
      write(0x2000 + gicc::CTLR, 3, core);
      write(0x2000 + gicc::PMR, 0xF8, core);
      write(0x1000 + gicd::ISENABLER, 1u << 27, core);
    }
    write(0x1000 + gicd::ISENABLER + 4, ~0u);
    write(0x1000 + gicd::ITARGETSR + 36, 0x0100);
  }
  static void settle() { sc_core::sc_start(100, sc_core::SC_NS); }
};

TEST(GicModule, InputsReachOutputs) {
  Bench bench("bench");
  bench.start_up();
  Bench::settle();
  EXPECT_FALSE(bench.irq0.read());
  bench.spi5.write(true);
  Bench::settle();
  EXPECT_TRUE(bench.irq0.read());
  EXPECT_FALSE(bench.irq1.read());
  EXPECT_EQ(bench.read(0x2000 + gicc::IAR), 37u);
  Bench::settle();
  EXPECT_FALSE(bench.irq0.read());
  bench.ppi27_core1.write(true);
  Bench::settle();
  EXPECT_TRUE(bench.irq1.read());
  EXPECT_EQ(bench.read(0x2000 + gicc::IAR, 1), 27u) << "banked by the core of the extension";
}

TEST(GicModule, BanksBySecurity) {
  Bench bench("bench");
  bench.write(0x1000, 3);
  EXPECT_EQ(bench.read(0x1000, 0, Security::Secure), 3u);
  EXPECT_EQ(bench.read(0x1000, 0, Security::NonSecure), 1u);
}

TEST(GicModule, VirtualInterruptsReachTheirOutput) {
  Bench bench("bench");
  bench.write(0x4000 + gich::VMCR, 0xF84C0001);
  bench.write(0x4000 + gich::HCR, 1);
  bench.write(0x5000 + gich::LR0, 1u << 28 | 40);
  Bench::settle();
  EXPECT_TRUE(bench.virq0.read());
  EXPECT_EQ(bench.read(0x6000 + gicc::IAR), 40u);
  Bench::settle();
  EXPECT_FALSE(bench.virq0.read());
}

TEST(GicModule, DoubleWordsAreTwoBeatsAndErrorsAreErrors) {
  Bench bench("bench");
  sc_time delay;
  u64 both = 0;
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x1004, &both, 8, {.security = Security::Secure}, delay),
            tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(both, 0x0000043B'00000421u);
  EXPECT_EQ(delay, sc_time(60, sc_core::SC_NS));
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x0000, &both, 4, {}, delay), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x2004, &both, 1, {}, delay), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x1004, &both, 6, {}, delay), tlm::TLM_BURST_ERROR_RESPONSE);
}

TEST(GicModule, DebugReadsAcknowledgeNothing) {
  Bench bench("bench");
  bench.start_up();
  bench.spi5.write(true);
  Bench::settle();
  tlm::tlm_generic_payload payload;
  u32 value = 0;
  BusExtension extension(BusAttr{.security = Security::Secure});
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(0x2000 + gicc::IAR);
  payload.set_data_ptr(reinterpret_cast<u8*>(&value));
  payload.set_data_length(4);
  payload.set_extension(&extension);
  EXPECT_EQ(bench.socket->transport_dbg(payload), 4u);
  EXPECT_EQ(value, 37u);
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  EXPECT_EQ(bench.socket->transport_dbg(payload), 0u);
  payload.clear_extension(&extension);
  Bench::settle();
  EXPECT_TRUE(bench.irq0.read());
}

TEST(BusExtension, ClonesAndCopies) {
  const BusExtension original(BusAttr{.security = Security::Secure, .exclusive = true, .core = 3});
  tlm::tlm_extension_base* clone = original.clone();
  EXPECT_EQ(static_cast<BusExtension*>(clone)->attr.core, 3);
  BusExtension copy;
  copy.copy_from(original);
  EXPECT_TRUE(copy.attr.exclusive);
  EXPECT_EQ(copy.attr.security, Security::Secure);
  clone->free();
  EXPECT_EQ(BusExtension::of(tlm::tlm_generic_payload{}).security, Security::NonSecure);
}

}  // namespace
}  // namespace hypsim
