// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/base/error.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/setting.h"

namespace hypsim::trap {
namespace {

u64 parsed(const char* reg, const char* text, u64 current = 0) {
  return parse_register_value(*find_register(reg), text, current, "here");
}

std::string refusal(const char* reg, const char* text) {
  try {
    parsed(reg, text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(RegisterValue, NumbersNamesAndChanges) {
  EXPECT_EQ(parsed("HCR", "0x80000"), 0x80000u);
  EXPECT_EQ(parsed("HCR", "12"), 12u);
  EXPECT_EQ(parsed("HCR", "TSC"), 1u << 19);
  EXPECT_EQ(parsed("HCR", "tsc|TWI, BSU=1"), 1u << 19 | 1u << 13 | 1u << 10);
  EXPECT_EQ(parsed("HCR", "+TVM,-TWE", 1u << 14 | 1), 1u << 26 | 1);
  EXPECT_EQ(parsed("SCTLR_NS", "V"), 1u << 13);
  EXPECT_EQ(parsed("CPACR", "cp10=1,cp11=1"), 0x500000u);
  EXPECT_EQ(parsed("VTTBR", "0x0005000040000000"), 0x0005000040000000u);
  EXPECT_NE(refusal("HCR", "NOPE").find("use a number, or some of VM, SWIO"), std::string::npos);
  EXPECT_NE(refusal("HCR", "+TVM,TWE").find("sign"), std::string::npos);
  EXPECT_NE(refusal("HCR", "0x1ffffffff").find("out of range; give 0x0 to 0xffffffff"), std::string::npos);
  EXPECT_NE(refusal("HCR", "12x").find("not a whole number"), std::string::npos);
  EXPECT_NE(refusal("HCR", " ").find("no value"), std::string::npos);
  EXPECT_NE(refusal("HPFAR", "X").find("use a number"), std::string::npos);
}

TEST(Presets, HoldTheValuesOfTheirSources) {
  struct Known {
    const char *preset, *reg;
    u32 value;
  };
  for (const Known& k :
       {Known{"kvm-v9", "HCR", 0x0068263B}, Known{"kvm-v9", "HSTR", 0x9E00}, Known{"kvm", "HCR", 0x0078663B},
        Known{"kvm", "HSTR", 0x8000}, Known{"kvm", "HCPTR", 0x00100C00 | 0x33FF}, Known{"kvm", "HDCR", 0x66},
        Known{"kvm-boot", "HCR", 0x0478663B}, Known{"xen", "HCR", 0x007C663F}, Known{"xen", "HDCR", 0xE60},
        Known{"sel4-vcpu", "HCR", 0x00087039}, Known{"sel4-native", "HCR", 0x0FE8103B},
        Known{"xvisor", "HSTR", 0x38200}}) {
    Situation s;
    load_setting(k.preset).apply(s);
    EXPECT_EQ(find_register(k.reg)->get(s), k.value) << k.preset << " " << k.reg;
  }
  EXPECT_EQ(presets().size(), 8u);
  for (const Setting& setting : presets()) EXPECT_FALSE(setting.source.empty()) << setting.name;
}

TEST(Presets, UnknownOnesAreRefused) {
  EXPECT_THROW(load_setting("hyper-v"), InputError);
  EXPECT_THROW(load_setting("/no/such/file.json"), InputError);
}

}  // namespace
}  // namespace hypsim::trap
