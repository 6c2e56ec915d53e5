// SPDX-License-Identifier: Apache-2.0
// The interconnect: hands each transaction to the target that its address names, as an offset inside that target.
#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <systemc>

#include "sim/mem/address_map.h"
#include "sim/mem/bus_extension.h"

namespace hypsim {

/// Unmapped addresses, transactions that leave the target they begin in, and Non-secure ones to a target that is
/// Secure-only, get TLM_ADDRESS_ERROR_RESPONSE. DMI grants and their withdrawal are translated; a withdrawal reaches
/// every initiator.
class Router : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Router> target;        ///< bind any number of initiators
  tlm_utils::multi_passthrough_initiator_socket<Router> initiator;  ///< bound by map()

  explicit Router(sc_core::sc_module_name name, sc_core::sc_time latency = sc_core::SC_ZERO_TIME);

  /// Maps `size` bytes from `base` to `socket`, before elaboration ends; with `secure`, for Secure accesses alone.
  /// Throws InputError on overlap.
  template <class TargetSocket>
  void map(u64 base, u64 size, TargetSocket& socket, const std::string& name, bool secure = false) {
    map_.add(base, size, targets_, name, secure);
    initiator.bind(socket);
    ++targets_;
  }
  /// The target mapped at `of` answers at `base` as well, from its own first byte on.
  void map_again(u64 base, u64 of, const std::string& name) {
    const AddressMap::Range again = *map_.find(of);
    map_.add(base, again.size, again.target, name, again.secure);
  }
  const AddressMap& address_map() const { return map_; }

 private:
  static bool refuses(const AddressMap::Range& range, const tlm::tlm_generic_payload& payload) {
    return range.secure && BusExtension::of(payload).security == Security::NonSecure;
  }
  void b_transport(int id, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(int id, tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(int id, sc_dt::uint64 start, sc_dt::uint64 end);

  AddressMap map_;
  unsigned targets_ = 0;
  sc_core::sc_time latency_;
};

}  // namespace hypsim
