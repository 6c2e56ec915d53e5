// SPDX-License-Identifier: Apache-2.0
#include "tests/traps-qemu/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "firmware/traps/vector.h"

namespace hypsim::cross {

namespace {

using sysreg::Encoding;
using sysreg::Row;

constexpr unsigned kRt = 3, kRt2 = 4;
constexpr u32 kHdcr = 6;  // HPMN: all counters

enum ModeNumber : u8 { kUsr = 0, kSvc = 3, kSys = 6, kHypMode = 7, kSecureSvc = 8, kSecureUsr = 9, kMon = 10 };

struct World {
  u8 mode;
  bool monitor_ns = false;
};
constexpr World kGuestAndHyp[] = {{kUsr}, {kSvc}, {kHypMode}};
constexpr World kAllWorlds[] = {{kUsr},       {kSvc},       {kSys},        {kHypMode},
                                {kSecureSvc}, {kSecureUsr}, {kMon, false}, {kMon, true}};

constexpr u32 kHcrTraps = 0x7FF << 16;  // TID1 ... TVM
constexpr u32 kHstrTraps = 0x3BFEF;

CrossSetting words(std::initializer_list<std::pair<u32, u32>> pairs) {
  CrossSetting setting{};
  unsigned i = 0;
  for (const auto& [reg, value] : pairs) {
    setting.pair[i].reg = reg;
    setting.pair[i].value = value;
    ++i;
  }
  return setting;
}

/// Settings that concern coprocessor accesses; the first is "none", the second "all".
std::vector<Setting> register_settings() {
  std::vector<Setting> out;
  out.push_back({"no trap", words({})});
  out.push_back({"all traps", words({{R_HCR, kHcrTraps | 1u << 15},
                                     {R_HSTR, kHstrTraps},
                                     {R_HCPTR, 0x80100000},
                                     {R_HDCR, 0xE60 | kHdcr},
                                     {R_CNTHCTL, 0},
                                     {R_PMUSERENR, 1},
                                     {R_CNTKCTL, 0x303}})});
  static constexpr std::pair<const char*, u32> kHcr[] = {{"TID0", 15}, {"TID1", 16},  {"TID2", 17}, {"TID3", 18},
                                                         {"TSC", 19},  {"TIDCP", 20}, {"TAC", 21},  {"TSW", 22},
                                                         {"TPC", 23},  {"TPU", 24},   {"TTLB", 25}, {"TVM", 26}};
  for (const auto& [name, bit] : kHcr) out.push_back({fmt::format("HCR.{}", name), words({{R_HCR, 1u << bit}})});
  for (unsigned n = 0; n < 16; ++n)
    if (n != 4 && n != 14) out.push_back({fmt::format("HSTR.T{}", n), words({{R_HSTR, 1u << n}})});
  out.push_back({"HSTR.TTEE", words({{R_HSTR, 1u << 16}})});
  out.push_back({"HSTR.TJDBX", words({{R_HSTR, 1u << 17}})});
  out.push_back({"HCPTR.TTA", words({{R_HCPTR, 1u << 20}})});
  out.push_back({"HCPTR.TCPAC", words({{R_HCPTR, 1u << 31}})});
  out.push_back({"HDCR.TPMCR", words({{R_HDCR, 1u << 5 | kHdcr}})});
  out.push_back({"HDCR.TPM", words({{R_HDCR, 1u << 6 | kHdcr}})});
  out.push_back({"HDCR.TDOSA", words({{R_HDCR, 1u << 10 | kHdcr}})});
  out.push_back({"HDCR.TDRA", words({{R_HDCR, 1u << 11 | kHdcr}})});
  out.push_back({"HDCR.TDA", words({{R_HDCR, 7u << 9 | kHdcr}})});
  out.push_back({"CNTHCTL.PL1PCTEN clear", words({{R_CNTHCTL, 2}})});
  out.push_back({"CNTHCTL.PL1PCEN clear", words({{R_CNTHCTL, 1}})});
  out.push_back({"CNTKCTL all", words({{R_CNTKCTL, 0x303}})});
  out.push_back({"CNTKCTL all, CNTHCTL 0", words({{R_CNTKCTL, 0x303}, {R_CNTHCTL, 0}})});
  out.push_back({"PMUSERENR.EN", words({{R_PMUSERENR, 1}})});
  out.push_back({"PMUSERENR.EN, HDCR.TPM", words({{R_PMUSERENR, 1}, {R_HDCR, 1u << 6 | kHdcr}})});
  out.push_back({"PMUSERENR.EN, HSTR.T9", words({{R_PMUSERENR, 1}, {R_HSTR, 1u << 9}})});
  out.push_back({"HCR.TGE", words({{R_HCR, 1u << 27}})});
  out.push_back({"all of HCR but the register's", words({{R_HCR, kHcrTraps & ~(3u << 20)}})});
  return out;
}

/// Settings for floating point, coprocessors and calls.
std::vector<Setting> other_settings() {
  std::vector<Setting> out;
  const u32 cp10 = 3u << 10;
  out.push_back({"HCPTR.TCP10, TCP11", words({{R_HCPTR, cp10}})});
  out.push_back({"HCPTR.TASE", words({{R_HCPTR, 1u << 15}})});
  out.push_back({"HCPTR.TASE, TCP10, TCP11", words({{R_HCPTR, cp10 | 1u << 15}})});
  out.push_back({"CPACR 0", words({{R_CPACR, 0}})});
  out.push_back({"CPACR 0, HCPTR.TCP10, TCP11", words({{R_CPACR, 0}, {R_HCPTR, cp10}})});
  out.push_back({"CPACR PL1 only", words({{R_CPACR, 5u << 20}})});
  out.push_back({"CPACR.ASEDIS", words({{R_CPACR, 0x80F00000}})});
  out.push_back({"CPACR.D32DIS, ASEDIS", words({{R_CPACR, 0xC0F00000}})});
  out.push_back({"FPEXC.EN clear", words({{R_FPEXC, 0}})});
  out.push_back({"FPEXC.EN clear, HCPTR.TCP10, TCP11", words({{R_FPEXC, 0}, {R_HCPTR, cp10}})});
  out.push_back({"FPEXC.EN clear, HCPTR.TASE", words({{R_FPEXC, 0}, {R_HCPTR, 1u << 15}})});
  out.push_back({"NSACR 0", words({{R_NSACR, 0}})});
  out.push_back({"NSACR 0, HCPTR.TCP10, TCP11", words({{R_NSACR, 0}, {R_HCPTR, cp10}})});
  out.push_back({"NSACR.NSASEDIS", words({{R_NSACR, 0x8C00}})});
  out.push_back({"HCR.TID0, TID3, HCPTR.TCP10, TCP11", words({{R_HCR, 9u << 15}, {R_HCPTR, cp10}})});
  out.push_back({"HCR.TWI, TWE", words({{R_HCR, 3u << 13}})});
  out.push_back({"HCR.TSC, TGE", words({{R_HCR, 1u << 19 | 1u << 27}})});
  out.push_back({"HCR.TGE, CPACR 0", words({{R_HCR, 1u << 27}, {R_CPACR, 0}})});
  out.push_back({"HCR.TGE, HCPTR.TCP10, TCP11", words({{R_HCR, 1u << 27}, {R_HCPTR, cp10}})});
  out.push_back({"HCPTR all coprocessors", words({{R_HCPTR, 0x3FFF}})});
  return out;
}

u32 instruction(const Encoding& e, bool read) {
  const u32 word = e.wide ? MCRR(e.cp, e.opc1, kRt, kRt2, e.crm) : MCR(e.cp, e.opc1, kRt, e.crn, e.crm, e.opc2);
  return word | u32{read} << 20;
}

std::string text_of(const Encoding& e, bool read) {
  const char* name = e.wide ? (read ? "MRRC" : "MCRR") : (read ? "MRC" : "MCR");
  return fmt::format("{} {}", name, sysreg::encoding_text(e));
}

/// A value that leaves the engine alive where the write is executed.
void choose_value(CrossCase& c, const Row& row) {
  const std::string_view name = row.name;
  const bool secure = c.mode >= kSecureSvc && !c.monitor_ns;
  if (name == "SCTLR") c.r3 = SCTLR_BASELINE;
  if (name == "HSCTLR") c.r3 = HSCTLR_BASELINE;
  if (name == "ACTLR") c.r3 = 0x40;
  if (name == "NSACR") c.r3 = NSACR_BASELINE;
  if (name == "CPACR") c.r3 = 0x00F00000;
  if (name == "SCR") c.r3 = secure ? SCR_BASELINE & ~SCR_NS : SCR_BASELINE;
  if (name == "CNTFRQ") c.r3 = 62'500'000;
  if (name == "VBAR") c.value = secure ? kSecureVectors : kPl1Vectors;
  if (name == "MVBAR") c.value = kMonitorVectors;
  if (name == "HVBAR") c.value = kHypVectors;
}

class Maker {
 public:
  Cases make() {
    for (auto& s : register_settings()) cases_.settings.push_back(s);
    const u16 registers = static_cast<u16>(cases_.settings.size());
    for (auto& s : other_settings()) cases_.settings.push_back(s);
    const u16 all = static_cast<u16>(cases_.settings.size());
    for (const Row* row : sysreg::all_rows()) {
      known_.insert(row->at.key());
      for (const bool read : {false, true}) {
        for (const World& world : kAllWorlds)
          for (const u16 setting : {u16{0}, u16{1}}) add_register(row->at, row, read, world, setting, false);
        for (const World& world : kGuestAndHyp)
          for (u16 setting = 2; setting < registers; ++setting) add_register(row->at, row, read, world, setting, false);
        for (const World& world : {World{kUsr}, World{kSvc}, World{kHypMode}})
          for (const u16 setting : {u16{0}, u16{1}}) add_register(row->at, row, read, world, setting, true);
        add_conditional(*row, read);
      }
    }
    add_unallocated();
    add_others(registers, all);
    return std::move(cases_);
  }

