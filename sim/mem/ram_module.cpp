// SPDX-License-Identifier: Apache-2.0
#include "sim/mem/ram_module.h"

#include <algorithm>
#include <cstring>

namespace hypsim {

unsigned transport_dbg(Ram& ram, tlm::tlm_generic_payload& payload) {
  const u64 offset = payload.get_address();
  if (offset >= ram.size()) return 0;
  const unsigned length = static_cast<unsigned>(std::min<u64>(payload.get_data_length(), ram.size() - offset));
  if (payload.is_read())
    std::memcpy(payload.get_data_ptr(), ram.data() + offset, length);
  else if (payload.is_write())
    std::memcpy(ram.data() + offset, payload.get_data_ptr(), length);
  else
    return 0;
  return length;
}

RamModule::RamModule(sc_core::sc_module_name name, const Config& config)
    : sc_module(name), socket("socket"), config_(config), ram_(config.size) {
  socket.register_b_transport(this, &RamModule::b_transport);
  socket.register_transport_dbg(this, &RamModule::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &RamModule::get_direct_mem_ptr);
}

tlm::tlm_response_status RamModule::access(tlm::tlm_generic_payload& payload) {
  const u64 offset = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (!ram_.contains(offset, length)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (payload.get_streaming_width() < length) return tlm::TLM_BURST_ERROR_RESPONSE;
  u8* host = ram_.data() + offset;
  u8* data = payload.get_data_ptr();
  const u8* enables = payload.get_byte_enable_ptr();
  const unsigned enable_length = payload.get_byte_enable_length();
  if (enables && enable_length == 0) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  const auto copy = [&](u8* to, const u8* from) {
    if (!enables) {
      std::memcpy(to, from, length);
      return;
    }
    for (unsigned i = 0; i < length; ++i)
      if (enables[i % enable_length] == TLM_BYTE_ENABLED) to[i] = from[i];
  };
  if (payload.is_read()) {
    copy(data, host);
  } else if (payload.is_write()) {
    if (config_.read_only) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    copy(host, data);
  }
  return tlm::TLM_OK_RESPONSE;
}

void RamModule::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_response_status(access(payload));
  delay += config_.latency;
  payload.set_dmi_allowed(payload.is_response_ok());
}

unsigned RamModule::transport_dbg(tlm::tlm_generic_payload& payload) { return hypsim::transport_dbg(ram_, payload); }

bool RamModule::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  dmi.set_start_address(0);
  dmi.set_end_address(ram_.size() - 1);
  dmi.set_dmi_ptr(ram_.data());
  dmi.set_read_latency(config_.latency);
  dmi.set_write_latency(config_.latency);
  if (config_.read_only)
    dmi.allow_read();
  else
    dmi.allow_read_write();
  return payload.get_address() < ram_.size() && !(payload.is_write() && config_.read_only);
}

}  // namespace hypsim
