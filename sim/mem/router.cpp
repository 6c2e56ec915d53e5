// SPDX-License-Identifier: Apache-2.0
#include "sim/mem/router.h"

#include <algorithm>

namespace hypsim {

Router::Router(sc_core::sc_module_name name, sc_core::sc_time latency)
    : sc_module(name), target("target"), initiator("initiator"), latency_(latency) {
  target.register_b_transport(this, &Router::b_transport);
  target.register_transport_dbg(this, &Router::transport_dbg);
  target.register_get_direct_mem_ptr(this, &Router::get_direct_mem_ptr);
  initiator.register_invalidate_direct_mem_ptr(this, &Router::invalidate_direct_mem_ptr);
}

void Router::b_transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const u64 address = payload.get_address();
  const AddressMap::Range* range = map_.find(address);
  delay += latency_;
  if (!range || refuses(*range, payload) || payload.get_data_length() > range->size - (address - range->base)) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  payload.set_address(address - range->base);
  initiator[static_cast<int>(range->target)]->b_transport(payload, delay);
  payload.set_address(address);
}

unsigned Router::transport_dbg(int, tlm::tlm_generic_payload& payload) {
  const u64 address = payload.get_address();
  const AddressMap::Range* range = map_.find(address);
  if (!range || refuses(*range, payload)) return 0;
  const unsigned length = payload.get_data_length();
  const u64 room = range->size - (address - range->base);
  payload.set_address(address - range->base);
  payload.set_data_length(static_cast<unsigned>(std::min<u64>(length, room)));
  const unsigned done = initiator[static_cast<int>(range->target)]->transport_dbg(payload);
  payload.set_address(address);
  payload.set_data_length(length);
  return done;
}

bool Router::get_direct_mem_ptr(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const u64 address = payload.get_address();
  const AddressMap::Range* range = map_.find(address);
  if (!range) {
    const auto [first, last] = map_.hole(address);
    dmi.init();
    dmi.set_start_address(first);
    dmi.set_end_address(last);
    return false;
  }
  if (refuses(*range, payload)) {
    dmi.init();
    dmi.set_start_address(range->base);
    dmi.set_end_address(range->last());
    return false;
  }
  payload.set_address(address - range->base);
  const bool granted = initiator[static_cast<int>(range->target)]->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  dmi.set_start_address(std::min<u64>(dmi.get_start_address(), range->size - 1) + range->base);
  dmi.set_end_address(std::min<u64>(dmi.get_end_address(), range->size - 1) + range->base);
  return granted;
}

void Router::invalidate_direct_mem_ptr(int id, sc_dt::uint64 start, sc_dt::uint64 end) {
  for (const AddressMap::Range& range : map_.ranges()) {
    if (range.target != static_cast<unsigned>(id) || start >= range.size) continue;
    const u64 last = std::min<u64>(end, range.size - 1);
    for (unsigned i = 0; i < target.size(); ++i)
      target[static_cast<int>(i)]->invalidate_direct_mem_ptr(range.base + start, range.base + last);
  }
}

}  // namespace hypsim