 private:
  void add_register(const Encoding& at, const Row* row, bool read, World world, u16 setting, bool thumb) {
    if (forbidden(setting, world)) return;
    Case c;
    c.words.insn = instruction(at, read);
    c.words.setting = setting;
    c.words.mode = world.mode;
    c.words.monitor_ns = world.monitor_ns;
    c.words.thumb = thumb;
    c.text = row != nullptr ? fmt::format("{} ({})", text_of(at, read), row->name) : text_of(at, read);
    c.row = row;
    c.read = read;
    c.coprocessor = true;
    if (row != nullptr && !read) choose_value(c.words, *row);
    cases_.list.push_back(c);
  }

  /// Non-secure PL1 with HCR.TGE is UNPREDICTABLE. ARM DDI 0406C B1.8.8
  bool forbidden(u16 setting, World world) const {
    const auto& pairs = cases_.settings[setting].words.pair;
    const bool tge = std::any_of(std::begin(pairs), std::end(pairs),
                                 [](const auto& p) { return p.reg == R_HCR && (p.value & 1u << 27) != 0; });
    return tge && (world.mode == kSvc || world.mode == kSys);
  }

  /// The flags are clear: EQ fails, NE passes.
  void add_conditional(const Row& row, bool read) {
    for (const u32 condition : {0u, 1u}) {
      add_register(row.at, &row, read, {kSvc}, 1, false);
      Case& c = cases_.list.back();
      c.words.insn = (c.words.insn & 0x0FFFFFFF) | condition << 28;
      c.text += condition == 0 ? ", EQ" : ", NE";
    }
  }

