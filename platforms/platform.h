// SPDX-License-Identifier: Apache-2.0
// The hardware of a platform description: MPCore, interconnect, memories and devices, bound together.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "platforms/description.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "sim/mem/ram_module.h"
#include "sim/mem/router.h"
#include "sim/mpcore/mpcore.h"
#include "sim/periph/modules.h"
#include "sim/periph/serial_backend.h"
#include "sim/periph/virtio/module.h"
#include "sim/periph/virtio/net.h"

namespace hypsim {

/// What is at the other end of a serial port.
struct SerialLine {
  SerialBackend* backend = nullptr;  ///< null: output is dropped
  bool input = false;                ///< something may come in: poll it
};

struct PlatformOptions {
  bool functional = false;  ///< one cycle an instruction; of the timing data only the sizes of the caches count
  std::vector<TimingChange> timing_changes;  ///< on top of the platform's timing data
  bool generate_code = false;                ///< hot code runs as host code, where the host has a code generator
  u64 code_cache = 0;                        ///< host memory for translated code, see CodeMemory::of_one
  std::map<std::string, SerialLine> serial;  ///< of the PL011s, by name; the output of others is dropped
  SerialLine virtio_console;                 ///< of the virtio console
  std::shared_ptr<virtio::Network> network;  ///< of the virtio network device; needed if there is one
  std::optional<u64> power_key;              ///< core cycle at which somebody presses the power key of the board
};

class Platform : public sc_core::sc_module {
 public:
  /// Simulated time between two looks at the network, in milliseconds. A look that waits for the host as long lets
  /// simulated time run no faster than the host's.
  static constexpr unsigned kNetworkStepMs = 1;

  /// Throws InputError for timing data that is missing or broken.
  Platform(sc_core::sc_module_name name, const PlatformDescription& description, const PlatformOptions& options);
  ~Platform() override;

  const PlatformDescription& description() const { return description_; }
  MpCore& mpcore() { return *mpcore_; }
  /// The timing data in use; null in functional mode.
  const TimingConfig* timing() const { return timing_ ? &*timing_ : nullptr; }

  /// Memory a loader may fill: ram, and with `with_rom` rom, flash and sram too.
  std::vector<const DeviceDescription*> memories(bool with_rom) const;
  /// Fills memory, which is zero before the simulation starts; roms included. False if the range is not inside one
  /// memory.
  bool write_memory(u64 address, const u8* data, u64 size);

  /// What the guest asked of the board, or its watchdog did.
  PowerRequest power_request() const;

 private:
  sc_core::sc_time latency(const DeviceDescription& d) const;
  DeviceModuleConfig shell_config(const DeviceDescription& d) const;
  template <class Module, class... Args>
  void add_device(const DeviceDescription& d, Args&&... args);
  void add_virtio(const DeviceDescription& d, const PlatformOptions& options);
  std::unique_ptr<virtio::Device> make_virtio_device(const VirtioSlot& slot, const PlatformOptions& options);
  void add_card_interface(const DeviceDescription& d);
  void add_gpio(const DeviceDescription& d, const PlatformOptions& options);
  void add_memory(const DeviceDescription& d);
  void connect_interrupt(const DeviceDescription& d,
                         sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>& irq);
  void bind_interrupt(const std::string& name, unsigned spi,
                      sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>& irq);
  Ram* memory_at(u64 address, u64 size, u64& offset);

  struct Memory {
    const DeviceDescription* description;
    Ram* ram;
  };

  PlatformDescription description_;
  std::optional<TimingConfig> timing_;
  std::unique_ptr<SerialBackend> no_serial_;
  std::unique_ptr<MpCore> mpcore_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<DmaModule> dma_;  // of the virtio devices; null if there are no slots
  std::vector<std::unique_ptr<sc_core::sc_module>> devices_;
  std::vector<std::unique_ptr<sc_core::sc_signal<bool>>> interrupts_;
  std::vector<Memory> memories_;
  VexpressSysregsModule* sysregs_ = nullptr;
  PowerModule* power_ = nullptr;
  std::vector<Sp805Module*> watchdogs_;
  std::vector<Pl061Module*> gpios_;
};

}  // namespace hypsim
