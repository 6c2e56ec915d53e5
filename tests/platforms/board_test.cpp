// SPDX-License-Identifier: Apache-2.0
// What boards may say of flash banks, message interrupts, GPIO outputs and empty buses; and the shipped ones.
#include <gtest/gtest.h>
#include <libfdt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platforms/device_tree.h"
#include "sim/base/error.h"

namespace hypsim {
namespace {

using nlohmann::json;

json board(const json& devices) {
  json p = json::parse(R"({
    "name": "test",
    "mpcore": {"clock-hz": 1000000000, "counter-hz": 24000000,
               "gic": {"gicd": "0x2C001000", "gicc": "0x2C002000", "gich": "0x2C004000", "gicv": "0x2C006000", "spis": 32}},
    "boot": {"shim": "0x0", "image": "0x80000000"},
    "devices": [{"name": "ram", "type": "ram", "base": "0x80000000", "size": "16MiB"},
                {"name": "uart", "type": "pl011", "base": "0x11000000", "spi": 5}]})");
  for (const json& device : devices) p["devices"].push_back(device);
  return p;
}

std::string complaint(const std::string& devices) {
  try {
    parse_platform(board(json::parse(devices)).dump(), "p.json");
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(Board, FaultsAreNamed) {
  const struct {
    const char* devices;
    const char* says;
  } cases[] = {
      {R"([{"name": "f", "type": "flash", "base": 0, "size": "3MiB"}])", "3145728 is not that of a flash"},
      {R"([{"name": "f", "type": "flash", "base": 0, "size": "256KiB"}])", "from 512KiB to 256MiB"},
      {R"([{"name": "v", "type": "gicv2m", "base": 0, "first-spi": 0, "spis": 33}])", "33 from 0 do not exist"},
      {R"([{"name": "v", "type": "gicv2m", "base": 0, "first-spi": 31, "spis": 2}])", "mpcore.gic.spis is 32"},
      {R"([{"name": "v", "type": "gicv2m", "base": 0, "first-spi": 4, "spis": 2}])", "5 already belongs to uart"},
      {R"([{"name": "v", "type": "gicv2m", "base": 0, "first-spi": 8, "spis": 2},
           {"name": "u", "type": "pl011", "base": "0x2000", "spi": 9}])",
       "9 already belongs to v"},
      {R"([{"name": "g", "type": "pl061", "base": 0, "spi": 1, "power-off": 8}])", "power-off"},
      {R"([{"name": "a", "type": "absent", "base": 0, "size": "2GiB"}])", "above 1GiB"},
      {R"([{"name": "a", "type": "absent", "base": 0, "reads": "twos"}])", "reads"},
  };
  for (const auto& c : cases) {
    const std::string message = complaint(c.devices);
    EXPECT_NE(message.find(c.says), std::string::npos) << c.devices << ": " << message;
    EXPECT_NE(message.find("p.json"), std::string::npos);
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(Board, VirtAndItsSecureSister) {
  const PlatformDescription open = load_platform("virt-a15"), secure = load_platform("virt-a15-secure");
  EXPECT_EQ(std::count_if(open.devices.begin(), open.devices.end(), [](const auto& d) { return d.secure; }), 0);
  std::vector<std::string> only_secure;
  for (const DeviceDescription& d : secure.devices) {
    if (d.secure) only_secure.push_back(d.name);
    const auto same =
        std::find_if(open.devices.begin(), open.devices.end(), [&](const auto& o) { return o.base == d.base; });
    if (same == open.devices.end() || d.secure) continue;
    EXPECT_EQ(same->type, d.type) << d.name;
    EXPECT_EQ(same->size, d.size) << d.name;
    EXPECT_EQ(same->spi, d.spi) << d.name;
  }
  EXPECT_EQ(only_secure, (std::vector<std::string>{"flash", "uart1", "gpio1", "secram"}));
  EXPECT_EQ(secure.devices.size(), open.devices.size() + 2);
  EXPECT_EQ(secure.of_type("sram")->base, 0x0E000000u);
  EXPECT_EQ(secure.of_type("sram")->size, 16u << 20);
}

TEST(Board, TheTreeHasFlashBanksAndGpioPower) {
  const auto text = [](const std::vector<u8>& tree, const char* path, const char* name) {
    const void* value = fdt_getprop(tree.data(), fdt_path_offset(tree.data(), path), name, nullptr);
    return value ? std::string(static_cast<const char*>(value)) : std::string();
  };
  const std::vector<u8> open = make_device_tree(load_platform("virt-a15"), {.psci_method = "smc"});
  EXPECT_EQ(text(open, "/flash@0", "compatible"), "cfi-flash");
  EXPECT_EQ(text(open, "/flash@4000000", "compatible"), "cfi-flash");
  EXPECT_LT(fdt_path_offset(open.data(), "/gpio-poweroff"), 0);
  const std::vector<u8> secure = make_device_tree(load_platform("virt-a15-secure"), {});
  EXPECT_EQ(text(secure, "/flash@0", "status"), "disabled");
  EXPECT_EQ(text(secure, "/flash@4000000", "status"), "");
  for (const char* node : {"/gpio-poweroff", "/gpio-restart"}) {
    EXPECT_EQ(text(secure, node, "compatible"), node + 1);
    EXPECT_EQ(text(secure, node, "status"), "disabled");
    EXPECT_EQ(text(secure, node, "secure-status"), "okay");
  }
}

}  // namespace
}  // namespace hypsim
