// SPDX-License-Identifier: Apache-2.0
// Memory, the address map and the router, driven over their sockets.
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>

#include "sim/base/error.h"
#include "sim/mem/ram_module.h"
#include "sim/mem/router.h"

namespace hypsim {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;

TEST(AddressMap, FindsHolesAndRefusesOverlaps) {
  AddressMap map;
  map.add(0x1000, 0x1000, 0, "a");
  map.add(0x4000, 0x2000, 1, "b");
  map.add(0x2000, 0x10, 2, "c");
  EXPECT_EQ(map.find(0xFFF), nullptr);
  EXPECT_EQ(map.find(0x1000)->target, 0u);
  EXPECT_EQ(map.find(0x1FFF)->target, 0u);
  EXPECT_EQ(map.find(0x200F)->target, 2u);
  EXPECT_EQ(map.find(0x2010), nullptr);
  EXPECT_EQ(map.find(0x5FFF)->target, 1u);
  EXPECT_EQ(map.hole(0x3000), (std::pair<u64, u64>{0x2010, 0x3FFF}));
  EXPECT_EQ(map.hole(0x9000), (std::pair<u64, u64>{0x6000, ~u64{0}}));
  EXPECT_THROW(map.add(0x1800, 4, 3, "inside"), InputError);
  EXPECT_THROW(map.add(0x800, 0x801, 3, "tail"), InputError);
  EXPECT_THROW(map.add(0x0, 0x10000, 3, "round all"), InputError);
  EXPECT_THROW(map.add(0x9000, 0, 3, "empty"), InputError);
  EXPECT_THROW(map.add(~u64{0}, 2, 3, "wraps"), InputError);
  map.add(~u64{0}, 1, 3, "the last byte");
  EXPECT_EQ(map.find(~u64{0})->target, 3u);
  try {
    map.add(0x5000, 0x10, 4, "new");
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("new"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("overlaps b"), std::string::npos);
  }
}

TEST(Ram, IsZeroUntilWrittenAndCommitsLazily) {
  Ram ram(u64{64} << 30);  // far more than the host needs to have
  EXPECT_EQ(ram.data()[ram.size() - 1], 0);
  ram.data()[ram.size() - 1] = 7;
  ram.clear();
  EXPECT_EQ(ram.data()[ram.size() - 1], 0);
  EXPECT_TRUE(ram.contains(ram.size() - 4, 4));
  EXPECT_FALSE(ram.contains(ram.size() - 3, 4));
  EXPECT_FALSE(ram.contains(~u64{0}, 2));
  EXPECT_THROW(Ram(0), InputError);
  EXPECT_THROW(Ram(u64{1} << 60), InputError);
}

struct Master : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Master> socket{"socket"};
  std::vector<std::pair<u64, u64>> invalidated;
  explicit Master(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &Master::invalidate);
  }
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { invalidated.emplace_back(start, end); }

  tlm::tlm_response_status access(tlm::tlm_command command, u64 address, void* data, unsigned size,
                                  sc_time* delay = nullptr, u8* enables = nullptr) {
    tlm::tlm_generic_payload p;
    setup(p, command, address, data, size);
    p.set_byte_enable_ptr(enables);
    p.set_byte_enable_length(enables ? size : 0);
    sc_time local;
    socket->b_transport(p, delay ? *delay : local);
    EXPECT_EQ(p.get_address(), address) << "the router puts the address back";
    return p.get_response_status();
  }
  unsigned debug(tlm::tlm_command command, u64 address, void* data, unsigned size) {
    tlm::tlm_generic_payload p;
    setup(p, command, address, data, size);
    return socket->transport_dbg(p);
  }
  bool dmi(tlm::tlm_command command, u64 address, tlm::tlm_dmi& grant) {
    tlm::tlm_generic_payload p;
    setup(p, command, address, nullptr, 0);
    return socket->get_direct_mem_ptr(p, grant);
  }
  static void setup(tlm::tlm_generic_payload& p, tlm::tlm_command command, u64 address, void* data, unsigned size) {
    p.set_command(command);
    p.set_address(address);
    p.set_data_ptr(static_cast<u8*>(data));
    p.set_data_length(size);
    p.set_streaming_width(size);
  }
};

