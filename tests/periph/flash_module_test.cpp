// SPDX-License-Identifier: Apache-2.0
// The flash bank on a bus: direct reads while it is an array, none while it answers commands.
#include "sim/periph/flash_module.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

namespace hypsim {
namespace {

constexpr u64 kSize = u64{1} << 20;

struct Bus : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Bus> socket{"socket"};
  FlashModule flash{"flash", kSize, sc_core::sc_time(60, sc_core::SC_NS)};
  unsigned withdrawn = 0;
  u64 first = 1, last = 0;

  explicit Bus(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &Bus::invalidate);
    socket.bind(flash.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) {
    ++withdrawn;
    first = start;
    last = end;
  }
  static void set_up(tlm::tlm_generic_payload& p, tlm::tlm_command command, u64 address, void* data, unsigned size) {
    p.set_command(command);
    p.set_address(address);
    p.set_data_ptr(static_cast<u8*>(data));
    p.set_data_length(size);
    p.set_streaming_width(size);
  }
  tlm::tlm_response_status access(tlm::tlm_command command, u64 address, void* data, unsigned size) {
    tlm::tlm_generic_payload p;
    set_up(p, command, address, data, size);
    sc_core::sc_time delay;
    socket->b_transport(p, delay);
    return p.get_response_status();
  }
  void write(u64 address, u32 value) {
    EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, address, &value, 4), tlm::TLM_OK_RESPONSE);
  }
  u64 read(u64 address, unsigned size) {
    u64 value = 0;
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, &value, size), tlm::TLM_OK_RESPONSE);
    return value;
  }
  bool grants(tlm::tlm_command command, tlm::tlm_dmi& dmi) {
    tlm::tlm_generic_payload p;
    set_up(p, command, 0, nullptr, 0);
    return socket->get_direct_mem_ptr(p, dmi);
  }
};

TEST(FlashModule, WithdrawsItsArrayWhileItAnswersCommands) {
  Bus bus("bus");
  tlm::tlm_dmi dmi;
  EXPECT_TRUE(bus.grants(tlm::TLM_READ_COMMAND, dmi));
  EXPECT_TRUE(dmi.is_read_allowed());
  EXPECT_FALSE(dmi.is_write_allowed());
  EXPECT_EQ(dmi.get_end_address(), kSize - 1);
  EXPECT_FALSE(bus.grants(tlm::TLM_WRITE_COMMAND, dmi));
  bus.write(0, 0x00FF00FF);
  EXPECT_EQ(bus.withdrawn, 0u) << "it still is an array";
  bus.write(0x154, 0x00980098);
  EXPECT_EQ(bus.withdrawn, 1u);
  EXPECT_EQ(bus.first, 0u);
  EXPECT_EQ(bus.last, kSize - 1);
  EXPECT_FALSE(bus.grants(tlm::TLM_READ_COMMAND, dmi));
  EXPECT_EQ(bus.read(0x40, 4), 0x00510051u);
  EXPECT_EQ(bus.read(0x40, 8), 0x0052005200510051u) << "two words of the bus";
  bus.write(0, 0x00900090);
  EXPECT_EQ(bus.withdrawn, 1u) << "nothing was granted since";
  bus.write(0, 0x00FF00FF);
  EXPECT_TRUE(bus.grants(tlm::TLM_READ_COMMAND, dmi));
}

TEST(FlashModule, DebuggersAndLoadersReachTheArray) {
  Bus bus("bus");
  bus.write(0, 0x00900090);
  u32 value = 0x12345678;
  tlm::tlm_generic_payload p;
  Bus::set_up(p, tlm::TLM_WRITE_COMMAND, 0x10, &value, 4);
  EXPECT_EQ(bus.socket->transport_dbg(p), 4u);
  EXPECT_EQ(bus.read(0, 4), 0x00890089u) << "the chips are where they were";
  bus.write(0, 0x00FF00FF);
  EXPECT_EQ(bus.read(0x10, 4), 0x12345678u);
}

}  // namespace
}  // namespace hypsim
