// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of a flash bank: memory with DMI for reads while it reads as an array, a device otherwise.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>

#include "sim/mem/ram.h"
#include "sim/periph/cfi_flash.h"

namespace hypsim {

class FlashModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<FlashModule> socket;

  /// `size` in bytes; `latency` of a b_transport. Throws InputError for a size that no bank has.
  FlashModule(sc_core::sc_module_name name, u64 size, sc_core::sc_time latency);

  Ram& ram() { return ram_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  void withdraw(u64 first, u64 last);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  sc_core::sc_time latency_;
  Ram ram_;
  CfiFlash flash_;
  bool granted_ = false;  // somebody may read the array directly
};

}  // namespace hypsim
