// SPDX-License-Identifier: Apache-2.0
#include "platforms/device_tree.h"

#include <fmt/format.h>
#include <libfdt.h>

#include <initializer_list>
#include <map>
#include <stdexcept>

#include "platforms/device_tree_check.h"
#include "sim/base/error.h"
#include "sim/periph/power.h"
#include "sim/periph/vexpress_sysregs.h"

namespace hypsim {

namespace {

constexpr u32 kPpi = 1, kSpi = 0;  // first cell of an interrupt specifier
constexpr u32 kLevelHigh = 4;
constexpr u32 kGicPhandle = 1;
constexpr u64 kBusClock = 24'000'000;
constexpr u32 kKeyPower = 116;  // "linux,code" of a power key
constexpr std::size_t kRoom = 64 * 1024;
constexpr unsigned kMaxRemoved = 256;                       // nodes of a user's tree: each removal moves the rest of it
constexpr const char* kXenModule = "xen,multiboot-module";  // of dom0; of other guests: kGuestModule
constexpr const char* kGuestModule = "multiboot,module";

/// libfdt's sequential writer with C++ manners. Running out of room is a defect of ours.
class Writer {
 public:
  explicit Writer(std::size_t room) : buffer_(room) {
    check(fdt_create(buffer_.data(), static_cast<int>(room)));
    check(fdt_finish_reservemap(buffer_.data()));
  }
  void begin(const std::string& name) { check(fdt_begin_node(buffer_.data(), name.c_str())); }
  void end() { check(fdt_end_node(buffer_.data())); }
  void text(const char* name, const std::string& value) {
    check(fdt_property_string(buffer_.data(), name, value.c_str()));
  }
  void texts(const char* name, const std::vector<std::string>& values) {
    std::string joined;
    for (const std::string& v : values) joined += v + '\0';
    check(fdt_property(buffer_.data(), name, joined.data(), static_cast<int>(joined.size())));
  }
  void cells(const char* name, const std::vector<u32>& values) {
    std::vector<fdt32_t> big;
    big.reserve(values.size());
    for (u32 v : values) big.push_back(cpu_to_fdt32(v));
    check(fdt_property(buffer_.data(), name, big.data(), static_cast<int>(big.size() * 4)));
  }
  void flag(const char* name) { check(fdt_property(buffer_.data(), name, nullptr, 0)); }
  /// Addresses and sizes of two cells each.
  void reg(std::initializer_list<std::pair<u64, u64>> ranges) {
    std::vector<u32> values;
    for (const auto& [base, size] : ranges) {
      for (u64 v : {base, size}) {
        values.push_back(static_cast<u32>(v >> 32));
        values.push_back(static_cast<u32>(v));
      }
    }
    cells("reg", values);
  }
  std::vector<u8> finish() {
    check(fdt_finish(buffer_.data()));
    buffer_.resize(fdt_totalsize(buffer_.data()));
    return std::move(buffer_);
  }

 private:
  static void check(int error) {
    if (error < 0) throw std::logic_error(fmt::format("device tree: {}", fdt_strerror(error)));
  }
  std::vector<u8> buffer_;
};

std::string node_name(const char* kind, u64 base) { return fmt::format("{}@{:x}", kind, base); }

/// Fixed clocks, one node a frequency, with the phandles others use.
class Clocks {
 public:
  u32 phandle(u64 hz) {
    const auto [it, fresh] = phandles_.emplace(hz, next_);
    if (fresh) ++next_;
    return it->second;
  }
  /// A phandle for a node of another kind.
  u32 fresh() { return next_++; }
  void write(Writer& w) const {
    for (const auto& [hz, phandle] : phandles_) {
      w.begin(fmt::format("clock-{}", hz));
      w.text("compatible", "fixed-clock");
      w.cells("#clock-cells", {0});
      w.cells("clock-frequency", {static_cast<u32>(hz)});
      w.cells("phandle", {phandle});
      w.end();
    }
  }

