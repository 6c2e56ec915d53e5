// SPDX-License-Identifier: Apache-2.0
// A platform as its JSON file describes it: checked, but no hardware yet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

constexpr u64 kDeviceSize = 0x1000;  ///< what a device answers that has no size of its own

/// What is in a virtio-mmio slot. The JSON gives entropy; the rest comes with the command line.
struct VirtioSlot {
  enum class Kind : u8 { Empty, Block, Console, Entropy, Net } kind = Kind::Empty;
  unsigned version = 2;    ///< of the transport; 1: legacy
  u64 service_ns = 0;      ///< from a notification to the device's work
  u64 seed = 0;            ///< of entropy
  std::string file;        ///< of a block device
  bool read_only = false;  ///< of a block device
};

/// One entry of "devices". Which fields a type has is the schema's business; absent ones are zero.
struct DeviceDescription {
  std::string name, type;
  u64 base = 0;
  u64 size =
      0;  ///< of ram, rom, flash, sram, alias (the first of them secure firmware keeps to itself) and of absent devices
  unsigned spi = 0;
  bool has_spi = false;
  u64 clock_hz = 0;    ///< 0: the device's usual clock
  u64 latency_ns = 0;  ///< of an access over the bus
  bool console = false;
  std::string of;                     ///< of an alias: the memory that answers here too
  bool secure = false;                ///< answers Secure accesses alone; a Non-secure one gets an external abort
  VirtioSlot virtio;                  ///< of a virtio-mmio
  std::optional<unsigned> power_key;  ///< of a pl061: the line that the power key drives high
  std::optional<unsigned> power_off, reboot;  ///< of a pl061: the outputs that turn the board off and reboot it
  unsigned first_spi = 0, spis = 0;           ///< of a gicv2m: its shared interrupts
  bool reads_ones = false;                    ///< of an absent device: not zeros
  std::optional<unsigned> pio_spi;            ///< of a pl180: its second interrupt
  std::string card;                           ///< of a pl180: the image of the SD card in its slot; empty: none
  bool card_locked = false;
};

/// Whether a loader may fill it.
bool is_memory(const DeviceDescription& device);

/// A store that asks the board for something; address 0: the board cannot.
struct BoardStore {
  u64 address = 0;
  u32 value = 0;
};

struct PlatformDescription {
  std::string file;  ///< where it was read from, for messages
  std::string name, model;
  std::vector<std::string> compatible;
  unsigned cores = 1;
  u64 clock_hz = 0, counter_hz = 0;
  u64 periphbase = 0;
  u64 gicd = 0, gicc = 0, gich = 0, gicv = 0;
  unsigned spis = 0;
  std::vector<unsigned> pmu_interrupts;
  std::string timing_file;  ///< path of the timing data; empty if the platform names none
  u64 window_functional = 10'000;
  std::optional<u64> window_timed;  ///< none: TimingConfig::between_cores
  u64 shim_base = 0, image_base = 0;
  std::vector<DeviceDescription> devices;

  /// The first ram device that is not Secure-only: where kernels, initrds and device trees go.
  const DeviceDescription& main_memory() const;
  DeviceDescription& main_memory();
  /// The first pl011 marked as console, or null.
  const DeviceDescription* console() const;
  /// The first device of `type`, or null.
  const DeviceDescription* of_type(const std::string& type) const;
  /// Puts a device into the first empty virtio-mmio slot. Throws InputError naming `option` if none is left.
  VirtioSlot& plug_in(VirtioSlot::Kind kind, const std::string& option);
  /// Puts an SD card into the first empty slot. Throws InputError naming `option` if there is none.
  void insert_card(const std::string& file, bool locked, const std::string& option);
  /// Where what is at `address` is at home: the same, but for a place in an alias.
  u64 home(u64 address) const;
  /// How secure firmware turns the board off and reboots it.
  BoardStore shutdown_store() const;
  BoardStore reboot_store() const;
  /// The word in which parked cores look for an address to go to; 0: none.
  u64 boot_flags() const;
};

/// Parses and checks the text of a platform file, in which comments are allowed. Throws InputError naming `file`, the
/// place and the remedy: JSON syntax, unknown or missing keys, unknown device types, impossible values, overlaps, two
/// users of an interrupt.
PlatformDescription parse_platform(const std::string& text, const std::string& file);

/// What parse_platform checks beyond the schema; for a description that was changed afterwards.
void check_platform(const PlatformDescription& platform);

/// Reads the platform file that `name` means: a path if it contains a slash or ends in .json, otherwise NAME.json in
/// the first of platform_folders() that has it. Throws InputError listing the known names if there is none.
PlatformDescription load_platform(const std::string& name);

/// HYPSIM_PLATFORM_PATH (colon-separated), beside the executable, its ../share/hypsim/platforms, and the source tree
/// that built it, in this order.
std::vector<std::string> platform_folders();

}  // namespace hypsim
