// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of a plain device: one TLM-2.0 target socket, one interrupt output, a process that wakes at the
// device's next event.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <systemc>
#include <utility>

#include "sim/periph/alarm.h"
#include "sim/periph/cycle_time.h"

namespace hypsim {

/// What every shell needs to know.
struct DeviceModuleConfig {
  u64 core_hz = 1'000'000'000;                        ///< frequency of the device's cycles
  sc_core::sc_time latency = sc_core::SC_ZERO_TIME;   ///< added to the delay of each transaction
  sc_core::sc_time poll_interval{1, sc_core::SC_MS};  ///< for devices with host input; zero: nobody polls
};

/// `Core` has read, write, update, irq, next_event, reset, kSize, and poll() if it takes input from the host.
template <class Core>
class DeviceModule : public sc_core::sc_module {
 public:
  using OutputPort = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  tlm_utils::simple_target_socket<DeviceModule> socket;  ///< offsets from the device's base; b_transport alone
  OutputPort irq;                                        ///< may stay unbound
  OutputPort irq1;                                       ///< of a device with two; may stay unbound

  template <class... Args>
  DeviceModule(sc_core::sc_module_name name, const DeviceModuleConfig& config, Args&&... args)
      : sc_module(name),
        socket("socket"),
        irq("irq"),
        irq1("irq1"),
        config_(config),
        time_(config.core_hz),
        core_(std::forward<Args>(args)...) {
    socket.register_b_transport(this, &DeviceModule::b_transport);
    SC_HAS_PROCESS(DeviceModule);
    SC_METHOD(wake);
    sensitive << wake_event_ << alarm_.event();
    if constexpr (kPolls) {
      if (config_.poll_interval != sc_core::SC_ZERO_TIME) {
        SC_METHOD(poll_input);
      }
    }
  }

  Core& core() { return core_; }
  const Core& core() const { return core_; }
  void reset() {
    core_.reset();
    wake_event_.notify(sc_core::SC_ZERO_TIME);
  }

 private:
  static constexpr bool kPolls = requires(Core & c) { c.poll(Cycles{}); };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (payload.get_byte_enable_ptr() != nullptr)
      return payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    const unsigned size = payload.get_data_length();
    if (size > 4 || payload.get_streaming_width() < size)
      return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    if (payload.get_address() >= Core::kSize) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    delay += config_.latency;
    const Cycles now = time_.to_cycles(sc_core::sc_time_stamp() + delay);
    const u32 offset = static_cast<u32>(payload.get_address());
    u32 value = 0;
    bool ok;
    if (payload.is_read()) {
      ok = core_.read(offset, size, value, now);
      if (ok) std::memcpy(payload.get_data_ptr(), &value, size);
    } else {
      std::memcpy(&value, payload.get_data_ptr(), size);
      ok = core_.write(offset, size, value, now);
    }
    payload.set_response_status(ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
    if (!alarm_.comes_by(sc_core::sc_time_stamp() + delay)) wake_event_.notify(delay);
  }

  // Brings the device to the present, drives the line and sleeps until the next event.
  void wake() {
    wake_event_.cancel();
    const Cycles now = time_.to_cycles(sc_core::sc_time_stamp());
    core_.update(now);
    if (irq.size() != 0 && irq->read() != core_.irq()) irq->write(core_.irq());
    if constexpr (requires { core_.irq1(); })
      if (irq1.size() != 0 && irq1->read() != core_.irq1()) irq1->write(core_.irq1());
    const Cycles next = core_.next_event(now);
    if (next == kNever)
      alarm_.clear();
    else
      alarm_.set(time_.to_time(next));
  }

  void poll_input() {
    if constexpr (kPolls) {
      core_.poll(time_.to_cycles(sc_core::sc_time_stamp()));
      wake_event_.notify(sc_core::SC_ZERO_TIME);
      if (sc_core::sc_max_time() - sc_core::sc_time_stamp() > config_.poll_interval)
        next_trigger(config_.poll_interval);
    }
  }

  DeviceModuleConfig config_;
  CycleTime time_;
  Core core_;
  sc_core::sc_event wake_event_;  // something happened to the device
  Alarm alarm_;
};

}  // namespace hypsim
