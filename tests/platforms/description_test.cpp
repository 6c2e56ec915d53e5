// SPDX-License-Identifier: Apache-2.0
// The platform files that come with the program, and what is said about broken ones.
#include "platforms/description.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"

namespace hypsim {
namespace {

using nlohmann::json;

json good() {
  return json::parse(R"({
    "name": "test",
    "mpcore": {"clock-hz": 1000000000, "counter-hz": 24000000,
               "gic": {"gicd": "0x2C001000", "gicc": "0x2C002000", "gich": "0x2C004000", "gicv": "0x2C006000", "spis": 32}},
    "boot": {"shim": "0x0", "image": "0x80000000"},
    "devices": [{"name": "ram", "type": "ram", "base": "0x80000000", "size": "16MiB"},
                {"name": "uart", "type": "pl011", "base": 285212672, "spi": 5, "console": true}]})");
}

std::string complaint(const std::string& text) {
  try {
    parse_platform(text, "p.json");
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(Description, TheShippedPlatformsAreGood) {
  const PlatformDescription virt = load_platform("virt-a15");
  EXPECT_EQ(virt.gich, 0x08030000u);
  EXPECT_EQ(virt.main_memory().base, 0x40000000u);
  EXPECT_EQ(virt.console()->base, 0x09000000u);
  EXPECT_EQ(virt.console()->spi, 1u);
  EXPECT_EQ(virt.counter_hz, 62'500'000u);
  const PlatformDescription ve = load_platform(HYPSIM_PLATFORMS "/vexpress-a15.json");
  EXPECT_EQ(ve.periphbase, 0x2C000000u);
  EXPECT_EQ(ve.gicv, 0x2C006000u);
  EXPECT_EQ(ve.main_memory().base, 0x80000000u);
  EXPECT_EQ(ve.console()->base, 0x1C090000u);
  EXPECT_EQ(ve.console()->spi, 5u);
  EXPECT_NE(ve.timing_file.find("cortex-a15.json"), std::string::npos);
  EXPECT_FALSE(virt.window_timed || ve.window_timed) << "that of the timing data";
}

TEST(Description, NumbersInEveryForm) {
  EXPECT_EQ(parse_platform(good().dump(), "p.json").devices[1].base, 0x11000000u);
  for (const auto& [size, bytes] :
       {std::pair<json, u64>{65536, 65536}, {"0x10000", 65536}, {"64KiB", 65536}, {"1G", 1 << 30}}) {
    json p = good();
    p["devices"][0]["size"] = size;
    EXPECT_EQ(parse_platform(p.dump(), "p.json").devices[0].size, bytes) << size;
  }
}

TEST(Description, CommentsAreAllowed) {
  EXPECT_EQ(parse_platform("// a board\n" + good().dump() + " /* the end */", "p.json").name, "test");
}

struct Case {
  const char* pointer;  ///< where to change the good file
  json value;           ///< null removes the key
  const char* key;      ///< what the message must name
  const char* says;
};

TEST(Description, EveryFaultIsNamedOnOneLine) {
  const Case cases[] = {
      {"/nonsense", 1, "top level", "unknown key \"nonsense\""},
      {"/name", nullptr, "top level", "\"name\" is missing"},
      {"/mpcore/clock-hz", nullptr, "/mpcore", "\"clock-hz\" is missing"},
      {"/mpcore/clock-hz", 5, "/mpcore/clock-hz",
       "expected the core clock in Hz, a whole number from 1000000 to 1000000000000, found 5"},
      {"/mpcore/clock-hz", "fast", "/mpcore/clock-hz", "found \"fast\""},
      {"/mpcore/clokc", 5, "/mpcore", "unknown key \"clokc\""},
      {"/mpcore/cores", 9, "/mpcore/cores", "expected a whole number from 1 to 4, found 9"},
      {"/mpcore/gic/gicx", 5, "/mpcore/gic", "unknown key \"gicx\""},
      {"/mpcore/gic/spis", 33, "/mpcore/gic/spis", "a multiple of 32"},
      {"/mpcore/gic/gicd", "zero", "/mpcore/gic/gicd", "expected a number"},
      {"/mpcore/gic/gicd", "0x2C001004", "/mpcore/gic/gicd", "aligned"},
      {"/mpcore/gic/gicd", "99999999999999999999", "/mpcore/gic/gicd", "out of range"},
      {"/mpcore/gic/gicc", "0x2C001000", "/devices", "overlaps"},
      {"/mpcore/pmu-interrupts", json::array({70}), "/mpcore/pmu-interrupts", "70"},
      {"/boot/shim", "0x10", "/boot/shim", "aligned"},
      {"/devices", json::array(), "/devices", "expected an array that is not empty, found an empty array"},
      {"/devices/1/type", "pl012", "/devices/1/type", "unknown device type \"pl012\""},
      {"/devices/1/type", 7, "/devices/1/type", "expected a string, found 7"},
      {"/devices/1/irq", 7, "/devices/1", "unknown key \"irq\""},
      {"/devices/1/spi", nullptr, "/devices/1", "\"spi\" is missing"},
      {"/devices/1/spi", -1, "/devices/1/spi", "expected a whole number from 0 to 223, found -1"},
      {"/devices/1/spi", 40, "/devices/1/spi", "does not exist"},
      {"/devices/1/base", "0x80001000", "uart", "overlaps ram"},
      {"/devices/1/base", "0x2C001000", "uart", "overlaps mpcore.gic.gicd"},
      {"/devices/1/name", "ram", "/devices/1/name", "twice"},
      {"/devices/1/name", "9 lives", "/devices/1/name", "expected a name"},
      {"/devices/0/size", "0", "/devices/0/size", "is 0"},
      {"/boot/image", "0x100000000", "/boot/image", "beyond 4 GB"},
      {"/devices/0/size", "lots", "/devices/0/size", "expected a size"},
      {"/devices/0/size", nullptr, "/devices/0", "\"size\" is missing"},
      {"/devices/0/type", "rom", "/devices", "no device of type ram"},
      {"/devices/2", json({{"name", "u2"}, {"type", "pl011"}, {"base", 0}, {"spi", 5}}), "/devices/2/spi",
       "belongs to uart"},
      {"/devices/2", json({{"name", "low"}, {"type", "alias"}, {"base", 0}, {"of", "uart"}}), "/devices/2/of",
       "\"uart\" is no memory that stands above"},
      {"/devices/2", json({{"name", "low"}, {"type", "alias"}, {"base", 0}, {"of", "low"}}), "/devices/2/of",
       "no memory"},
      {"/devices/2", json({{"name", "low"}, {"type", "alias"}, {"base", "0x80000000"}, {"of", "ram"}}), "low",
       "overlaps ram"},
  };
  EXPECT_EQ(complaint(good().dump()), "");
  for (const Case& c : cases) {
    json changed = good();
    const json::json_pointer pointer(c.pointer);
    if (c.value.is_null())
      changed.at(pointer.parent_pointer()).erase(pointer.back());
    else
      changed[pointer] = c.value;
    const std::string text = complaint(changed.dump());
    EXPECT_EQ(text.find("p.json: "), 0u) << c.pointer << ": " << text;
    EXPECT_NE(text.find(c.key), std::string::npos) << c.pointer << ": " << text;
    EXPECT_NE(text.find(c.says), std::string::npos) << c.pointer << ": " << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(Description, VirtioSlots) {
  json p = good();
  p["devices"].push_back({{"name", "v0"}, {"type", "virtio-mmio"}, {"base", "0x10000000"}, {"spi", 6}, {"version", 1}});
  p["devices"].push_back({{"name", "v1"},
                          {"type", "virtio-mmio"},
                          {"base", "0x10000200"},
                          {"spi", 7},
                          {"device", "entropy"},
                          {"seed", 5},
                          {"service-ns", 70}});
  PlatformDescription d = parse_platform(p.dump(), "p.json");
  EXPECT_EQ(d.devices[2].virtio.version, 1u);
  EXPECT_EQ(d.devices[3].virtio.version, 2u);
  EXPECT_EQ(d.devices[3].virtio.seed, 5u);
  EXPECT_EQ(d.devices[3].virtio.service_ns, 70u);
  EXPECT_EQ(&d.plug_in(VirtioSlot::Kind::Block, "--disk a"), &d.devices[2].virtio);
  try {
    d.plug_in(VirtioSlot::Kind::Block, "--disk b");
    FAIL() << "the entropy device is no empty slot";
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("--disk b: p.json has no empty slot"), std::string::npos) << e.what();
  }
  p["devices"][2]["version"] = 3;
  EXPECT_NE(complaint(p.dump()).find("version"), std::string::npos);
  p["devices"][2]["version"] = 1;
  p["devices"][3]["base"] = "0x10000100";
  EXPECT_NE(complaint(p.dump()).find("overlap"), std::string::npos) << complaint(p.dump());
}

TEST(Description, SyntaxErrorsHaveALine) {
  EXPECT_NE(complaint("{\n\"name\": \"x\",\n oops").find("p.json: line 3, column 2: is not JSON"), std::string::npos);
  EXPECT_NE(complaint("").find("is empty"), std::string::npos);
  EXPECT_NE(complaint("[]").find("p.json"), std::string::npos);
  EXPECT_NE(complaint(R"({"name": "a", "name": "b"})").find("\"name\" stands twice"), std::string::npos);
}

TEST(Description, UnknownPlatformsListWhatThereIs) {
  try {
    load_platform("no-such-board");
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("virt-a15"), std::string::npos);
  }
  EXPECT_THROW(load_platform("/no/such.json"), InputError);
  EXPECT_THROW(load_platform("/tmp/"), InputError);
}

TEST(Description, TheSearchPathComesFirst) {
  setenv("HYPSIM_PLATFORM_PATH", "/first:/second", 1);
  const auto folders = platform_folders();
  ASSERT_GE(folders.size(), 3u);
  EXPECT_EQ(folders[0], "/first");
  EXPECT_EQ(folders[1], "/second");
  unsetenv("HYPSIM_PLATFORM_PATH");
}

}  // namespace
}  // namespace hypsim
