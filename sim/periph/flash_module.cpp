// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/flash_module.h"

#include <cstring>

#include "sim/mem/ram_module.h"

namespace hypsim {

FlashModule::FlashModule(sc_core::sc_module_name name, u64 size, sc_core::sc_time latency)
    : sc_module(name), socket("socket"), latency_(latency), ram_(size), flash_(ram_.data(), size) {
  socket.register_b_transport(this, &FlashModule::b_transport);
  socket.register_transport_dbg(this, &FlashModule::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &FlashModule::get_direct_mem_ptr);
}

void FlashModule::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const u64 offset = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (!ram_.contains(offset, length)) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (payload.get_byte_enable_ptr() != nullptr) return payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  if (payload.get_streaming_width() < length) return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  delay += latency_;
  // A longer or an unaligned access reaches the chips in pieces of the bus.
  for (unsigned done = 0; done < length;) {
    const u64 at = offset + done;
    unsigned size = 4;
    while (size > length - done || at % size != 0) size /= 2;
    u32 value = 0;
    if (payload.is_read()) {
      value = flash_.read(at, size);
      std::memcpy(payload.get_data_ptr() + done, &value, size);
    } else if (payload.is_write()) {
      std::memcpy(&value, payload.get_data_ptr() + done, size);
      flash_.write(at, size, value);
    }
    done += size;
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  payload.set_dmi_allowed(payload.is_read() && flash_.reads_array());
  if (!flash_.reads_array()) withdraw(0, ram_.size() - 1);
}

void FlashModule::withdraw(u64 first, u64 last) {
  if (!granted_) return;
  granted_ = first != 0 || last != ram_.size() - 1;
  socket->invalidate_direct_mem_ptr(first, last);
}

/// The array, whatever the chips say: a loader and a debugger programme it. Who reads it directly may do so at several
/// addresses.
unsigned FlashModule::transport_dbg(tlm::tlm_generic_payload& payload) {
  const u64 offset = payload.get_address();
  const unsigned length = hypsim::transport_dbg(ram_, payload);
  if (payload.is_write() && length != 0) withdraw(offset, offset + length - 1);
  return length;
}

bool FlashModule::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  dmi.set_start_address(0);
  dmi.set_end_address(ram_.size() - 1);
  if (!flash_.reads_array() || payload.is_write()) return false;
  dmi.set_dmi_ptr(ram_.data());
  dmi.set_read_latency(latency_);
  dmi.set_write_latency(latency_);
  dmi.allow_read();
  granted_ = true;
  return true;
}

}  // namespace hypsim
