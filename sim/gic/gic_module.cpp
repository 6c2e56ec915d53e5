// SPDX-License-Identifier: Apache-2.0
#include "sim/gic/gic_module.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "sim/mem/bus_extension.h"

namespace hypsim {

using sc_core::sc_time;

GicModule::GicModule(sc_core::sc_module_name name, const GicConfig& config, const GicAddressMap& map,
                     const GicLatency& latency)
    : sc_module(name),
      socket("socket"),
      spi("spi", config.spis),
      ppi("ppi", 16 * config.cores),
      irq("irq", config.cores),
      fiq("fiq", config.cores),
      virq("virq", config.cores),
      vfiq("vfiq", config.cores),
      gic_(config),
      map_(map),
      latency_(latency) {
  socket.register_b_transport(this, &GicModule::b_transport);
  socket.register_transport_dbg(this, &GicModule::transport_dbg);
}

void GicModule::reset() {
  gic_.reset();
  lines_may_have_changed();
}

bool GicModule::decode(u64 address, Target& target) const {
  const std::array<std::pair<Gic::Frame, u64>, 4> frames = {{{Gic::Frame::Distributor, map_.gicd},
                                                             {Gic::Frame::CpuInterface, map_.gicc},
                                                             {Gic::Frame::HypControl, map_.gich},
                                                             {Gic::Frame::VirtualCpu, map_.gicv}}};
  for (const auto& [frame, base] : frames) {
    if (address < base || address - base >= Gic::frame_size(frame)) continue;
    target = {frame, static_cast<u32>(address - base)};
    return true;
  }
  return false;
}

// Runs of whole words are taken apart in address order, as a bridge to a 32-bit peripheral bus does.
void GicModule::b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
  const BusAttr attr = BusExtension::of(payload);
  const bool is_read = payload.is_read();
  const unsigned length = payload.get_data_length();
  const unsigned beat = std::min(length, 4u);
  if (payload.get_byte_enable_ptr() != nullptr) return payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  if (length == 0 || length % beat != 0 || payload.get_streaming_width() < length)
    return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  for (unsigned done = 0; done < length; done += beat) {
    delay += is_read ? latency_.read : latency_.write;
    Target target;
    if (!decode(payload.get_address() + done, target))
      return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    u8* data = payload.get_data_ptr() + done;
    u32 value = 0;
    bool ok;
    if (is_read) {
      ok = gic_.read(target.frame, target.offset, beat, attr.core, attr.security, value);
      std::memcpy(data, &value, beat);
    } else {
      std::memcpy(&value, data, beat);
      ok = gic_.write(target.frame, target.offset, beat, attr.core, attr.security, value);
    }
    if (!ok) return payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
  publish_event_.notify(delay);
}

unsigned GicModule::transport_dbg(tlm::tlm_generic_payload& payload) {
  const BusAttr attr = BusExtension::of(payload);
  if (!payload.is_read()) return 0;
  unsigned done = 0;
  const unsigned length = payload.get_data_length();
  while (done < length) {
    Target target;
    const unsigned beat = std::min(length - done, 4u);
    u32 value = 0;
    if (!decode(payload.get_address() + done, target) ||
        !gic_.peek(target.frame, target.offset, beat, attr.core, attr.security, value))
      break;
    std::memcpy(payload.get_data_ptr() + done, &value, beat);
    done += beat;
  }
  return done;
}

void GicModule::end_of_elaboration() {
  const auto follow = [this](InputPort& port, std::function<void(bool)> drive) {
    if (port.size() == 0) return;
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.set_sensitivity(&port->value_changed_event());
    sc_core::sc_spawn(
        [this, &port, drive = std::move(drive)] {
          drive(port->read());
          lines_may_have_changed();
        },
        sc_core::sc_gen_unique_name("input"), &options);
  };
  for (unsigned i = 0; i < spi.size(); ++i) follow(spi[i], [this, i](bool level) { gic_.set_spi(32 + i, level); });
  for (unsigned i = 0; i < ppi.size(); ++i)
    follow(ppi[i], [this, i](bool level) { gic_.set_ppi(i / 16, 16 + i % 16, level); });

  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.set_sensitivity(&publish_event_);
  sc_core::sc_spawn([this] { publish(); }, "publish", &options);
}

void GicModule::publish() {
  const auto drive = [](OutputPort& port, bool level) {
    if (port.size() != 0 && port->read() != level) port->write(level);
  };
  for (unsigned core = 0; core < gic_.config().cores; ++core) {
    const Gic::CpuLines lines = gic_.lines(core);
    drive(irq[core], lines.irq);
    drive(fiq[core], lines.fiq);
    drive(virq[core], lines.virq);
    drive(vfiq[core], lines.vfiq);
  }
}

}  // namespace hypsim
