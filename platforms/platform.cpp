// SPDX-License-Identifier: Apache-2.0
#include "platforms/platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "sim/base/error.h"
#include "sim/periph/virtio/block.h"
#include "sim/periph/virtio/console.h"
#include "sim/periph/virtio/entropy.h"

namespace hypsim {

namespace {

constexpr u64 kLoneCoreWindow = 100'000;

MpCoreConfig mpcore_config(const PlatformDescription& p, const TimingConfig* timing, const PlatformOptions& options) {
  MpCoreConfig c;
  c.cores = p.cores;
  c.clock_hz = p.clock_hz;
  c.counter_hz = p.counter_hz;
  c.periphbase =
      static_cast<u32>(p.periphbase) | static_cast<u32>(p.periphbase >> 32);  // CBAR holds PA[39:32] in its low byte
  c.frames = {p.gicd, p.gicc, p.gich, p.gicv};
  c.spis = p.spis;
  c.pmu_interrupts = p.pmu_interrupts;
  c.timing = timing;
  c.generate_code = options.generate_code;
  c.code_cache = options.code_cache;
  // The window bounds what one core may miss of another. A core alone misses nothing; long windows just cost less.
  const u64 window = timing ? p.window_timed.value_or(timing->between_cores()) : p.window_functional;
  c.window = Cycles(p.cores == 1 ? std::max(window, kLoneCoreWindow) : window);
  return c;
}

}  // namespace

Platform::Platform(sc_core::sc_module_name name, const PlatformDescription& description, const PlatformOptions& options)
    : sc_module(name), description_(description), no_serial_(make_serial_backend("none")) {
  const PlatformDescription& p = description_;
  if (!options.functional && p.timing_file.empty())
    throw InputError(fmt::format("{}: mpcore.timing: names no timing data; add it, or run with --functional", p.file));
  if (!p.timing_file.empty())
    timing_ =
        load_timing_config(p.timing_file, static_cast<u32>(p.clock_hz / 1'000'000), nullptr, options.timing_changes);
  MpCoreConfig cores = mpcore_config(p, options.functional ? nullptr : timing(), options);
  if (timing_) cores.caches = timing_->cache_shapes();  // the same in either mode
  if (options.functional) timing_.reset();
  mpcore_ = std::make_unique<MpCore>("mpcore", cores);
  router_ = std::make_unique<Router>("router");
  mpcore_->socket.bind(router_->target);

  for (const DeviceDescription& d : p.devices) {
    if (is_memory(d)) {
      add_memory(d);
    } else if (d.type == "pl011") {
      Pl011Config config;
      config.core_hz = p.clock_hz;
      if (d.clock_hz) config.clock_hz = d.clock_hz;
      const auto line = options.serial.find(d.name);
      const SerialLine port = line == options.serial.end() ? SerialLine{} : line->second;
      DeviceModuleConfig shell = shell_config(d);
      if (!port.input) shell.poll_interval = sc_core::SC_ZERO_TIME;
      auto module =
          std::make_unique<Pl011Module>(d.name.c_str(), shell, config, port.backend ? *port.backend : *no_serial_);
      router_->map(d.base, Pl011::kSize, module->socket, d.name, d.secure);
      connect_interrupt(d, module->irq);
      devices_.push_back(std::move(module));
    } else if (d.type == "pl031") {
      Pl031Config config;
      config.core_hz = p.clock_hz;
      add_device<Pl031Module>(d, config);
    } else if (d.type == "sp804") {
      Sp804Config config;
      config.core_hz = p.clock_hz;
      if (d.clock_hz) config.clock_hz = d.clock_hz;
      add_device<Sp804Module>(d, config);
    } else if (d.type == "sp805") {
      Sp805Config config;
      config.core_hz = p.clock_hz;
      if (d.clock_hz) config.clock_hz = d.clock_hz;
      add_device<Sp805Module>(d, config);
      watchdogs_.push_back(static_cast<Sp805Module*>(devices_.back().get()));
    } else if (d.type == "sp810") {
      add_device<Sp810Module>(d);
    } else if (d.type == "pl180") {
      add_card_interface(d);
    } else if (d.type == "pl061") {
      add_gpio(d, options);
    } else if (d.type == "absent") {
      add_device<AbsentModule>(d, d.reads_ones);
    } else if (d.type == "gicv2m") {
      add_device<GicV2mModule>(d, GicV2mConfig{d.first_spi, d.spis}, [this](unsigned spi) {
        mpcore_->set_spi(spi, true);
        mpcore_->set_spi(spi, false);
      });
    } else if (d.type == "virtio-mmio") {
      add_virtio(d, options);
    } else if (d.type == "vexpress-sysregs") {
      VexpressSysregsConfig config;
      config.core_hz = p.clock_hz;
      if (const DeviceDescription* slot = p.of_type("pl180"); slot != nullptr && !slot->card.empty())
        config.mci = VexpressSysregs::kCardInserted | (slot->card_locked ? VexpressSysregs::kCardLocked : 0);
      add_device<VexpressSysregsModule>(d, config);
      sysregs_ = static_cast<VexpressSysregsModule*>(devices_.back().get());
    } else if (d.type == "power") {
      add_device<PowerModule>(d);
      power_ = static_cast<PowerModule*>(devices_.back().get());
    } else {
      throw InputError(fmt::format("{}: device {}: no model for type \"{}\"; remove it", p.file, d.name, d.type));
    }
  }
  if (options.power_key &&
      std::none_of(p.devices.begin(), p.devices.end(), [](const auto& d) { return d.power_key.has_value(); }))
    throw InputError(fmt::format(
        "--power-key: {} has no power key; use a platform whose pl061 names its line with power-key", p.name));
  mpcore_->set_watchdog(
      [this] { return std::any_of(watchdogs_.begin(), watchdogs_.end(), [](auto* w) { return w->core().armed(); }); });
}

Platform::~Platform() = default;

/// Without timing an access takes none: what a device answers, and the interrupt it raises, are there at the next
/// instruction.
sc_core::sc_time Platform::latency(const DeviceDescription& d) const {
  return timing_ ? sc_core::sc_time(static_cast<double>(d.latency_ns), sc_core::SC_NS) : sc_core::SC_ZERO_TIME;
}

DeviceModuleConfig Platform::shell_config(const DeviceDescription& d) const {
  DeviceModuleConfig shell;
  shell.core_hz = description_.clock_hz;
  shell.latency = latency(d);
  return shell;
}

template <class Module, class... Args>
void Platform::add_device(const DeviceDescription& d, Args&&... args) {
  auto module = std::make_unique<Module>(d.name.c_str(), shell_config(d), std::forward<Args>(args)...);
  router_->map(d.base, d.size ? d.size : kDeviceSize, module->socket, d.name, d.secure);
  connect_interrupt(d, module->irq);
  devices_.push_back(std::move(module));
}

std::unique_ptr<virtio::Device> Platform::make_virtio_device(const VirtioSlot& slot, const PlatformOptions& options) {
  switch (slot.kind) {
    case VirtioSlot::Kind::Empty: break;
    case VirtioSlot::Kind::Block: return std::make_unique<virtio::Block>(slot.file, slot.read_only);
    case VirtioSlot::Kind::Console:
      return std::make_unique<virtio::Console>(options.virtio_console.backend ? *options.virtio_console.backend
                                                                              : *no_serial_);
    case VirtioSlot::Kind::Entropy: return std::make_unique<virtio::Entropy>(slot.seed);
    case VirtioSlot::Kind::Net:
      if (!options.network) throw std::logic_error("platform: a network device without a network");
      return std::make_unique<virtio::Net>(description_.clock_hz, options.network);
  }
  return nullptr;
}

void Platform::add_virtio(const DeviceDescription& d, const PlatformOptions& options) {
  if (!dma_) {
    dma_ = std::make_unique<DmaModule>(
        "virtio_dma", [this](u64 address, u64 size) { mpcore_->memory_written(PhysAddr(address), size); });
    dma_->socket.bind(router_->target);
  }
  using Kind = VirtioSlot::Kind;
  DeviceModuleConfig shell = shell_config(d);
  shell.poll_interval = sc_core::SC_ZERO_TIME;
  if (d.virtio.kind == Kind::Net || (d.virtio.kind == Kind::Console && options.virtio_console.input))
    shell.poll_interval = sc_core::sc_time(kNetworkStepMs, sc_core::SC_MS);
  VirtioMmioConfig config;
  config.version = d.virtio.version;
  config.service = Cycles(
      static_cast<u64>(static_cast<unsigned __int128>(d.virtio.service_ns) * description_.clock_hz / 1'000'000'000));
  auto module =
      std::make_unique<VirtioModule>(d.name.c_str(), shell, config, *dma_, make_virtio_device(d.virtio, options));
  router_->map(d.base, VirtioMmio::kSize, module->socket, d.name, d.secure);
  connect_interrupt(d, module->irq);
  devices_.push_back(std::move(module));
}

// A finger on the key for a moment that no debouncing takes for noise.
void Platform::add_card_interface(const DeviceDescription& d) {
  Pl180Config config;
  config.core_hz = description_.clock_hz;
  if (d.clock_hz) config.clock_hz = d.clock_hz;
  add_device<Pl180Module>(d, config, d.card.empty() ? nullptr : std::make_unique<SdCard>(d.card, d.card_locked));
  if (d.pio_spi) bind_interrupt(d.name + "_pio_irq", *d.pio_spi, static_cast<Pl180Module&>(*devices_.back()).irq1);
}

void Platform::add_gpio(const DeviceDescription& d, const PlatformOptions& options) {
  Pl061Config config;
  if (d.power_key && options.power_key) {
    const u8 line = static_cast<u8>(*d.power_key);
    const u64 pressed = *options.power_key;
    const u64 held = std::min(description_.clock_hz / 10, kNever.value - pressed);
    config.changes = {{Cycles(pressed), line, true}, {Cycles(pressed + held), line, false}};
  }
  if (d.power_off) config.power_off = static_cast<u8>(*d.power_off);
  if (d.reboot) config.reboot = static_cast<u8>(*d.reboot);
  add_device<Pl061Module>(d, config);
  gpios_.push_back(static_cast<Pl061Module*>(devices_.back().get()));
}

void Platform::add_memory(const DeviceDescription& d) {
  if (d.type == "alias") {
    const u64 home = description_.home(d.base);
    u64 offset;
    router_->map_again(d.base, home, d.name);
    memories_.push_back({&d, memory_at(home, d.size, offset)});
    return;
  }
  if (d.type == "flash") {
    auto flash = std::make_unique<FlashModule>(d.name.c_str(), d.size, latency(d));
    router_->map(d.base, d.size, flash->socket, d.name, d.secure);
    memories_.push_back({&d, &flash->ram()});
    devices_.push_back(std::move(flash));
    return;
  }
  RamModule::Config config;
  config.size = d.size;
  config.read_only = d.type == "rom";
  config.latency = latency(d);
  auto module = std::make_unique<RamModule>(d.name.c_str(), config);
  router_->map(d.base, d.size, module->socket, d.name, d.secure);
  memories_.push_back({&d, &module->ram()});
  devices_.push_back(std::move(module));
}

void Platform::connect_interrupt(
    const DeviceDescription& d,
    sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>& irq) {
  if (d.has_spi) bind_interrupt(d.name + "_irq", d.spi, irq);
}

void Platform::bind_interrupt(
    const std::string& name, unsigned spi,
    sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>& irq) {
  interrupts_.push_back(std::make_unique<sc_core::sc_signal<bool>>(name.c_str()));
  irq.bind(*interrupts_.back());
  mpcore_->spi[spi].bind(*interrupts_.back());
}

std::vector<const DeviceDescription*> Platform::memories(bool with_rom) const {
  std::vector<const DeviceDescription*> found;
  for (const Memory& m : memories_)
    if (with_rom || m.description->type == "ram") found.push_back(m.description);
  return found;
}

Ram* Platform::memory_at(u64 address, u64 size, u64& offset) {
  for (const Memory& m : memories_) {
    offset = address - m.description->base;
    if (address >= m.description->base && m.ram->contains(offset, size)) return m.ram;
  }
  return nullptr;
}

bool Platform::write_memory(u64 address, const u8* data, u64 size) {
  u64 offset;
  Ram* memory = memory_at(address, size, offset);
  if (memory && size) std::memcpy(memory->data() + offset, data, size);
  return memory != nullptr;
}

PowerRequest Platform::power_request() const {
  if (power_ && power_->core().power_request() != PowerRequest::None) return power_->core().power_request();
  for (const Sp805Module* watchdog : watchdogs_)
    if (watchdog->core().power_request() != PowerRequest::None) return watchdog->core().power_request();
  for (const Pl061Module* gpio : gpios_)
    if (gpio->core().power_request() != PowerRequest::None) return gpio->core().power_request();
  return sysregs_ ? sysregs_->core().power_request() : PowerRequest::None;
}

}  // namespace hypsim