 private:
  std::map<u64, u32> phandles_;
  u32 next_ = kGicPhandle + 1;
};

void write_cpus(Writer& w, const PlatformDescription& p, const DeviceTreeOptions& options) {
  w.begin("cpus");
  w.cells("#address-cells", {1});
  w.cells("#size-cells", {0});
  for (unsigned i = 0; i < p.cores; ++i) {
    w.begin(fmt::format("cpu@{}", i));
    w.text("device_type", "cpu");
    w.text("compatible", "arm,cortex-a15");
    w.cells("reg", {i});
    if (!options.psci_method.empty()) w.text("enable-method", "psci");
    w.end();
  }
  w.end();
}

void write_gic(Writer& w, const PlatformDescription& p, u32 cpu_mask) {
  w.begin(node_name("interrupt-controller", p.gicd));
  w.text("compatible", "arm,cortex-a15-gic");
  w.cells("#interrupt-cells", {3});
  w.cells("#address-cells", {0});
  w.flag("interrupt-controller");
  w.reg({{p.gicd, 0x1000}, {p.gicc, 0x2000}, {p.gich, 0x2000}, {p.gicv, 0x2000}});
  w.cells("interrupts", {kPpi, 9, cpu_mask | kLevelHigh});  // maintenance, ID 25
  w.cells("phandle", {kGicPhandle});
  w.end();
}

void write_timer(Writer& w, u32 cpu_mask) {
  w.begin("timer");
  w.text("compatible", "arm,armv7-timer");
  w.flag("always-on");
  std::vector<u32> interrupts;
  for (u32 ppi : {13u, 14u, 11u, 10u})  // Secure, Non-secure, virtual, Hyp: IDs 29, 30, 27, 26
    interrupts.insert(interrupts.end(), {kPpi, ppi, cpu_mask | kLevelHigh});
  w.cells("interrupts", interrupts);
  w.end();
}

void write_pmu(Writer& w, const PlatformDescription& p) {
  if (p.pmu_interrupts.empty()) return;
  w.begin("pmu");
  w.text("compatible", "arm,cortex-a15-pmu");
  std::vector<u32> interrupts;
  for (unsigned i = 0; i < p.cores && i < p.pmu_interrupts.size(); ++i) {
    const unsigned id = p.pmu_interrupts[i];
    interrupts.insert(interrupts.end(), {id < 32 ? kPpi : kSpi, id < 32 ? id - 16 : id - 32, kLevelHigh});
  }
  w.cells("interrupts", interrupts);
  w.end();
}

void write_psci(Writer& w, const DeviceTreeOptions& options) {
  if (options.psci_method.empty()) return;
  w.begin("psci");
  w.texts("compatible", {"arm,psci-1.0", "arm,psci-0.2"});
  w.text("method", options.psci_method);
  w.end();
}

/// There for the Secure world, and not for the other. Linux Documentation/devicetree/bindings/arm/secure.txt
void secure_only(Writer& w) {
  w.text("status", "disabled");
  w.text("secure-status", "okay");
}

void begin_device(Writer& w, const DeviceDescription& d, const char* kind, const std::vector<std::string>& compatible,
                  u64 size) {
  w.begin(node_name(kind, d.base));
  w.texts("compatible", compatible);
  w.reg({{d.base, size}});
  if (d.secure) secure_only(w);
  std::vector<u32> interrupts;
  if (d.has_spi) interrupts = {kSpi, d.spi, kLevelHigh};
  if (d.pio_spi) interrupts.insert(interrupts.end(), {kSpi, *d.pio_spi, kLevelHigh});
  if (!interrupts.empty()) w.cells("interrupts", interrupts);
}

/// A GPIO block and what hangs on its lines.
void write_gpio(Writer& w, const DeviceDescription& d, Clocks& clocks, bool psci) {
  const u32 controller = clocks.fresh();
  begin_device(w, d, "gpio", {"arm,pl061", "arm,primecell"}, 0x1000);
  w.flag("gpio-controller");
  w.cells("#gpio-cells", {2});
  w.flag("interrupt-controller");
  w.cells("#interrupt-cells", {2});
  w.cells("clocks", {clocks.phandle(kBusClock)});
  w.text("clock-names", "apb_pclk");
  w.cells("phandle", {controller});
  w.end();
  for (const auto& [kind, line] : {std::pair("gpio-poweroff", d.power_off), {"gpio-restart", d.reboot}}) {
    if (!line || (psci && !d.secure)) continue;
    w.begin(kind);
    w.text("compatible", kind);
    if (d.secure) secure_only(w);
    w.cells("gpios", {controller, *line, 0});
    w.end();
  }
  if (d.power_key) {
    w.begin("gpio-keys");
    w.text("compatible", "gpio-keys");
    w.begin("poweroff");
    w.text("label", "power key");
    w.cells("linux,code", {kKeyPower});
    w.cells("gpios", {controller, *d.power_key, 0});
    w.end();
    w.end();
  }
}

/// A card that is there for the whole run, at the one voltage of the slot.
void write_card_interface(Writer& w, const DeviceDescription& d, Clocks& clocks) {
  const u32 supply = clocks.fresh();
  begin_device(w, d, "mmci", {"arm,pl180", "arm,primecell"}, 0x1000);
  w.cells("max-frequency", {12'000'000});
  w.cells("vmmc-supply", {supply});
  w.flag("non-removable");
  w.cells("clocks", {clocks.phandle(d.clock_hz ? d.clock_hz : 24'000'000), clocks.phandle(kBusClock)});
  w.texts("clock-names", {"mclk", "apb_pclk"});
  w.end();
  w.begin("card-supply");
  w.text("compatible", "regulator-fixed");
  w.text("regulator-name", "3V3");
  w.cells("regulator-min-microvolt", {3'300'000});
  w.cells("regulator-max-microvolt", {3'300'000});
  w.flag("regulator-always-on");
  w.cells("phandle", {supply});
  w.end();
}

/// What kernels look for on the motherboard: those before 3.16 where its registers are (else they take the legacy
/// map), all of them how to turn the power off where they know no PSCI.
void write_motherboard(Writer& w, u32 sysreg) {
  w.begin("motherboard");
  w.texts("compatible", {"arm,vexpress,v2m-p1", "simple-bus"});
  w.text("arm,v2m-memory-map", "rs1");
  w.cells("arm,hbi", {0x190});
  w.cells("arm,vexpress,site", {0});
  w.cells("#address-cells", {2});
  w.cells("#size-cells", {2});
  w.flag("ranges");
  w.begin("mcc");
  w.text("compatible", "arm,vexpress,config-bus");
  w.cells("arm,vexpress,config-bridge", {sysreg});
  for (const auto& [name, command] : {std::pair("shutdown", VexpressSysregs::kCommandShutdown),
                                      std::pair("reboot", VexpressSysregs::kCommandReboot)}) {
    w.begin(name);
    w.text("compatible", fmt::format("arm,vexpress-{}", name));
    w.cells("arm,vexpress-sysreg,func", {command >> 20 & 0x3F, 0});
    w.end();
  }
  w.end();
  w.end();
}

void write_device(Writer& w, const DeviceDescription& d, Clocks& clocks, bool psci) {
  const auto open = [&](const char* kind, const std::vector<std::string>& compatible, u64 size) {
    begin_device(w, d, kind, compatible, size);
  };
  const u32 bus_clock = clocks.phandle(kBusClock);
  if (d.type == "ram" && !d.secure) {
    w.begin(node_name("memory", d.base));
    w.text("device_type", "memory");
    w.reg({{d.base, d.size}});
    w.end();
  } else if (d.type == "pl011") {
    open("serial", {"arm,pl011", "arm,primecell"}, 0x1000);
    w.cells("clocks", {clocks.phandle(d.clock_hz ? d.clock_hz : 24'000'000), bus_clock});
    w.texts("clock-names", {"uartclk", "apb_pclk"});
    w.end();
  } else if (d.type == "flash") {
    open("flash", {"cfi-flash"}, d.size);
    w.cells("bank-width", {4});
    w.end();
  } else if (d.type == "pl031") {
    open("rtc", {"arm,pl031", "arm,primecell"}, 0x1000);
    w.cells("clocks", {bus_clock});
    w.text("clock-names", "apb_pclk");
    w.end();
  } else if (d.type == "sp804") {
    const u32 clock = clocks.phandle(d.clock_hz ? d.clock_hz : 1'000'000);
    open("timer", {"arm,sp804", "arm,primecell"}, 0x1000);
    w.cells("clocks", {clock, clock, bus_clock});
    w.texts("clock-names", {"timclken1", "timclken2", "apb_pclk"});
    w.end();
  } else if (d.type == "sp805") {
    open("watchdog", {"arm,sp805", "arm,primecell"}, 0x1000);
    w.cells("clocks", {clocks.phandle(d.clock_hz ? d.clock_hz : 32'768), bus_clock});
    w.texts("clock-names", {"wdog_clk", "apb_pclk"});
    w.end();
  } else if (d.type == "pl061") {
    write_gpio(w, d, clocks, psci);
  } else if (d.type == "pl180" && !d.card.empty()) {
    write_card_interface(w, d, clocks);
  } else if (d.type == "virtio-mmio" && d.virtio.kind != VirtioSlot::Kind::Empty) {
    open("virtio_mmio", {"virtio,mmio"}, d.size);
    w.flag("dma-coherent");
    w.end();
  } else if (d.type == "vexpress-sysregs") {
    const u32 sysreg = clocks.fresh();
    open("sysreg", {"arm,vexpress-sysreg"}, 0x1000);
    w.cells("phandle", {sysreg});
    w.end();
    write_motherboard(w, sysreg);
  } else if (d.type == "power" && !psci) {  // otherwise it is the secure firmware's
    const u32 controller = clocks.fresh();
    w.begin(node_name("power", d.base));
    w.text("compatible", "syscon");
    w.reg({{d.base, 0x1000}});
    if (d.secure) secure_only(w);
    w.cells("phandle", {controller});
    w.end();
    for (const auto& [name, value] :
         {std::pair("poweroff", PowerController::kShutdown), std::pair("reboot", PowerController::kReboot)}) {
      w.begin(name);
      w.text("compatible", fmt::format("syscon-{}", name));
      w.cells("regmap", {controller});
      w.cells("offset", {PowerController::kCommand});
      w.cells("value", {value});
      w.end();
    }
  }
}

const char* bootargs_name(const DeviceTreeOptions& options) {
  return options.modules.empty() ? "bootargs" : "xen,xen-bootargs";
}

void write_chosen(Writer& w, const PlatformDescription& p, const DeviceTreeOptions& options) {
  w.begin("chosen");
  if (const DeviceDescription* console = p.console(); console && !console->secure)
    w.text("stdout-path", "/" + node_name("serial", console->base));
  if (!options.bootargs.empty()) w.text(bootargs_name(options), options.bootargs);
  if (options.initrd_start != options.initrd_end) {
    w.cells("linux,initrd-start",
            {static_cast<u32>(options.initrd_start >> 32), static_cast<u32>(options.initrd_start)});
    w.cells("linux,initrd-end", {static_cast<u32>(options.initrd_end >> 32), static_cast<u32>(options.initrd_end)});
  }
  w.end();
}

/// The Secure world's console is the first UART that it has to itself.
void write_secure_chosen(Writer& w, const PlatformDescription& p) {
  for (const DeviceDescription& d : p.devices) {
    if (d.type != "pl011" || !d.secure) continue;
    w.begin("secure-chosen");
    w.text("stdout-path", "/" + node_name("serial", d.base));
    w.end();
    return;
  }
}

}  // namespace

namespace {

using Texts = std::vector<std::string>;

int set_texts(void* tree, int node, const char* name, const Texts& values) {
  std::string joined;
  for (const std::string& v : values) joined += v + '\0';
  return fdt_setprop(tree, node, name, joined.data(), static_cast<int>(joined.size()));
}

int set_two_cells(void* tree, int node) {
  const int error = fdt_setprop_u32(tree, node, "#address-cells", 2);
  return error ? error : fdt_setprop_u32(tree, node, "#size-cells", 2);
}

int add_module(void* tree, int parent, const BootModule& m, const Texts& compatible) {
  const int node = fdt_add_subnode(tree, parent, node_name("module", m.start).c_str());
  if (node < 0) return node;
  int error = set_texts(tree, node, "compatible", compatible);
  if (error == 0) error = fdt_setprop_u64(tree, node, "reg", m.start);
  if (error == 0) error = fdt_appendprop_u64(tree, node, "reg", m.size);
  if (error == 0 && !m.bootargs.empty()) error = fdt_setprop_string(tree, node, "bootargs", m.bootargs.c_str());
  return error;
}

/// A guest without a toolstack has a virtual PL011, whose output Xen prints.
int add_guest(void* tree, int chosen, const XenGuest& guest, std::size_t number) {
  const int node = fdt_add_subnode(tree, chosen, fmt::format("domU{}", number).c_str());
  if (node < 0) return node;
  int error = set_texts(tree, node, "compatible", {"xen,domain"});
  if (error == 0) error = set_two_cells(tree, node);
  if (error == 0) error = fdt_setprop_u64(tree, node, "memory", guest.memory >> 10);
  if (error == 0) error = fdt_setprop_u32(tree, node, "cpus", guest.cpus);
  if (error == 0) error = fdt_setprop_empty(tree, node, "vpl011");
  for (const BootModule& m : guest.modules)
    if (error == 0)
      error = add_module(tree, node, m,
                         {m.kind == BootModule::Kind::Kernel ? "multiboot,kernel" : "multiboot,ramdisk", kGuestModule});
  return error;
}

int remove_modules(void* tree, int chosen) {
  unsigned removed = 0;
  for (int node = fdt_first_subnode(tree, chosen); node >= 0;) {
    const bool old = fdt_node_check_compatible(tree, node, kXenModule) == 0 ||
                     fdt_node_check_compatible(tree, node, kGuestModule) == 0 ||
                     fdt_node_check_compatible(tree, node, "xen,domain") == 0;
    if (!old) {
      node = fdt_next_subnode(tree, node);
    } else {
      if (++removed > kMaxRemoved) return -FDT_ERR_NOSPACE;
      if (const int error = fdt_del_node(tree, node)) return error;
      node = fdt_first_subnode(tree, chosen);
    }
  }
  return 0;
}

/// Replaces what Xen finds below /chosen. Returns libfdt's error.
int set_xen_modules(void* tree, const DeviceTreeOptions& options) {
  const int chosen = fdt_path_offset(tree, "/chosen");
  int error = remove_modules(tree, chosen);
  if (error == 0) error = set_two_cells(tree, chosen);
  for (const BootModule& m : options.modules)
    if (error == 0)
      error = add_module(tree, chosen, m,
                         {m.kind == BootModule::Kind::Kernel ? "xen,linux-zimage" : "xen,linux-initrd", kXenModule});
  for (std::size_t i = 0; i < options.guests.size(); ++i)
    if (error == 0) error = add_guest(tree, chosen, options.guests[i], i + 1);
  return error;
}

std::size_t room_for(const DeviceTreeOptions& options) {
  std::size_t room = kRoom + options.bootargs.size();
  for (const BootModule& m : options.modules) room += m.bootargs.size();
  for (const XenGuest& guest : options.guests)
    for (const BootModule& m : guest.modules) room += m.bootargs.size();
  return room;
}

}  // namespace

std::vector<u8> make_device_tree(const PlatformDescription& p, const DeviceTreeOptions& options) {
  Writer w(room_for(options));
  Clocks clocks;
  const u32 cpu_mask = ((1u << p.cores) - 1) << 8;
  w.begin("");
  w.text("model", p.model);
  w.texts("compatible", p.compatible);
  w.cells("#address-cells", {2});
  w.cells("#size-cells", {2});
  w.cells("interrupt-parent", {kGicPhandle});
  write_chosen(w, p, options);
  write_secure_chosen(w, p);
  w.begin("aliases");
  unsigned serial = 0;
  for (const DeviceDescription& d : p.devices)
    if (d.type == "pl011" && !d.secure)
      w.text(fmt::format("serial{}", serial++).c_str(), "/" + node_name("serial", d.base));
  w.end();
  write_psci(w, options);
  write_cpus(w, p, options);
  write_timer(w, cpu_mask);
  write_pmu(w, p);
  write_gic(w, p, cpu_mask);
  for (const DeviceDescription& d : p.devices) write_device(w, d, clocks, !options.psci_method.empty());
  clocks.write(w);
  w.end();
  std::vector<u8> tree = w.finish();
  if (options.modules.empty()) return tree;
  std::vector<u8> with_modules(tree.size() + room_for(options));
  int error = fdt_open_into(tree.data(), with_modules.data(), static_cast<int>(with_modules.size()));
  if (error == 0) error = set_xen_modules(with_modules.data(), options);
  if (error == 0) error = fdt_pack(with_modules.data());
  if (error != 0) throw std::logic_error(fmt::format("device tree: {}", fdt_strerror(error)));
  with_modules.resize(fdt_totalsize(with_modules.data()));
  return with_modules;
}

namespace {

/// "reg" of a node below the root.
int set_range(void* tree, int node, u64 base, u64 size) {
  const int address_cells = fdt_address_cells(tree, 0), size_cells = fdt_size_cells(tree, 0);
  const auto fits = [](u64 value, int cells) { return cells == 2 || (cells == 1 && value <= ~u32{0}); };
  if (!fits(base, address_cells) || !fits(size, size_cells)) return -FDT_ERR_BADNCELLS;
  const int error = address_cells == 2 ? fdt_setprop_u64(tree, node, "reg", base)
                                       : fdt_setprop_u32(tree, node, "reg", static_cast<u32>(base));
  if (error != 0) return error;
  return size_cells == 2 ? fdt_appendprop_u64(tree, node, "reg", size)
                         : fdt_appendprop_u32(tree, node, "reg", static_cast<u32>(size));
}

/// Makes `ram` the tree's only memory. Returns libfdt's error.
int set_memory(void* tree, const DeviceDescription& ram) {
  const auto next = [&](int from) {
    return fdt_node_offset_by_prop_value(tree, from, "device_type", "memory", sizeof "memory");
  };
  int node = next(-1);
  if (node == -FDT_ERR_NOTFOUND) {
    node = fdt_add_subnode(tree, 0, node_name("memory", ram.base).c_str());
    if (node < 0) return node;
    if (const int error = fdt_setprop_string(tree, node, "device_type", "memory")) return error;
  }
  if (node < 0) return node;
  int error = set_range(tree, node, ram.base, ram.size);
  unsigned removed = 0;
  for (int other = next(node); error == 0 && other >= 0; other = next(node))
    error = ++removed > kMaxRemoved ? -FDT_ERR_NOSPACE : fdt_del_node(tree, other);
  return error;
}

/// The phandle of the interrupt controller that takes GIC specifiers, given one if it has none; 0: there is none.
u32 gic_phandle(void* tree) {
  for (int node = fdt_next_node(tree, -1, nullptr); node >= 0; node = fdt_next_node(tree, node, nullptr)) {
    int size = 0;
    const auto* cells = static_cast<const fdt32_t*>(fdt_getprop(tree, node, "#interrupt-cells", &size));
    if (cells == nullptr || size != 4 || fdt32_to_cpu(*cells) != 3) continue;
    if (fdt_getprop(tree, node, "interrupt-controller", nullptr) == nullptr) continue;
    if (const u32 phandle = fdt_get_phandle(tree, node); phandle != 0) return phandle;
    u32 fresh = 0;
    if (fdt_generate_phandle(tree, &fresh) != 0 || fdt_setprop_u32(tree, node, "phandle", fresh) != 0) return 0;
    return fresh;
  }
  return 0;
}

/// Whether the tree has a virtio,mmio node whose registers begin at `base`.
bool has_virtio(const void* tree, u64 base) {
  std::vector<int> cells;  // of the addresses of the children, by depth
  int depth = 0;
  for (int node = fdt_next_node(tree, -1, &depth); node >= 0; node = fdt_next_node(tree, node, &depth)) {
    cells.resize(static_cast<std::size_t>(depth));
    const int here = cells.empty() ? 0 : cells.back();
    cells.push_back(fdt_address_cells(tree, node));
    if (here < 1 || here > 2 || fdt_node_check_compatible(tree, node, "virtio,mmio") != 0) continue;
    int size = 0;
    const auto* reg = static_cast<const fdt32_t*>(fdt_getprop(tree, node, "reg", &size));
    if (reg == nullptr || size < here * 4) continue;
    u64 address = 0;
    for (int i = 0; i < here; ++i) address = address << 32 | fdt32_to_cpu(reg[i]);
    if (address == base) return true;
  }
  return false;
}

/// Adds what the command line plugged in and the tree does not know. Returns libfdt's error.
int add_plugged_in(void* tree, const PlatformDescription& platform) {
  for (const DeviceDescription& d : platform.devices) {
    using Kind = VirtioSlot::Kind;
    if (d.type != "virtio-mmio" || d.virtio.kind == Kind::Empty || d.virtio.kind == Kind::Entropy) continue;
    if (has_virtio(tree, d.base)) continue;
    const u32 gic = gic_phandle(tree);
    if (gic == 0) return -FDT_ERR_NOTFOUND;
    const int node = fdt_add_subnode(tree, 0, node_name("virtio_mmio", d.base).c_str());
    if (node < 0) return node;
    int error = fdt_setprop_string(tree, node, "compatible", "virtio,mmio");
    if (error == 0) error = set_range(tree, node, d.base, d.size);
    if (error == 0) error = fdt_setprop_u32(tree, node, "interrupt-parent", gic);
    for (const u32 cell : {kSpi, d.spi, kLevelHigh})
      if (error == 0) error = fdt_appendprop_u32(tree, node, "interrupts", cell);
    if (error == 0) error = fdt_setprop_empty(tree, node, "dma-coherent");
    if (error != 0) return error;
  }
  return 0;
}

}  // namespace

std::vector<u8> patch_device_tree(const std::vector<u8>& tree, const PlatformDescription& platform,
                                  const DeviceTreeOptions& options, const std::string& file) {
  const auto bad = [&](const char* what) -> InputError {
    return InputError(fmt::format("{}: {}; make one with dtc, or leave --dtb out to have it generated", file, what));
  };
  check_device_tree(tree, file);
  std::vector<u8> patched(fdt_totalsize(tree.data()) + room_for(options));
  if (fdt_check_full(tree.data(), fdt_totalsize(tree.data())) != 0 ||
      fdt_open_into(tree.data(), patched.data(), static_cast<int>(patched.size())) != 0)
    throw bad("a damaged device tree blob");
  if (set_memory(patched.data(), platform.main_memory()) != 0) throw bad("its memory node cannot be changed");
  if (add_plugged_in(patched.data(), platform) != 0) throw bad("it takes no virtio device (is there a GIC?)");
  int chosen = fdt_path_offset(patched.data(), "/chosen");
  if (chosen == -FDT_ERR_NOTFOUND) chosen = fdt_add_subnode(patched.data(), 0, "chosen");
  int error = chosen < 0 ? chosen : 0;
  if (error == 0 && !options.bootargs.empty())
    error = fdt_setprop_string(patched.data(), chosen, bootargs_name(options), options.bootargs.c_str());
  if (error == 0 && options.initrd_start != options.initrd_end) {
    error = fdt_setprop_u64(patched.data(), chosen, "linux,initrd-start", options.initrd_start);
    if (error == 0) error = fdt_setprop_u64(patched.data(), chosen, "linux,initrd-end", options.initrd_end);
  }
  if (error == 0 && !options.modules.empty()) error = set_xen_modules(patched.data(), options);
  if (error != 0 || fdt_pack(patched.data()) != 0) throw bad("its /chosen node cannot be changed");
  patched.resize(fdt_totalsize(patched.data()));
  return patched;
}

}  // namespace hypsim