/// A device of 16 bytes that withdraws a DMI grant on demand.
struct Device : sc_core::sc_module {
  tlm_utils::simple_target_socket<Device> socket{"socket"};
  u64 last_address = 0;
  explicit Device(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &Device::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& p, sc_time& delay) {
    last_address = p.get_address();
    delay += sc_time(30, SC_NS);
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

struct Bench {
  Master master{"master"}, second{"second"};
  Router router{"router", sc_time(5, SC_NS)};
  RamModule ram{"ram", {0x10000, false, sc_time(10, SC_NS)}};
  RamModule rom{"rom", {0x1000, true}};
  Device device{"device"};
  Bench() {
    master.socket.bind(router.target);
    second.socket.bind(router.target);
    router.map(0x80000000, 0x10000, ram.socket, "ram");
    router.map(0x0, 0x1000, rom.socket, "rom");
    router.map(0x40000000, 0x10, device.socket, "device");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
};

TEST(Router, ReadsAndWritesWithDelays) {
  Bench b;
  u32 value = 0xDEADBEEF;
  sc_time delay(1, SC_NS);
  EXPECT_EQ(b.master.access(tlm::TLM_WRITE_COMMAND, 0x8000FFFC, &value, 4, &delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(delay, sc_time(16, SC_NS));
  value = 0;
  EXPECT_EQ(b.second.access(tlm::TLM_READ_COMMAND, 0x8000FFFC, &value, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(value, 0xDEADBEEFu);
  EXPECT_EQ(b.master.access(tlm::TLM_READ_COMMAND, 0x40000008, &value, 4, &delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(b.device.last_address, 8u);
}

TEST(Router, AnswersHolesAndCrossingsWithAddressErrors) {
  Bench b;
  u64 value = 0;
  for (u64 address : {u64{0x1000}, u64{0x7FFFFFFF}, u64{0x80010000}, u64{0x40000010}, u64{0xFFFFFFFFFF}})
    EXPECT_EQ(b.master.access(tlm::TLM_READ_COMMAND, address, &value, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
  EXPECT_EQ(b.master.access(tlm::TLM_READ_COMMAND, 0x8000FFFC, &value, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(b.master.access(tlm::TLM_WRITE_COMMAND, 0x4000000C, &value, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(Router, RomRefusesWritesButLoadersMayFillIt) {
  Bench b;
  u32 value = 0x11223344;
  EXPECT_EQ(b.master.access(tlm::TLM_WRITE_COMMAND, 0x10, &value, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(b.master.debug(tlm::TLM_WRITE_COMMAND, 0x10, &value, 4), 4u);
  value = 0;
  EXPECT_EQ(b.master.access(tlm::TLM_READ_COMMAND, 0x10, &value, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(value, 0x11223344u);
}

TEST(Router, ByteEnables) {
  Bench b;
  u8 data[4] = {1, 2, 3, 4};
  u8 enables[4] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED, TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};
  EXPECT_EQ(b.master.access(tlm::TLM_WRITE_COMMAND, 0x80000000, data, 4, nullptr, enables), tlm::TLM_OK_RESPONSE);
  const u8 expected[4] = {1, 0, 3, 0};
  EXPECT_EQ(std::memcmp(b.ram.ram().data(), expected, 4), 0);
}

TEST(Router, DebugTransfersStopAtTheTargetsEnd) {
  Bench b;
  u8 data[64];
  std::memset(data, 0x5A, sizeof data);
  EXPECT_EQ(b.master.debug(tlm::TLM_WRITE_COMMAND, 0x8000FFF0, data, 64), 16u);
  EXPECT_EQ(b.master.debug(tlm::TLM_READ_COMMAND, 0x50000000, data, 4), 0u);
  EXPECT_EQ(b.ram.ram().data()[0xFFFF], 0x5A);
}

TEST(Router, TranslatesDmiGrantsAndWithdrawals) {
  Bench b;
  tlm::tlm_dmi grant;
  ASSERT_TRUE(b.master.dmi(tlm::TLM_READ_COMMAND, 0x80004000, grant));
  EXPECT_EQ(grant.get_start_address(), 0x80000000u);
  EXPECT_EQ(grant.get_end_address(), 0x8000FFFFu);
  EXPECT_EQ(grant.get_dmi_ptr(), b.ram.ram().data());
  EXPECT_TRUE(grant.is_write_allowed());
  ASSERT_TRUE(b.master.dmi(tlm::TLM_READ_COMMAND, 0x10, grant));
  EXPECT_FALSE(grant.is_write_allowed());
  EXPECT_FALSE(b.master.dmi(tlm::TLM_WRITE_COMMAND, 0x10, grant));
  EXPECT_FALSE(b.master.dmi(tlm::TLM_READ_COMMAND, 0x40000000, grant));
  EXPECT_FALSE(b.master.dmi(tlm::TLM_READ_COMMAND, 0x60000000, grant));
  EXPECT_EQ(grant.get_start_address(), 0x40000010u);
  EXPECT_EQ(grant.get_end_address(), 0x7FFFFFFFu);

  b.ram.socket->invalidate_direct_mem_ptr(0x100, 0x1FF);
  const std::vector<std::pair<u64, u64>> expected = {{0x80000100, 0x800001FF}};
  EXPECT_EQ(b.master.invalidated, expected);
  EXPECT_EQ(b.second.invalidated, expected);
  b.ram.socket->invalidate_direct_mem_ptr(0, ~u64{0});
  EXPECT_EQ(b.master.invalidated.back(), (std::pair<u64, u64>{0x80000000, 0x8000FFFF}));
}

}  // namespace
}  // namespace hypsim
