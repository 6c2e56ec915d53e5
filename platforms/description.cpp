// SPDX-License-Identifier: Apache-2.0
#include "platforms/description.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sim/base/error.h"
#include "sim/host/input_file.h"
#include "sim/mem/address_map.h"
#include "sim/periph/absent.h"
#include "sim/periph/cfi_flash.h"
#include "sim/periph/vexpress_sysregs.h"
#include "sim/periph/virtio/mmio.h"
#include "sim/text/json.h"
#include "sim/text/json_schema.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

const char* platform_schema_text();

namespace {

constexpr text::JsonRules kRules = {.comments = true};

[[noreturn]] void bad(const std::string& file, const std::string& pointer, const std::string& what) {
  throw text::json_error(file, pointer, what);
}

/// A number, or one as text with a unit or without.
u64 number(const json& value, const std::string& file, const std::string& pointer) {
  if (value.is_number_unsigned()) return value.get<u64>();
  try {
    return text::size(value.get<std::string>(), pointer);
  } catch (const InputError& e) {
    throw text::json_error(file, "", e.what());
  }
}

/// The schema describes a device by its type.
void check_schema(const ordered_json& root, const std::string& file) {
  const text::JsonSchema schema(platform_schema_text());
  schema.check(root, file);
  const json& types = schema.root().at("deviceTypes");
  const ordered_json& devices = root.at("devices");
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string at = fmt::format("/devices/{}", i), type = devices[i].at("type").get<std::string>();
    if (!types.contains(type)) {
      std::string known;
      for (const auto& [name, rule] : types.items()) known += (known.empty() ? "" : ", ") + name;
      bad(file, at + "/type", fmt::format("unknown device type \"{}\"; use one of {}", text::shown(type), known));
    }
    schema.check(devices[i], file, text::pointer_to("/deviceTypes", type), at);
  }
}

DeviceDescription parse_device(const json& object, const std::string& file, const std::string& at) {
  DeviceDescription device;
  device.name = object.at("name").get<std::string>();
  device.type = object.at("type").get<std::string>();
  device.base = number(object.at("base"), file, at + "/base");
  if (object.contains("size")) device.size = number(object.at("size"), file, at + "/size");
  if (object.contains("spi")) {
    device.spi = object.at("spi").get<unsigned>();
    device.has_spi = true;
  }
  device.clock_hz = object.value("clock-hz", u64{0});
  device.latency_ns = object.value("latency-ns", u64{0});
  device.console = object.value("console", false);
  device.secure = object.value("secure", false);
  if (device.type == "virtio-mmio") {
    device.size = VirtioMmio::kSize;
    device.virtio.version = object.value("version", device.virtio.version);
    device.virtio.service_ns = object.value("service-ns", u64{0});
    device.virtio.seed = object.value("seed", u64{0});
    if (object.value("device", "none") == "entropy") device.virtio.kind = VirtioSlot::Kind::Entropy;
  }
  if (object.contains("pio-spi")) device.pio_spi = object.at("pio-spi").get<unsigned>();
  for (const auto& [key, line] :
       {std::pair("power-key", &device.power_key), {"power-off", &device.power_off}, {"reboot", &device.reboot}})
    if (object.contains(key)) *line = object.at(key).get<unsigned>();
  device.first_spi = object.value("first-spi", 0u);
  device.spis = object.value("spis", 0u);
  device.of = object.value("of", "");
  device.reads_ones = object.value("reads", "zeros") == "ones";
  return device;
}

void parse_mpcore(const json& mpcore, PlatformDescription& p) {
  p.cores = mpcore.value("cores", 1u);
  p.clock_hz = mpcore.at("clock-hz").get<u64>();
  p.counter_hz = mpcore.at("counter-hz").get<u64>();
  if (mpcore.contains("periphbase")) p.periphbase = number(mpcore.at("periphbase"), p.file, "/mpcore/periphbase");
  if (mpcore.contains("timing"))
    p.timing_file = (fs::path(p.file).parent_path() / mpcore.at("timing").get<std::string>()).string();
  if (mpcore.contains("window-cycles")) {
    p.window_functional = mpcore.at("window-cycles").value("functional", p.window_functional);
    if (mpcore.at("window-cycles").contains("timed"))
      p.window_timed = mpcore.at("window-cycles").at("timed").get<u64>();
  }
  const json& gic = mpcore.at("gic");
  const auto frame = [&](const char* name) {
    const u64 base = number(gic.at(name), p.file, fmt::format("/mpcore/gic/{}", name));
    if (base & 0xFFF)
      bad(p.file, fmt::format("/mpcore/gic/{}", name), fmt::format("{:#x} is not 4 KB aligned; align it", base));
    return base;
  };
  p.gicd = frame("gicd");
  p.gicc = frame("gicc");
  p.gich = frame("gich");
  p.gicv = frame("gicv");
  p.spis = gic.at("spis").get<unsigned>();
  if (mpcore.contains("pmu-interrupts")) p.pmu_interrupts = mpcore.at("pmu-interrupts").get<std::vector<unsigned>>();
  for (unsigned id : p.pmu_interrupts)
    if (id >= 32 + p.spis)
      bad(p.file, "/mpcore/pmu-interrupts",
          fmt::format("interrupt ID {} does not exist; the GIC ends at {}", id, 31 + p.spis));
}

