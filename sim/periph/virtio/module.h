// SPDX-License-Identifier: Apache-2.0
// The virtio transport as a SystemC module, and the bus master that its devices share.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <functional>
#include <systemc>
#include <vector>

#include "sim/periph/device_module.h"
#include "sim/periph/virtio/mmio.h"

namespace hypsim {

/// Reaches memory through DMI alone: what grants none is a device, and a guest that points one device at another gets
/// an error. Bind `socket` to the interconnect.
class DmaModule : public sc_core::sc_module, public virtio::DmaPort {
 public:
  /// Told of every range that was written, for those who keep something derived from memory.
  using Written = std::function<void(u64 address, u64 size)>;

  tlm_utils::simple_initiator_socket<DmaModule> socket;

  explicit DmaModule(sc_core::sc_module_name name, Written written = {});

  bool read(u64 address, void* data, u64 size) override;
  bool write(u64 address, const void* data, u64 size) override;

 private:
  const tlm::tlm_dmi* find(u64 address);
  template <class Copy>
  bool transfer(u64 address, u64 size, bool write, Copy copy);
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

  Written written_;
  std::vector<tlm::tlm_dmi> regions_;
};

using VirtioModule = DeviceModule<VirtioMmio>;
extern template class DeviceModule<VirtioMmio>;

}  // namespace hypsim
