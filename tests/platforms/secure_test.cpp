// SPDX-License-Identifier: Apache-2.0
// "secure": true in a platform file: who may have it, and what the device tree says of it.
#include <gtest/gtest.h>
#include <libfdt.h>

#include <nlohmann/json.hpp>

#include "platforms/device_tree.h"
#include "sim/base/error.h"

namespace hypsim {
namespace {

using nlohmann::json;

json board() {
  return json::parse(R"({
    "name": "test",
    "mpcore": {"clock-hz": 1000000000, "counter-hz": 24000000,
               "gic": {"gicd": "0x2C001000", "gicc": "0x2C002000", "gich": "0x2C004000", "gicv": "0x2C006000", "spis": 32}},
    "boot": {"shim": "0x0", "image": "0x80000000"},
    "devices": []})");
}

TEST(SecureOnly, EveryDeviceTypeTakesIt) {
  const json devices = json::parse(R"([
    {"type": "ram", "size": "1MiB"}, {"type": "rom", "size": "1MiB"}, {"type": "sram", "size": "1MiB"}, {"type": "power"},
    {"type": "pl011", "spi": 0}, {"type": "pl031", "spi": 1}, {"type": "pl061", "spi": 2}, {"type": "sp804", "spi": 3},
    {"type": "sp805", "spi": 4}, {"type": "sp810"}, {"type": "absent"}, {"type": "flash", "size": "1MiB"}, {"type": "gicv2m", "first-spi": 8, "spis": 8}, {"type": "virtio-mmio", "spi": 5},
    {"type": "vexpress-sysregs"}])");
  json p = board();
  p["devices"].push_back({{"name", "main"}, {"type", "ram"}, {"base", "0x80000000"}, {"size", "16MiB"}});
  u64 base = 0x10000000;
  for (json device : devices) {
    device["name"] = "d" + std::to_string(p["devices"].size());
    device["base"] = base += 0x1000000;
    device["secure"] = true;
    p["devices"].push_back(device);
  }
  const PlatformDescription description = parse_platform(p.dump(), "p.json");
  for (const DeviceDescription& d : description.devices) EXPECT_EQ(d.secure, d.name != "main") << d.type;
  p["devices"][1]["secure"] = 1;
  EXPECT_THROW(parse_platform(p.dump(), "p.json"), InputError);
}

TEST(SecureOnly, MainMemoryIsForBothWorlds) {
  json p = board();
  p["devices"] =
      json::parse(R"([{"name": "secram", "type": "ram", "base": "0x0E000000", "size": "16MiB", "secure": true}])");
  EXPECT_THROW(parse_platform(p.dump(), "p.json"), InputError);
  p["devices"].push_back({{"name", "ram"}, {"type", "ram"}, {"base", "0x80000000"}, {"size", "16MiB"}});
  EXPECT_EQ(parse_platform(p.dump(), "p.json").main_memory().name, "ram");
}

TEST(SecureOnly, TheDeviceTreeKeepsTheOtherWorldAway) {
  json p = board();
  p["devices"] = json::parse(R"([
    {"name": "secram", "type": "ram", "base": "0x0E000000", "size": "16MiB", "secure": true},
    {"name": "uart1", "type": "pl011", "base": "0x09040000", "spi": 8, "secure": true},
    {"name": "uart0", "type": "pl011", "base": "0x09000000", "spi": 1, "console": true},
    {"name": "ram", "type": "ram", "base": "0x40000000", "size": "16MiB"}])");
  const std::vector<u8> tree = make_device_tree(parse_platform(p.dump(), "p.json"), {});
  const void* blob = tree.data();
  const auto text = [&](const char* path, const char* name) {
    const void* value = fdt_getprop(blob, fdt_path_offset(blob, path), name, nullptr);
    return value ? std::string(static_cast<const char*>(value)) : std::string();
  };
  EXPECT_EQ(text("/serial@9040000", "status"), "disabled");
  EXPECT_EQ(text("/serial@9040000", "secure-status"), "okay");
  EXPECT_EQ(text("/serial@9000000", "status"), "");
  EXPECT_EQ(text("/serial@9000000", "secure-status"), "");
  EXPECT_EQ(text("/chosen", "stdout-path"), "/serial@9000000");
  EXPECT_EQ(text("/secure-chosen", "stdout-path"), "/serial@9040000");
  EXPECT_EQ(text("/aliases", "serial0"), "/serial@9000000");
  EXPECT_EQ(text("/aliases", "serial1"), "");
  EXPECT_LT(fdt_path_offset(blob, "/memory@e000000"), 0) << "no kernel takes it for its own";
}

}  // namespace
}  // namespace hypsim