  /// One encoding without a register for each opc1, CRn and CRm, in the settings that can concern it.
  void add_unallocated() {
    for (const u8 cp : {u8{14}, u8{15}}) {
      for (unsigned opc1 = 0; opc1 < 8; ++opc1)
        for (unsigned crn = 0; crn < 16; ++crn)
          for (unsigned crm = 0; crm < 16; ++crm) {
            Encoding e{cp, false, static_cast<u8>(opc1), static_cast<u8>(crn), static_cast<u8>(crm), 0};
            while (e.opc2 < 8 && known_.contains(e.key())) ++e.opc2;
            if (e.opc2 < 8) add_hole(e);
          }
      for (unsigned opc1 = 0; opc1 < 16; ++opc1)
        for (unsigned crm = 0; crm < 16; ++crm) {
          Encoding e{cp, true, static_cast<u8>(opc1), 0, static_cast<u8>(crm), 0};
          if (!known_.contains(e.key())) add_hole(e);
        }
    }
  }
  void add_hole(const Encoding& e) {
    const bool read = ((e.crn + e.crm + e.opc1) & 1) != 0;
    add_register(e, nullptr, read, {kSvc}, 0, false);
    add_register(e, nullptr, read, {kSvc}, 1, false);
    add_register(e, nullptr, read, {kHypMode}, 1, false);
    if (e.cp == 15) add_register(e, nullptr, !read, {kUsr}, 0, false);
    // HSTR.Tn alone and HCR.TIDCP alone
    const unsigned n = e.wide ? e.crm : e.crn;
    if (e.cp == 15 && n != 4 && n != 14)
      add_register(e, nullptr, !read, {kSvc}, setting_named(fmt::format("HSTR.T{}", n)), false);
    if (e.cp == 15 && n >= 9 && n <= 11) add_register(e, nullptr, read, {kSvc}, setting_named("HCR.TIDCP"), false);
  }
  u16 setting_named(std::string_view name) const {
    for (std::size_t i = 0; i < cases_.settings.size(); ++i)
      if (cases_.settings[i].name == name) return static_cast<u16>(i);
    throw std::logic_error("no such setting");
  }

