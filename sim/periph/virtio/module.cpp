// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/module.h"

#include <algorithm>
#include <cstring>

namespace hypsim {

template class DeviceModule<VirtioMmio>;

namespace {
constexpr std::size_t kMostRegions = 64;  // more are asked for again
}

DmaModule::DmaModule(sc_core::sc_module_name name, Written written)
    : sc_module(name), socket("socket"), written_(std::move(written)) {
  socket.register_invalidate_direct_mem_ptr(this, &DmaModule::invalidate_direct_mem_ptr);
}

const tlm::tlm_dmi* DmaModule::find(u64 address) {
  for (const tlm::tlm_dmi& region : regions_)
    if (address >= region.get_start_address() && address <= region.get_end_address()) return &region;
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  tlm::tlm_dmi dmi;
  if (!socket->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_allowed() || address < dmi.get_start_address() ||
      address > dmi.get_end_address())
    return nullptr;
  if (regions_.size() == kMostRegions) regions_.clear();
  regions_.push_back(dmi);
  return &regions_.back();
}

template <class Copy>
bool DmaModule::transfer(u64 address, u64 size, bool write, Copy copy) {
  if (size > ~address) return false;
  for (u64 done = 0; done < size;) {
    const u64 at = address + done;
    const tlm::tlm_dmi* region = find(at);
    if (!region || (write && !region->is_write_allowed())) return false;
    const u64 last = std::min<u64>(region->get_end_address(), address + size - 1);
    const u64 n = last - at + 1;
    copy(region->get_dmi_ptr() + (at - region->get_start_address()), done, n);
    done += n;
  }
  return true;
}

bool DmaModule::read(u64 address, void* data, u64 size) {
  return transfer(address, size, false,
                  [&](const u8* host, u64 done, u64 n) { std::memcpy(static_cast<u8*>(data) + done, host, n); });
}

bool DmaModule::write(u64 address, const void* data, u64 size) {
  return transfer(address, size, true, [&](u8* host, u64 done, u64 n) {
    std::memcpy(host, static_cast<const u8*>(data) + done, n);
    if (written_) written_(address + done, n);
  });
}

void DmaModule::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
  std::erase_if(regions_,
                [&](const tlm::tlm_dmi& r) { return r.get_start_address() <= end && start <= r.get_end_address(); });
}

}  // namespace hypsim