bool is_main_memory(const DeviceDescription& d) { return d.type == "ram" && !d.secure; }

constexpr u64 kAddressSpace = u64{1} << 40;

void check_addresses(const PlatformDescription& p) {
  AddressMap map;
  try {
    map.add(p.gicd, 0x1000, 0, "mpcore.gic.gicd");
    map.add(p.gicc, 0x2000, 0, "mpcore.gic.gicc");
    map.add(p.gich, 0x2000, 0, "mpcore.gic.gich");
    map.add(p.gicv, 0x2000, 0, "mpcore.gic.gicv");
    for (const DeviceDescription& d : p.devices) {
      const u64 size = d.size ? d.size : kDeviceSize;
      if (size > kAddressSpace || d.base > kAddressSpace - size)
        throw InputError(
            fmt::format("{}: {:#x} bytes at {:#x} pass the 40-bit physical address space; lower base or size", d.name,
                        size, d.base));
      map.add(d.base, size, 0, d.name);
    }
  } catch (const InputError& e) {
    bad(p.file, "/devices", e.what());
  }
}

/// The memory that an alias shows again, which stands above it; null for what is no alias, or none of a memory.
const DeviceDescription* aliased(const PlatformDescription& p, const DeviceDescription& alias) {
  if (alias.type != "alias") return nullptr;
  for (const DeviceDescription& d : p.devices) {
    if (&d == &alias) break;
    if (d.name == alias.of && d.type != "alias" && is_memory(d)) return &d;
  }
  return nullptr;
}

void check_devices(const PlatformDescription& p) {
  std::set<std::string> names;
  std::map<unsigned, std::string> interrupts;
  const auto claim = [&](unsigned spi, const DeviceDescription& d, const std::string& at) {
    const auto [it, fresh] = interrupts.emplace(spi, d.name);
    if (!fresh) bad(p.file, at, fmt::format("{} already belongs to {}; choose another", spi, it->second));
  };
  for (std::size_t i = 0; i < p.devices.size(); ++i) {
    const DeviceDescription& d = p.devices[i];
    const std::string at = fmt::format("/devices/{}", i);
    if (!names.insert(d.name).second)
      bad(p.file, at + "/name", fmt::format("\"{}\" is used twice; choose another name", d.name));
    if (d.type == "alias" && !aliased(p, d))
      bad(p.file, at + "/of", fmt::format("\"{}\" is no memory that stands above; name one", text::shown(d.of)));
    if (is_memory(d) && d.size == 0) bad(p.file, at + "/size", "is 0; give the memory a size, for example 512MiB");
    if (d.type == "flash" && !CfiFlash::has_size(d.size))
      bad(p.file, at + "/size",
          fmt::format("{} is not that of a flash; give a power of two from 512KiB to 256MiB", d.size));
    if (d.type == "absent" && d.size > Absent::kSize)
      bad(p.file, at + "/size", "is above 1GiB; describe the place in several devices");
    if (d.type == "gicv2m" && d.first_spi + d.spis > p.spis)
      bad(p.file, at + "/spis",
          fmt::format("{} from {} do not exist; mpcore.gic.spis is {}", d.spis, d.first_spi, p.spis));
    for (unsigned spi = d.first_spi; spi < d.first_spi + d.spis; ++spi) claim(spi, d, at + "/first-spi");
    const auto claim_one = [&](unsigned spi, const std::string& key) {
      if (spi >= p.spis) bad(p.file, key, fmt::format("{} does not exist; mpcore.gic.spis is {}", spi, p.spis));
      claim(spi, d, key);
    };
    if (d.has_spi) claim_one(d.spi, at + "/spi");
    if (d.pio_spi) claim_one(*d.pio_spi, at + "/pio-spi");
  }
  if (std::none_of(p.devices.begin(), p.devices.end(), is_main_memory))
    bad(p.file, "/devices", "no device of type ram that is not Secure-only; add one");
}

std::string executable_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? std::string() : self.parent_path().string();
}

}  // namespace

bool is_memory(const DeviceDescription& d) {
  return d.type == "ram" || d.type == "rom" || d.type == "sram" || d.type == "flash" || d.type == "alias";
}

u64 PlatformDescription::home(u64 address) const {
  for (const DeviceDescription& d : devices)
    if (address - d.base < d.size)
      if (const DeviceDescription* memory = aliased(*this, d)) return address - d.base + memory->base;
  return address;
}

const DeviceDescription& PlatformDescription::main_memory() const {
  return *std::find_if(devices.begin(), devices.end(), is_main_memory);
}
DeviceDescription& PlatformDescription::main_memory() {
  return *std::find_if(devices.begin(), devices.end(), is_main_memory);
}
const DeviceDescription* PlatformDescription::console() const {
  const auto it =
      std::find_if(devices.begin(), devices.end(), [](const auto& d) { return d.type == "pl011" && d.console; });
  return it == devices.end() ? nullptr : &*it;
}