  struct Other {
    const char* text;
    u32 a32, t32;
    bool guest_only = false;  ///< in Hyp mode and Secure state it would leave the engine's world, or suspend
  };
  void add_others(u16 first, u16 end) {
    static constexpr Other kOthers[] = {
        {"VMOV R3, S0", 0xEE103A10, 0xEE103A10},
        {"VMOV S0, R3", 0xEE003A10, 0xEE003A10},
        {"VADD.F32 S0, S0, S0", 0xEE300A00, 0xEE300A00},
        {"VADD.F64 D0, D0, D0", 0xEE300B00, 0xEE300B00},
        {"VADD.F64 D16, D16, D16", 0xEE700BA0, 0xEE700BA0},
        {"VMOV D0, R3, R4", 0xEC443B10, 0xEC443B10},
        {"VLDR S0, [R1]", 0xED910A00, 0xED910A00},
        {"VLDR D16, [R1, #-8]", 0xED510B02, 0xED510B02},
        {"VMOV.32 R3, D0[0]", 0xEE103B10, 0xEE103B10},
        {"VDUP.32 D0, R3", 0xEE803B10, 0xEE803B10},
        {"VMRS R3, FPSCR", 0xEEF13A10, 0xEEF13A10},
        {"VMSR FPSCR, R3", 0xEEE13A10, 0xEEE13A10},
        {"VMRS R3, FPSID", 0xEEF03A10, 0xEEF03A10},
        {"VMRS R3, MVFR0", 0xEEF73A10, 0xEEF73A10},
        {"VMRS R3, MVFR1", 0xEEF63A10, 0xEEF63A10},
        {"VMRS R3, FPEXC", 0xEEF83A10, 0xEEF83A10},
        {"VMSR FPSID, R3", 0xEEE03A10, 0xEEE03A10},
        {"VADD.I32 D0, D0, D0", 0xF2200800, 0xEF200800},
        {"VADD.F32 Q8, Q8, Q8", 0xF2400DE0, 0xEF400DE0},
        {"VMOV.I32 D0, #0", 0xF2800010, 0xEF800010},
        {"VLD1.32 {D0}, [R1]", 0xF421078F, 0xF921078F},
        {"MRC p0", 0xEE103010, 0xEE103010},
        {"MCR p7", 0xEE003710, 0xEE003710},
        {"CDP p5", 0xEE000500, 0xEE000500},
        {"MRRC p4", 0xEC543400, 0xEC543400},
        {"LDC p3, [R1]", 0xED910300, 0xED910300},
        {"STC p12, [R1]", 0xED810C00, 0xED810C00},
        {"LDC p14, c5, [R1]", 0xED915E00, 0xED915E00},
        {"STC p14, c5, [R1]", 0xED815E00, 0xED815E00},
        {"LDC p14, c4, [R1]", 0xED914E00, 0xED914E00},
        {"LDC p15, c5, [R1]", 0xED915F00, 0xED915F00},
        {"CDP p14", 0xEE000E00, 0xEE000E00},
        {"CDP p15", 0xEE000F00, 0xEE000F00},
        {"HVC #0x1234", 0xE1412374, 0xF7E18234},
        {"SMC #0", 0xE1600070, 0xF7F08000},
        {"SVC #0x56", 0xEF000056, 0xDF56},
        {"UDF", 0xE7F000F1, 0xDE01},
        {"BXJ R1", 0xE12FFF21, 0xF3C18F00, true},
        {"WFI", 0xE320F003, 0xBF30, true},
        {"WFE", 0xE320F002, 0xBF20, true},
    };
    for (const Other& other : kOthers) {
      const std::string_view text = other.text;
      for (u16 setting = 0; setting < end; ++setting) {
        const bool single_register = setting >= 2 && setting < first;
        const std::string& name = cases_.settings[setting].name;
        if (single_register && name != "HSTR.TJDBX" && name != "HCR.TSC" && name != "HCR.TGE" && name != "HCR.TID0" &&
            name != "HCR.TID3" && name != "HDCR.TDA")
          continue;
        if ((text == "WFI" || text == "WFE") && name != "HCR.TWI, TWE") continue;
        // An untrapped BXJ goes where R1 points, which is behind the code.
        for (const World& world : kAllWorlds) {
          if (forbidden(setting, world) || (other.guest_only && world.mode >= kHypMode)) continue;
          if (other.guest_only && text == "BXJ R1" && name != "HSTR.TJDBX" && name != "all traps") continue;
          for (const bool thumb : {false, true}) {
            Case c;
            c.words.insn = thumb ? other.t32 : other.a32;
            c.words.setting = setting;
            c.words.mode = world.mode;
            c.words.monitor_ns = world.monitor_ns;
            c.words.thumb = thumb;
            c.text = other.text;
            cases_.list.push_back(c);
          }
        }
      }
    }
  }

  Cases cases_;
  std::set<u32> known_;
};

}  // namespace

Cases make_cases() { return Maker().make(); }

const char* mode_name(const CrossCase& c) {
  static constexpr const char* kNames[] = {"usr", "fiq", "irq", "svc",        "abt",
                                           "und", "sys", "hyp", "secure svc", "secure usr"};
  if (c.mode < kMon) return kNames[c.mode];
  return c.monitor_ns ? "mon, SCR.NS set" : "mon";
}

}  // namespace hypsim::cross
