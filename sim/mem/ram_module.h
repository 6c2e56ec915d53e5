// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of a memory: one TLM-2.0 target socket with DMI.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>

#include "sim/mem/ram.h"

namespace hypsim {

/// transport_dbg of a memory: reads and writes what `ram` holds, as far as it goes, and says how many bytes that was.
unsigned transport_dbg(Ram& ram, tlm::tlm_generic_payload& payload);

/// A RAM, or a ROM that answers writes with an error (transport_dbg may still write it: that is how loaders fill it).
class RamModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<RamModule> socket;

  struct Config {
    u64 size = 0;  ///< bytes
    bool read_only = false;
    /// The delay of a b_transport. Accesses by DMI are timed by the initiator.
    sc_core::sc_time latency = sc_core::SC_ZERO_TIME;
  };
  RamModule(sc_core::sc_module_name name, const Config& config);

  Ram& ram() { return ram_; }
  bool read_only() const { return config_.read_only; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload);

  Config config_;
  Ram ram_;
};

}  // namespace hypsim