const DeviceDescription* PlatformDescription::of_type(const std::string& type) const {
  const auto it = std::find_if(devices.begin(), devices.end(), [&](const auto& d) { return d.type == type; });
  return it == devices.end() ? nullptr : &*it;
}

VirtioSlot& PlatformDescription::plug_in(VirtioSlot::Kind kind, const std::string& option) {
  for (DeviceDescription& d : devices) {
    if (d.type != "virtio-mmio" || d.virtio.kind != VirtioSlot::Kind::Empty) continue;
    d.virtio.kind = kind;
    return d.virtio;
  }
  throw InputError(fmt::format("{}: {} has no empty slot left; add a device of type virtio-mmio to it", option, file));
}

void PlatformDescription::insert_card(const std::string& image, bool locked, const std::string& option) {
  for (DeviceDescription& d : devices) {
    if (d.type != "pl180" || !d.card.empty()) continue;
    d.card = image;
    d.card_locked = locked;
    return;
  }
  throw InputError(
      fmt::format("{}: {} has no empty slot for a card left; add a device of type pl180 to it", option, file));
}

BoardStore PlatformDescription::shutdown_store() const {
  if (const DeviceDescription* d = of_type("power"))
    return {d->base + PowerController::kCommand, PowerController::kShutdown};
  if (const DeviceDescription* d = of_type("vexpress-sysregs"))
    return {d->base + VexpressSysregs::kConfigControl, VexpressSysregs::kCommandShutdown};
  return {};
}

BoardStore PlatformDescription::reboot_store() const {
  if (const DeviceDescription* d = of_type("power"))
    return {d->base + PowerController::kCommand, PowerController::kReboot};
  if (const DeviceDescription* d = of_type("vexpress-sysregs"))
    return {d->base + VexpressSysregs::kConfigControl, VexpressSysregs::kCommandReboot};
  return {};
}

u64 PlatformDescription::boot_flags() const {
  const DeviceDescription* d = of_type("vexpress-sysregs");
  return d ? d->base + VexpressSysregs::kFlags : 0;
}

void check_platform(const PlatformDescription& p) {
  check_devices(p);
  check_addresses(p);
}

PlatformDescription parse_platform(const std::string& text, const std::string& file) {
  const ordered_json read = text::parse_json(text, file, kRules);
  check_schema(read, file);
  const json root = read;
  PlatformDescription p;
  p.file = file;
  p.name = root.at("name").get<std::string>();
  p.model = root.value("model", p.name);
  p.compatible = root.value("compatible", std::vector<std::string>{"hypsim," + p.name});
  parse_mpcore(root.at("mpcore"), p);
  p.shim_base = number(root.at("boot").at("shim"), file, "/boot/shim");
  p.image_base = number(root.at("boot").at("image"), file, "/boot/image");
  if (p.shim_base >> 32) bad(file, "/boot/shim", "lies beyond 4 GB; cores start below");
  if (p.image_base >> 32) bad(file, "/boot/image", "lies beyond 4 GB; cores start below");
  if (p.shim_base & 31) bad(file, "/boot/shim", "not 32-byte aligned; the shim begins with vectors");
  const json& devices = root.at("devices");
  for (std::size_t i = 0; i < devices.size(); ++i)
    p.devices.push_back(parse_device(devices[i], file, fmt::format("/devices/{}", i)));
  for (DeviceDescription& d : p.devices)
    if (const DeviceDescription* memory = aliased(p, d)) {
      d.size = memory->size;
      d.secure = memory->secure;
    }
  check_platform(p);
  return p;
}

std::vector<std::string> platform_folders() {
  std::vector<std::string> folders;
  if (const char* path = std::getenv("HYPSIM_PLATFORM_PATH")) {
    std::istringstream parts(path);
    for (std::string part; std::getline(parts, part, ':');)
      if (!part.empty()) folders.push_back(part);
  }
  if (const std::string self = executable_folder(); !self.empty()) {
    folders.push_back(self + "/platforms");
    folders.push_back(self + "/../share/hypsim/platforms");
  }
  folders.push_back(HYPSIM_PLATFORM_SOURCE_DIR);
  return folders;
}

PlatformDescription load_platform(const std::string& name) {
  std::string path;
  const bool is_path = name.find('/') != std::string::npos || name.ends_with(".json");
  if (is_path) {
    path = name;
  } else {
    for (const std::string& folder : platform_folders())
      if (std::error_code error; path.empty() && fs::exists(fs::path(folder) / (name + ".json"), error))
        path = (fs::path(folder) / (name + ".json")).string();
    if (path.empty())
      throw InputError(fmt::format(
          "--platform {}: no such platform; use virt-a15, virt-a15-secure, vexpress-a15, or the path of a JSON file",
          text::shown(name)));
  }
  return parse_platform(host::read_text(path, kRules.largest), path);
}

}  // namespace hypsim
