// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of the GIC: one TLM-2.0 target socket, interrupt inputs, request outputs.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <systemc>
#include <vector>

#include "sim/gic/gic.h"

namespace hypsim {

/// Where the four frames lie, as the addresses that arrive at the socket say it.
struct GicAddressMap {
  u64 gicd = 0x1000, gicc = 0x2000, gich = 0x4000, gicv = 0x6000;  ///< the Cortex-A15's offsets from PERIPHBASE
};

/// The access latency that the shell adds to every transaction's delay.
struct GicLatency {
  sc_core::sc_time read = sc_core::SC_ZERO_TIME;
  sc_core::sc_time write = sc_core::SC_ZERO_TIME;
};

class GicModule : public sc_core::sc_module {
 public:
  using InputPort = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
  using OutputPort = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  /// b_transport and transport_dbg. The core and the security state come from BusExtension. No DMI.
  tlm_utils::simple_target_socket<GicModule> socket;
  sc_core::sc_vector<InputPort> spi;  ///< input n drives interrupt ID 32 + n; may stay unbound
  sc_core::sc_vector<InputPort> ppi;  ///< input 16 * core + n drives PPI ID 16 + n of that core; may stay unbound
  sc_core::sc_vector<OutputPort> irq, fiq, virq, vfiq;  ///< one for each core; may stay unbound

  GicModule(sc_core::sc_module_name name, const GicConfig& config, const GicAddressMap& map,
            const GicLatency& latency = {});

  /// The state machine itself, for a core that samples its lines without a delta cycle. Call lines_may_have_changed()
  /// after driving it directly.
  Gic& gic() { return gic_; }
  void lines_may_have_changed() { publish_event_.notify(sc_core::SC_ZERO_TIME); }
  void reset();

 private:
  struct Target {
    Gic::Frame frame;
    u32 offset;
  };
  bool decode(u64 address, Target& target) const;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  void end_of_elaboration() override;
  void publish();

  Gic gic_;
  GicAddressMap map_;
  GicLatency latency_;
  sc_core::sc_event publish_event_;
};

}  // namespace hypsim
