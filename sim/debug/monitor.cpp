// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "sim/text/number.h"

namespace hypsim::debug {

namespace {

constexpr const char* kHelp =
    "monitor commands of hypsim; ADDR is a number, a symbol or a register ($pc)\n"
    "  translate ADDR [current|hyp|pl1|guest|secure|ipa]\n"
    "                       walk the tables of a regime and show each descriptor, and what the TLBs hold;\n"
    "                       guest: Non-secure PL1&0 with stage 2 by VTTBR, whatever HCR says now\n"
    "  traps [N]            the last N exceptions this core took, newest first (at most 64)\n"
    "  pa ADDR [LEN]        memory by physical address\n"
    "  ipa ADDR [LEN]       memory by intermediate physical address, through VTTBR\n"
    "  space [current|hyp|pl1|guest|secure|ipa|pa|pa-secure|pa-nonsecure]\n"
    "                       what GDB's own memory commands address; current: as the core translates now\n"
    "  scope [ADDR|all any|hyp|pl1|secure [vmid N]]\n"
    "                       where breakpoints and watchpoints at ADDR count: in which regime, and while VTTBR holds\n"
    "                       which VMID (HCR.VM=1): in that guest, or in Hyp on its behalf\n"
    "  cores                where each core is, its cycles and instructions\n"
    "  help                 this text\n";

constexpr u64 kMaxDump = 4096;

const char* ec_name(u32 hsr) {
  switch (static_cast<HsrEc>(hsr >> 26)) {
    case HsrEc::Unknown: return "unknown reason";
    case HsrEc::WfiWfe: return "WFI or WFE";
    case HsrEc::Cp15Mcr: return "MCR or MRC to CP15";
    case HsrEc::Cp15Mcrr: return "MCRR or MRRC to CP15";
    case HsrEc::Cp14Mcr: return "MCR or MRC to CP14";
    case HsrEc::Cp14Ldc: return "LDC or STC to CP14";
    case HsrEc::Hcptr: return "HCPTR-trapped access";
    case HsrEc::Cp10Vmrs: return "MRC or VMRS to CP10";
    case HsrEc::Jazelle: return "Jazelle";
    case HsrEc::Bxj: return "BXJ";
    case HsrEc::Cp14Mrrc: return "MRRC to CP14";
    case HsrEc::Svc: return "SVC";
    case HsrEc::Hvc: return "HVC";
    case HsrEc::Smc: return "SMC";
    case HsrEc::PrefetchAbortGuest: return "Prefetch Abort of a guest";
    case HsrEc::PrefetchAbortHyp: return "Prefetch Abort in Hyp";
    case HsrEc::DataAbortGuest: return "Data Abort of a guest";
    case HsrEc::DataAbortHyp: return "Data Abort in Hyp";
  }
  return "?";
}

}  // namespace

std::string describe_core(const Core& core) {
  std::string text = mode_name(core.state().mode);
  if (core.state().security() == Security::Secure) text += ", Secure";
  if (core.in_guest()) text += fmt::format(", VMID {}", static_cast<unsigned>(core.state().sys.vttbr >> 48 & 0xFF));
  if (core.waiting()) text += ", waiting";
  return text;
}

std::string Monitor::run(Core& core, std::string_view command) {
  std::istringstream in{std::string(command)};
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  const std::string name = words.empty() ? "help" : words[0];
  if (name == "help") return kHelp;
  if (name == "translate") return translate(core, words);
  if (name == "traps") return traps(core, words);
  if (name == "pa") return dump(core, Space::Pa, words);
  if (name == "ipa") return dump(core, Space::Ipa, words);
  if (name == "space") return select_space(words);
  if (name == "scope") return scope(core, words);
  if (name == "cores") return cores();
  return fmt::format("no command \"{}\"; see monitor help\n", name);
}

std::optional<u64> Monitor::address(Core& core, const std::string& word) const {
  if (word.starts_with('$'))
    for (unsigned n = 0; n < registers_.all().size(); ++n)
      if (registers_.all()[n].name == std::string_view(word).substr(1)) return registers_.read(core, n);
  if (const std::optional<u64> value = text::parse_number(word)) return value;
  if (const std::optional<u32> value = symbols_.address_of(word)) return *value;
  return std::nullopt;
}

std::string Monitor::translate(Core& core, const Words& words) {
  const std::optional<u64> at = words.size() >= 2 ? address(core, words[1]) : std::nullopt;
  const std::optional<Space> space = words.size() >= 3 ? parse_space(words[2]) : Space::Current;
  if (!at || !space || words.size() > 3) return "usage: monitor translate ADDR [current|hyp|pl1|guest|secure|ipa]\n";
  if (*space != Space::Ipa && !is_physical(*space) && *at >> 32 != 0) return "a virtual address has 32 bits\n";
  return spaces_.explain(core, *space, *at);
}

std::string Monitor::traps(Core& core, const Words& words) const {
  const std::optional<u64> wanted = words.size() == 2  ? text::parse_number(words[1])
                                    : words.size() < 2 ? std::optional<u64>(10)
                                                       : std::nullopt;
  if (!wanted) return "usage: monitor traps [N]\n";
  const std::vector<Core::Taken> taken = core.taken_exceptions();
  if (taken.empty()) return fmt::format("core {} has taken no exception\n", core.index());
  std::string text;
  for (std::size_t i = 0; i < taken.size() && i < *wanted; ++i) {
    const ExceptionEvent& e = taken[i].event;
    text += fmt::format("cycle {}: {}, {} -> {}, returns to {:#010x}", taken[i].cycle, exception_name(e.kind),
                        mode_name(e.from), mode_name(e.to), e.return_address);
    const Symbol* symbol = symbols_.find(e.return_address);
    if (symbol != nullptr && e.return_address - symbol->address < std::max(symbol->size, kPageSize))
      text += fmt::format(" <{}+{}>", symbol->name, e.return_address - symbol->address);
    if (e.to == Mode::Hyp && e.kind != Exception::Irq && e.kind != Exception::Fiq)
      text += fmt::format(", HSR {:#010x} ({})", e.hsr, ec_name(e.hsr));
    text += "\n";
  }
  return text;
}

std::string Monitor::dump(Core& core, Space space, const Words& words) {
  const std::optional<u64> at = words.size() >= 2 ? address(core, words[1]) : std::nullopt;
  const std::optional<u64> length = words.size() >= 3 ? text::parse_number(words[2]) : std::optional<u64>(64);
  if (!at || !length || *length == 0 || *length > kMaxDump || words.size() > 3)
    return fmt::format("usage: monitor {} ADDR [LEN], LEN from 1 to {}\n", words[0], kMaxDump);
  std::vector<u8> bytes(*length);
  const u32 got = spaces_.read(core, space, *at, bytes.data(), static_cast<u32>(bytes.size()));
  std::string text;
  constexpr u32 kPerLine = 16;
  for (u32 line = 0; line < got; line += kPerLine) {
    text += fmt::format("{:#012x}:", *at + line);
    std::string readable;
    for (u32 i = line; i < std::min(got, line + kPerLine); ++i) {
      text += fmt::format(" {:02x}", bytes[i]);
      readable += bytes[i] >= 0x20 && bytes[i] < 0x7F ? static_cast<char>(bytes[i]) : '.';
    }
    text += "  " + readable + "\n";
  }
  if (got < *length) text += fmt::format("{:#012x}: no memory here\n", *at + got);
  return text;
}

std::string Monitor::select_space(const Words& words) {
  if (words.size() == 1) return fmt::format("{}\n", space_name(space_));
  const std::optional<Space> space = words.size() == 2 ? parse_space(words[1]) : std::nullopt;
  if (!space) return "usage: monitor space [current|hyp|pl1|guest|secure|ipa|pa|pa-secure|pa-nonsecure]\n";
  space_ = *space;
  return fmt::format("GDB's memory commands now address: {}\n", space_name(space_));
}

std::string Monitor::scope(Core& core, const Words& words) {
  constexpr const char* kUsage = "usage: monitor scope [ADDR|all any|hyp|pl1|secure [vmid N]]\n";
  if (words.size() == 1) return breakpoints_.describe_scopes();
  if (words.size() < 3) return kUsage;
  const bool all = words[1] == "all";
  const u64 at = all ? 0 : address(core, words[1]).value_or(~u64{0});
  if (at > ~u32{0}) return kUsage;
  Scope scope;
  if (words.size() == 5 && words[3] == "vmid") {
    const u64 vmid = text::parse_number(words[4]).value_or(~u64{0});
    if (vmid > 0xFF) return kUsage;
    scope.vmid = Vmid(static_cast<u8>(vmid));
  } else if (words.size() != 3) {
    return kUsage;
  }
  if (words[2] == "hyp") {
    scope.regime = Regime::Hyp;
  } else if (words[2] == "pl1") {
    scope.regime = Regime::Pl10NonSecure;
  } else if (words[2] == "secure") {
    scope.regime = Regime::Pl10Secure;
  } else if (words[2] != "any") {
    return kUsage;
  }
  if (!breakpoints_.set_scope(all ? std::nullopt : std::optional<u32>(static_cast<u32>(at)), scope))
    return fmt::format("{} addresses have a scope; take one back with any\n", Breakpoints::kMost);
  return breakpoints_.describe_scopes();
}

std::string Monitor::cores() const {
  std::string text;
  for (unsigned i = 0; i < cluster_.core_count(); ++i) {
    const Core& core = cluster_.core(i);
    text += fmt::format("core {}: {} at {}, cycle {}, {} instructions\n", i, describe_core(core),
                        symbols_.describe(core.state().pc()), core.now().value, core.retired());
  }
  return text;
}

}  // namespace hypsim::debug
