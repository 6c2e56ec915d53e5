// SPDX-License-Identifier: Apache-2.0
// The generated device tree, parsed back.
#include "platforms/device_tree.h"

#include <gtest/gtest.h>
#include <libfdt.h>

#include "sim/base/error.h"

namespace hypsim {
namespace {

struct Tree {
  std::vector<u8> blob;
  int node(const char* path) const { return fdt_path_offset(blob.data(), path); }
  std::vector<u32> cells(const char* path, const char* name) const {
    int size = 0;
    const void* data = fdt_getprop(blob.data(), node(path), name, &size);
    std::vector<u32> out;
    for (int i = 0; data && i < size / 4; ++i) out.push_back(fdt32_to_cpu(static_cast<const fdt32_t*>(data)[i]));
    return out;
  }
  std::string text(const char* path, const char* name) const {
    int size = 0;
    const void* data = fdt_getprop(blob.data(), node(path), name, &size);
    return data ? std::string(static_cast<const char*>(data)) : "";
  }
  bool compatible(const char* path, const char* with) const {
    return fdt_node_check_compatible(blob.data(), node(path), with) == 0;
  }
};

using Cells = std::vector<u32>;

TEST(DeviceTree, SaysWhatThePlatformHas) {
  PlatformDescription p = load_platform("virt-a15");
  p.cores = 2;
  const Tree t{make_device_tree(
      p, {.bootargs = "console=ttyAMA0", .initrd_start = 0x48000000, .initrd_end = 0x48001000, .psci_method = "smc"})};
  ASSERT_EQ(fdt_check_full(t.blob.data(), t.blob.size()), 0);
  EXPECT_EQ(t.cells("/memory@40000000", "reg"), (Cells{0, 0x40000000, 0, 0x40000000}));
  EXPECT_EQ(t.text("/memory@40000000", "device_type"), "memory");
  EXPECT_TRUE(t.compatible("/cpus/cpu@1", "arm,cortex-a15"));
  EXPECT_EQ(t.cells("/cpus/cpu@1", "reg"), Cells{1});
  EXPECT_EQ(t.text("/cpus/cpu@1", "enable-method"), "psci");
  EXPECT_LT(t.node("/cpus/cpu@2"), 0);
  EXPECT_EQ(t.text("/psci", "method"), "smc");
  EXPECT_EQ(t.text("/chosen", "bootargs"), "console=ttyAMA0");
  EXPECT_EQ(t.text("/chosen", "stdout-path"), "/serial@9000000");
  EXPECT_EQ(t.cells("/chosen", "linux,initrd-start"), (Cells{0, 0x48000000}));
  EXPECT_EQ(t.cells("/chosen", "linux,initrd-end"), (Cells{0, 0x48001000}));

  const char* gic = "/interrupt-controller@8000000";
  EXPECT_TRUE(t.compatible(gic, "arm,cortex-a15-gic"));
  EXPECT_EQ(t.cells(gic, "reg"), (Cells{0, 0x08000000, 0, 0x1000, 0, 0x08010000, 0, 0x2000, 0, 0x08030000, 0, 0x2000, 0,
                                        0x08040000, 0, 0x2000}));
  EXPECT_EQ(t.cells(gic, "interrupts"), (Cells{1, 9, 0x304}));
  EXPECT_EQ(t.cells("/", "interrupt-parent"), t.cells(gic, "phandle"));
  EXPECT_EQ(t.cells("/timer", "interrupts"), (Cells{1, 13, 0x304, 1, 14, 0x304, 1, 11, 0x304, 1, 10, 0x304}));

  EXPECT_TRUE(t.compatible("/serial@9000000", "arm,pl011"));
  EXPECT_EQ(t.cells("/serial@9000000", "interrupts"), (Cells{0, 1, 4}));
  const Cells clocks = t.cells("/serial@9000000", "clocks");
  ASSERT_EQ(clocks.size(), 2u);
  const int clock = fdt_node_offset_by_phandle(t.blob.data(), clocks[0]);
  ASSERT_GE(clock, 0);
  EXPECT_EQ(fdt_node_check_compatible(t.blob.data(), clock, "fixed-clock"), 0);
  EXPECT_EQ(t.text("/aliases", "serial0"), "/serial@9000000");
  EXPECT_TRUE(t.compatible("/rtc@9010000", "arm,pl031"));
}

TEST(DeviceTree, PowerIsTheGuestsWhereNoFirmwareHasIt) {
  const PlatformDescription p = load_platform("virt-a15");
  EXPECT_LT(Tree{make_device_tree(p, {.psci_method = "smc"})}.node("/power@9ff0000"), 0);
  const Tree t{make_device_tree(p, {})};
  EXPECT_TRUE(t.compatible("/power@9ff0000", "syscon"));
  EXPECT_TRUE(t.compatible("/poweroff", "syscon-poweroff"));
  EXPECT_TRUE(t.compatible("/reboot", "syscon-reboot"));
  EXPECT_EQ(t.cells("/poweroff", "regmap"), t.cells("/power@9ff0000", "phandle"));
  EXPECT_EQ(t.cells("/poweroff", "value"), Cells{p.shutdown_store().value});
  EXPECT_EQ(t.cells("/reboot", "value"), Cells{p.reboot_store().value});
  EXPECT_EQ(p.shutdown_store().address, 0x09FF0000u + t.cells("/poweroff", "offset").at(0));
  EXPECT_LT(t.node("/sram@e000000"), 0) << "the firmware's alone";
}

TEST(DeviceTree, XenFindsItsModules) {
  const PlatformDescription p = load_platform("virt-a15");
  const DeviceTreeOptions options{
      .bootargs = "console=dtuart",
      .modules = {{BootModule::Kind::Kernel, 0x48000000, 0x545200, "console=hvc0"},
                  {BootModule::Kind::Ramdisk, 0x48600000, 0xD7E59, ""}},
      .guests = {{128u << 20, 1, {{BootModule::Kind::Kernel, 0x48700000, 4096, "console=ttyAMA0"}}}}};
  const Tree generated{make_device_tree(p, options)};
  // The user's tree has old modules and another width of cells.
  Tree old{make_device_tree(p, {.bootargs = "old", .modules = {{BootModule::Kind::Kernel, 0x50000000, 4096, "old"}}})};
  const Tree patched{patch_device_tree(old.blob, p, options, "x.dtb")};
  EXPECT_LT(patched.node("/chosen/module@50000000"), 0);
  for (const Tree* t : {&generated, &patched}) {
    EXPECT_EQ(t->text("/chosen", "xen,xen-bootargs"), "console=dtuart");
    EXPECT_EQ(t->text("/chosen", "bootargs"), "");
    EXPECT_EQ(t->cells("/chosen", "#address-cells"), Cells{2});
    EXPECT_EQ(t->cells("/chosen", "#size-cells"), Cells{2});
    EXPECT_TRUE(t->compatible("/chosen/module@48000000", "xen,linux-zimage"));
    EXPECT_TRUE(t->compatible("/chosen/module@48000000", "xen,multiboot-module"));
    EXPECT_EQ(t->cells("/chosen/module@48000000", "reg"), (Cells{0, 0x48000000, 0, 0x545200}));
    EXPECT_EQ(t->text("/chosen/module@48000000", "bootargs"), "console=hvc0");
    EXPECT_TRUE(t->compatible("/chosen/module@48600000", "xen,linux-initrd"));
    EXPECT_EQ(t->cells("/chosen/module@48600000", "reg"), (Cells{0, 0x48600000, 0, 0xD7E59}));
    EXPECT_TRUE(t->compatible("/chosen/domU1", "xen,domain"));
    EXPECT_EQ(t->cells("/chosen/domU1", "memory"), (Cells{0, 128 * 1024}));
    EXPECT_TRUE(t->compatible("/chosen/domU1/module@48700000", "multiboot,kernel"));
    EXPECT_EQ(t->cells("/chosen/domU1/module@48700000", "reg"), (Cells{0, 0x48700000, 0, 4096}));
    EXPECT_LT(t->node("/chosen/domU2"), 0);
  }
}

TEST(DeviceTree, VersatileExpress) {
  const Tree t{make_device_tree(load_platform("vexpress-a15"), {})};
  EXPECT_TRUE(t.compatible("/", "arm,vexpress"));
  EXPECT_TRUE(t.compatible("/timer@1c110000", "arm,sp804"));
  EXPECT_EQ(t.cells("/timer@1c110000", "clocks").size(), 3u);
  EXPECT_TRUE(t.compatible("/sysreg@1c010000", "arm,vexpress-sysreg"));
  EXPECT_EQ(t.cells("/pmu", "interrupts"), (Cells{0, 68, 4}));
  EXPECT_LT(t.node("/psci"), 0);
  EXPECT_EQ(t.text("/chosen", "bootargs"), "");
  EXPECT_EQ(t.text("/aliases", "serial3"), "/serial@1c0c0000");
}

TEST(DeviceTree, TheMotherboardIsWhatOldKernelsLookFor) {
  const Tree t{make_device_tree(load_platform("vexpress-a15"), {})};
  EXPECT_EQ(t.text("/motherboard", "arm,v2m-memory-map"), "rs1");
  EXPECT_TRUE(t.compatible("/motherboard/mcc", "arm,vexpress,config-bus"));
  EXPECT_EQ(t.cells("/motherboard/mcc", "arm,vexpress,config-bridge"), t.cells("/sysreg@1c010000", "phandle"));
  EXPECT_TRUE(t.compatible("/motherboard/mcc/shutdown", "arm,vexpress-shutdown"));
  EXPECT_EQ(t.cells("/motherboard/mcc/shutdown", "arm,vexpress-sysreg,func"), (Cells{8, 0}));
  EXPECT_EQ(t.cells("/motherboard/mcc/reboot", "arm,vexpress-sysreg,func"), (Cells{9, 0}));
  EXPECT_LT(Tree{make_device_tree(load_platform("virt-a15"), {})}.node("/motherboard"), 0);
}

TEST(DeviceTree, ACardIsThereIfThereIsOne) {
  PlatformDescription p = load_platform("vexpress-a15");
  EXPECT_LT(Tree{make_device_tree(p, {})}.node("/mmci@1c050000"), 0);
  p.insert_card("card.img", false, "--sd card.img");
  const Tree t{make_device_tree(p, {})};
  EXPECT_TRUE(t.compatible("/mmci@1c050000", "arm,pl180"));
  EXPECT_EQ(t.cells("/mmci@1c050000", "interrupts"), (Cells{0, 9, 4, 0, 10, 4}));
  EXPECT_EQ(t.cells("/mmci@1c050000", "vmmc-supply"), t.cells("/card-supply", "phandle"));
  EXPECT_THROW(p.insert_card("another.img", false, "--sd another.img"), InputError);
}

TEST(DeviceTree, AUsersTreeGetsTheBootArguments) {
  const PlatformDescription p = load_platform("virt-a15");
  const std::vector<u8> plain = make_device_tree(p, {});
  const Tree t{patch_device_tree(plain, p, {.bootargs = "quiet", .initrd_start = 1, .initrd_end = 2}, "x.dtb")};
  EXPECT_EQ(t.text("/chosen", "bootargs"), "quiet");
  EXPECT_EQ(t.cells("/chosen", "linux,initrd-end"), (Cells{0, 2}));
  EXPECT_EQ(t.text("/chosen", "stdout-path"), "/serial@9000000");
  std::vector<u8> cut(plain.begin(), plain.begin() + 100);
  for (const std::vector<u8>& bad : {std::vector<u8>{}, std::vector<u8>(64), cut})
    EXPECT_THROW(patch_device_tree(bad, p, {.bootargs = "quiet"}, "x.dtb"), InputError);
}

TEST(DeviceTree, AUsersTreeGetsTheMemoryThatThereIs) {
  PlatformDescription p = load_platform("virt-a15");
  const std::vector<u8> plain = make_device_tree(p, {});
  p.main_memory().size = 256u << 20;
  PlatformDescription two = p;
  two.devices.push_back({.name = "more", .type = "ram", .base = 0x80000000, .size = 1u << 20});
  for (const std::vector<u8>& tree : {plain, make_device_tree(two, {})}) {
    const Tree t{patch_device_tree(tree, p, {}, "x.dtb")};
    EXPECT_EQ(t.cells("/memory@40000000", "reg"), (Cells{0, 0x40000000, 0, 256u << 20}));
    EXPECT_LT(t.node("/memory@80000000"), 0);
    EXPECT_EQ(t.text("/chosen", "stdout-path"), "/serial@9000000");
  }
}

TEST(DeviceTree, AUsersTreeGetsTheVirtioDevicesThatItDoesNotHave) {
  PlatformDescription p = load_platform("virt-a15");
  const std::vector<u8> plain = make_device_tree(p, {});
  EXPECT_EQ(patch_device_tree(plain, p, {}, "x.dtb"), patch_device_tree(make_device_tree(p, {}), p, {}, "x.dtb"));
  p.plug_in(VirtioSlot::Kind::Block, "--disk a");
  const Tree t{patch_device_tree(plain, p, {}, "x.dtb")};
  EXPECT_TRUE(t.compatible("/virtio_mmio@a000000", "virtio,mmio"));
  EXPECT_EQ(t.cells("/virtio_mmio@a000000", "reg"), (Cells{0, 0x0A000000, 0, 0x200}));
  EXPECT_EQ(t.cells("/virtio_mmio@a000000", "interrupts"), (Cells{0, 16, 4}));
  EXPECT_EQ(t.cells("/virtio_mmio@a000000", "interrupt-parent"), t.cells("/interrupt-controller@8000000", "phandle"));
  EXPECT_LT(t.node("/virtio_mmio@a000200"), 0);
  // It stays as it is when it has the node: patched a second time nothing changes.
  EXPECT_EQ(patch_device_tree(t.blob, p, {}, "x.dtb"), t.blob);
}

TEST(DeviceTree, AUsersTreeWithOneCellAddressesAndAGicWithoutAPhandle) {
  PlatformDescription p = load_platform("vexpress-a15");
  p.plug_in(VirtioSlot::Kind::Net, "--net user");
  std::vector<u8> tree(4096);
  ASSERT_EQ(fdt_create_empty_tree(tree.data(), 4096), 0);
  ASSERT_EQ(fdt_setprop_u32(tree.data(), 0, "#address-cells", 1), 0);
  ASSERT_EQ(fdt_setprop_u32(tree.data(), 0, "#size-cells", 1), 0);
  EXPECT_THROW(patch_device_tree(tree, p, {}, "x.dtb"), InputError) << "no interrupt controller";
  const int gic = fdt_add_subnode(tree.data(), 0, "gic");
  ASSERT_EQ(fdt_setprop_empty(tree.data(), gic, "interrupt-controller"), 0);
  ASSERT_EQ(fdt_setprop_u32(tree.data(), gic, "#interrupt-cells", 3), 0);
  const Tree t{patch_device_tree(tree, p, {}, "x.dtb")};
  EXPECT_EQ(t.cells("/virtio_mmio@1c130000", "reg"), (Cells{0x1C130000, 0x200}));
  EXPECT_EQ(t.cells("/virtio_mmio@1c130000", "interrupts"), (Cells{0, 40, 4}));
  EXPECT_EQ(t.cells("/virtio_mmio@1c130000", "interrupt-parent"), t.cells("/gic", "phandle"));
}

TEST(DeviceTree, VirtioSlotsThatHaveADevice) {
  PlatformDescription p = load_platform("virt-a15");
  VirtioSlot& first = p.plug_in(VirtioSlot::Kind::Block, "--disk a");
  EXPECT_NE(&p.plug_in(VirtioSlot::Kind::Net, "--net user"), &first);
  const Tree t{make_device_tree(p, {})};
  EXPECT_TRUE(t.compatible("/virtio_mmio@a000000", "virtio,mmio"));
  EXPECT_EQ(t.cells("/virtio_mmio@a000000", "reg"), (Cells{0, 0x0A000000, 0, 0x200}));
  EXPECT_EQ(t.cells("/virtio_mmio@a000000", "interrupts"), (Cells{0, 16, 4}));
  EXPECT_EQ(t.cells("/virtio_mmio@a000200", "interrupts"), (Cells{0, 17, 4}));
  EXPECT_LT(t.node("/virtio_mmio@a000400"), 0) << "empty";
  EXPECT_GE(t.node("/virtio_mmio@a000e00"), 0) << "entropy is always there";
  const Tree ve{make_device_tree(load_platform("vexpress-a15"), {})};
  EXPECT_EQ(ve.cells("/virtio_mmio@1c130600", "interrupts"), (Cells{0, 43, 4}));
}

TEST(DeviceTree, GpioWithAPowerKey) {
  const Tree t{make_device_tree(load_platform("virt-a15"), {})};
  EXPECT_TRUE(t.compatible("/gpio@9030000", "arm,pl061"));
  EXPECT_EQ(t.cells("/gpio@9030000", "interrupts"), (Cells{0, 7, 4}));
  const Cells key = t.cells("/gpio-keys/poweroff", "gpios");
  ASSERT_EQ(key.size(), 3u);
  EXPECT_EQ(Cells{key[0]}, t.cells("/gpio@9030000", "phandle"));
  EXPECT_EQ(key[1], 3u);
  EXPECT_EQ(t.cells("/gpio-keys/poweroff", "linux,code"), Cells{116});
}

}  // namespace
}  // namespace hypsim
