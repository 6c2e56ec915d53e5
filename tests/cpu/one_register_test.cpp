// SPDX-License-Identifier: Apache-2.0
// T32 LDM.W, LDMDB, STM.W and STMDB of one register: UNPREDICTABLE, and what A32 does with them. docs/unpredictable.md
#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kData = kRam + 0x2000;                  // where the base points
constexpr u32 kBelow = 0x40002101, kAt = 0x40002201;  // of the words there; as addresses, T32 code

struct Form {
  const char* name;
  u16 first;  // the first halfword without Rn and W
  bool load, down;
};
constexpr Form kForms[] = {{"LDM.W", 0xE890, true, false},
                           {"LDMDB", 0xE910, true, true},
                           {"STM.W", 0xE880, false, false},
                           {"STMDB", 0xE900, false, true}};

struct Machine : FlatMachine {
  explicit Machine(bool generate) : FlatMachine(1 << 20, config(generate)) {
    core.state().thumb = true;
    core.state().sys.vbar[Security::Secure] = kRam + 0x1000;
    code({0xEAFFFFFE}, 0x1004);  // Undefined: b .
    thumb_code({0xE7FE}, (kAt & ~1u) - kRam);
    thumb_code({0xE7FE}, (kBelow & ~1u) - kRam);
    bus.set_word(kData, kAt);
    bus.set_word(kData - 4, kBelow);
    for (u32 n = 0; n < 15; ++n) reg(n) = 0x01010101 * (n + 1);
  }
  static CoreConfig config(bool generate) {
    CoreConfig c;
    c.generate_code = generate;
    c.hot_visits = 1;
    return c;
  }
};

/// Every register once, relative to `base`.
void try_form(const Form& form, unsigned base, unsigned reg, bool write_back, bool generate) {
  SCOPED_TRACE(testing::Message() << form.name << " R" << base << (write_back ? "!" : "") << ", {R" << reg
                                  << "}, generated code " << generate);
  Machine m(generate);
  m.reg(base) = kData;
  m.thumb_code({static_cast<u16>(form.first | write_back << 5 | base), static_cast<u16>(1u << reg), 0xE7FE});
  const u32 stored = reg == 15 ? 0 : m.reg(reg);
  m.run(2);
  const u32 address = form.down ? kData - 4 : kData;
  const u32 after = form.down ? kData - 4 : kData + 4;
  if (!form.load && write_back && base == reg) {
    EXPECT_EQ(m.core.state().mode, Mode::Undefined);
    return;
  }
  EXPECT_EQ(m.core.state().mode, Mode::Supervisor);
  if (form.load) {
    const u32 loaded = form.down ? kBelow : kAt;
    if (reg == 15) {
      EXPECT_EQ(m.core.state().pc(), loaded & ~1u);
      EXPECT_TRUE(m.core.state().thumb);
    } else {
      EXPECT_EQ(m.reg(reg), loaded);
      EXPECT_EQ(m.core.state().pc(), kRam + 4);
    }
  } else {
    EXPECT_EQ(m.bus.word(address), stored);
    EXPECT_EQ(m.bus.word(form.down ? kData : kData - 4), form.down ? kAt : kBelow) << "the word beside it";
  }
  if (!(form.load && base == reg)) {
    EXPECT_EQ(m.reg(base), write_back ? after : kData);
  }
}

TEST(OneRegister, IsTransferredAndWrittenBackAsInA32) {
  for (const bool generate : {false, true})
    for (const Form& form : kForms)
      for (unsigned base = 0; base < 15; ++base)
        for (unsigned reg = 0; reg < 16; ++reg) {
          if (reg == 13 || (reg == 15 && !form.load)) continue;  // no list names them
          for (const bool write_back : {false, true}) try_form(form, base, reg, write_back, generate);
        }
}

TEST(OneRegister, OtherListsStayUndefined) {
  for (const bool generate : {false, true})
    for (const Form& form : kForms)
      for (const u16 list : {u16{0}, u16{0xC000}, u16{0xC001}}) {
        if (!form.load && list != 0) continue;  // bit 15 is should-be-zero there
        SCOPED_TRACE(testing::Message() << form.name << " of " << list);
        Machine m(generate);
        m.reg(3) = kData;
        m.thumb_code({static_cast<u16>(form.first | 3), list, 0xE7FE});
        m.run(2);
        EXPECT_EQ(m.core.state().mode, Mode::Undefined);
      }
}

}  // namespace
}  // namespace hypsim::test
