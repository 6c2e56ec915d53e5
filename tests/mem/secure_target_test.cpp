// SPDX-License-Identifier: Apache-2.0
// A target that is Secure-only, over every interface of the router.
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <optional>

#include "sim/mem/ram_module.h"
#include "sim/mem/router.h"

namespace hypsim {
namespace {

struct Initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  explicit Initiator(sc_core::sc_module_name name) : sc_module(name) {}
};

struct Bench {
  Initiator initiator{"initiator"};
  Router router{"router"};
  RamModule open{"open", {0x1000}}, secure{"secure", {0x1000}};
  Bench() {
    initiator.socket.bind(router.target);
    router.map(0x1000, 0x1000, open.socket, "open");
    router.map(0x2000, 0x1000, secure.socket, "secure", true);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
};

/// How a payload names its world; none: it carries no attributes, and counts as Non-secure.
using World = std::optional<Security>;

template <class Use>
auto with_payload(tlm::tlm_command command, u64 address, World world, u32& value, Use use) {
  BusExtension extension;
  tlm::tlm_generic_payload payload;
  if (world) {
    extension.attr.security = *world;
    payload.set_extension(&extension);
  }
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<u8*>(&value));
  payload.set_data_length(4);
  payload.set_streaming_width(4);
  const auto result = use(payload);
  payload.clear_extension(&extension);
  return result;
}

TEST(SecureTarget, AnswersSecureAccessesAlone) {
  Bench b;
  for (const World world : {World(Security::Secure), World(Security::NonSecure), World()}) {
    for (const u64 address : {u64{0x1FFC}, u64{0x2000}, u64{0x2FFC}}) {
      const bool answers = address < 0x2000 || world == Security::Secure;
      for (const tlm::tlm_command command : {tlm::TLM_WRITE_COMMAND, tlm::TLM_READ_COMMAND}) {
        u32 value = 0x1234;
        const auto transported = with_payload(command, address, world, value, [&](auto& p) {
          sc_core::sc_time delay;
          b.initiator.socket->b_transport(p, delay);
          return p.get_response_status();
        });
        EXPECT_EQ(transported, answers ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
        EXPECT_EQ(
            with_payload(command, address, world, value, [&](auto& p) { return b.initiator.socket->transport_dbg(p); }),
            answers ? 4u : 0u)
            << address;
        tlm::tlm_dmi grant;
        EXPECT_EQ(with_payload(command, address, world, value,
                               [&](auto& p) { return b.initiator.socket->get_direct_mem_ptr(p, grant); }),
                  answers)
            << address;
        EXPECT_EQ(grant.get_start_address(), address & ~u64{0xFFF}) << "granted or not, for this target alone";
        EXPECT_EQ(grant.get_end_address(), address | 0xFFF);
      }
    }
  }
}

TEST(SecureTarget, ARefusedWriteLeavesNothing) {
  Bench b;
  for (const World world : {World(Security::NonSecure), World()}) {
    u32 value = ~0u;
    with_payload(tlm::TLM_WRITE_COMMAND, 0x2010, world, value, [&](auto& p) {
      sc_core::sc_time delay;
      b.initiator.socket->b_transport(p, delay);
      return b.initiator.socket->transport_dbg(p);
    });
  }
  u32 value = 1;
  with_payload(tlm::TLM_READ_COMMAND, 0x2010, Security::Secure, value,
               [&](auto& p) { return b.initiator.socket->transport_dbg(p); });
  EXPECT_EQ(value, 0u);
}

}  // namespace
}  // namespace hypsim
