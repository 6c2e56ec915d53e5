// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/address_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "sim/mmu/descriptors.h"

namespace hypsim::debug {

namespace {

struct SpaceName {
  Space space;
  const char* name;
};
constexpr SpaceName kSpaces[] = {
    {Space::Current, "current"},         {Space::Hyp, "hyp"}, {Space::Pl1, "pl1"}, {Space::Guest, "guest"},
    {Space::Secure, "secure"},           {Space::Ipa, "ipa"}, {Space::Pa, "pa"},   {Space::PaSecure, "pa-secure"},
    {Space::PaNonSecure, "pa-nonsecure"}};

/// One descriptor that a walk read.
struct Step {
  PhysAddr pa{};
  unsigned size = 0;
  bool stage2 = false;
  bool ok = false;
  u64 value = 0;
};

/// The memory of a walk that leaves nothing behind.
class WalkRecorder final : public WalkMemory {
 public:
  using Read = std::function<bool(PhysAddr, unsigned, Security, u64&)>;
  explicit WalkRecorder(Read read) : read_(std::move(read)) {}
  bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr&, Security security, bool stage2,
                       u64& value) override {
    value = 0;
    const bool ok = read_(pa, size, security, value);
    steps.push_back({pa, size, stage2, ok, value});
    return ok;
  }
  std::vector<Step> steps;

 private:
  Read read_;
};

Regime regime_of(const Core& core, Space space) {
  switch (space) {
    case Space::Hyp: return Regime::Hyp;
    case Space::Pl1:
    case Space::Guest: return Regime::Pl10NonSecure;
    case Space::Secure: return Regime::Pl10Secure;
    default: return core.regime();
  }
}

/// The system registers as the walk is to see them.
SystemRegisters registers_for(const Core& core, Space space) {
  SystemRegisters regs = core.state().sys;
  if (space == Space::Guest) regs.hcr = (regs.hcr | 1u << hcr::VM) & ~(1u << hcr::TGE);
  return regs;
}

MmuConfig smallest_mmu() {
  MmuConfig config;
  config.l1_instruction = config.l1_load = config.l1_store = 1;
  config.l2 = config.l2_ways = 1;
  config.walk_cache = config.ipa_cache = 0;
  return config;
}

std::string size_text(unsigned shift) {
  return shift >= 30   ? fmt::format("{} GiB", 1u << (shift - 30))
         : shift >= 20 ? fmt::format("{} MiB", 1u << (shift - 20))
                       : fmt::format("{} KiB", 1u << (shift - 10));
}

std::string rights_text(u8 rights) {
  return fmt::format("{}{}{}", rights & kRightRead ? 'r' : '-', rights & kRightWrite ? 'w' : '-',
                     rights & kRightFetch ? 'x' : '-');
}

std::string attr_text(const MemAttr& attr) {
  static constexpr const char* kCaches[] = {"Non-cacheable", "Write-Back", "Write-Through", "Write-Back no allocate"};
  if (attr.type == MemType::StronglyOrdered) return "Strongly-ordered";
  if (attr.type == MemType::Device) return "Device";
  const char* inner = kCaches[static_cast<unsigned>(attr.inner)];
  const char* outer = kCaches[static_cast<unsigned>(attr.outer)];
  const char* share = attr.outer_shareable ? "Outer Shareable" : attr.shareable ? "Inner Shareable" : "Non-shareable";
  return attr.inner == attr.outer ? fmt::format("Normal {}, {}", inner, share)
                                  : fmt::format("Normal inner {} outer {}, {}", inner, outer, share);
}

const char* fault_name(FaultKind kind) {
  switch (kind) {
    case FaultKind::None: return "no fault";
    case FaultKind::Translation: return "Translation fault";
    case FaultKind::AccessFlag: return "Access flag fault";
    case FaultKind::Permission: return "Permission fault";
    case FaultKind::Domain: return "Domain fault";
    case FaultKind::Alignment: return "Alignment fault";
    case FaultKind::SyncExternal: return "external abort";
    case FaultKind::SyncExternalOnWalk: return "external abort on the walk";
    case FaultKind::Debug: return "debug event";
    case FaultKind::AsyncExternal: return "asynchronous external abort";
    case FaultKind::TlbConflict: return "TLB conflict";
  }
  return "?";
}

std::string fault_text(const Fault& fault) {
  std::string text = fault_name(fault.kind);
  text += fault.stage2 ? ", stage 2" : ", stage 1";
  if (fault.level != 0) text += fmt::format(", level {}", fault.level);
  if (fault.s1ptw) text += ", on a stage-1 table walk";
  if (fault.stage2) text += fmt::format(", IPA {:#x}", fault.ipa.value);
  if (fault.domain_valid) text += fmt::format(", domain {}", fault.domain);
  return text;
}

std::string long_text(u64 descriptor, unsigned level, bool stage2) {
  const LongDescriptor d = decode_long(descriptor, level);
  if (d.kind == LongDescriptor::Kind::Invalid) return "invalid";
  if (d.kind == LongDescriptor::Kind::Table) return fmt::format("table at {:#x}", d.base);
  std::string text =
      fmt::format("{} {} at {:#x}", size_text(long_level_shift(level)), level == 3 ? "page" : "block", d.base);
  if (stage2)
    text += fmt::format(", {}{}{}", d.readable ? 'r' : '-', d.writable ? 'w' : '-', d.readable && !d.xn ? 'x' : '-');
  if (!stage2) text += fmt::format(", AP[2:1]={:02b}{}{}", d.ap >> 1, d.xn ? " XN" : "", d.ng ? " nG" : "");
  return d.af ? text : text + ", access flag clear";
}

std::string short_text(u32 descriptor, unsigned level) {
  ShortLeaf leaf;
  if (level == 1) {
    const ShortFirstLevel d = decode_short_first_level(descriptor);
    if (d.kind == ShortFirstLevel::Kind::Invalid) return "invalid";
    if (d.kind == ShortFirstLevel::Kind::Table) return fmt::format("table at {:#x}, domain {}", d.table, d.domain);
    leaf = d.leaf;
  } else {
    const ShortSecondLevel d = decode_short_second_level(descriptor);
    if (!d.valid) return "invalid";
    leaf = d.leaf;
  }
  const char* kind = leaf.shift == 24 ? "supersection" : leaf.shift == 20 ? "section" : "page";
  return fmt::format("{} {} at {:#x}, AP {}{}{}", size_text(leaf.shift), kind, leaf.base, leaf.ap, leaf.xn ? " XN" : "",
                     leaf.ng ? " nG" : "");
}

/// The steps of one walk in words. Which level a descriptor is of follows from the order of the reads.
std::string walk_text(const std::vector<Step>& steps, const SystemRegisters& regs, Regime regime, bool long_format,
                      u32 va) {
  const Security bank = regime == Regime::Pl10Secure ? Security::Secure : Security::NonSecure;
  unsigned stage1_level = 1;
  if (long_format)
    stage1_level = regime == Regime::Hyp
                       ? long_start_hyp(va, regs.htcr, regs.httbr).level
                       : long_start_pl10(va, regs.ttbcr[bank], regs.ttbr0[bank], regs.ttbr1[bank]).level;
  const bool stage1_big = bit(regime == Regime::Hyp ? regs.hsctlr : regs.sctlr[bank], sctlr::EE);
  unsigned stage2_level = 0;  // 0: the next stage-2 descriptor starts a walk
  std::string text;
  for (const Step& step : steps) {
    const bool big_endian = step.stage2 ? bit(regs.hsctlr, sctlr::EE) : stage1_big;
    u64 value = step.value;
    if (big_endian) value = step.size == 8 ? __builtin_bswap64(value) : __builtin_bswap32(static_cast<u32>(value));
    if (step.stage2 && stage2_level == 0) stage2_level = long_start_stage2(0, regs.vtcr, regs.vttbr).level;
    const unsigned level = step.stage2 ? stage2_level : stage1_level;
    const std::string what = !step.ok         ? "nothing there"
                             : step.size == 8 ? long_text(value, level, step.stage2)
                                              : short_text(static_cast<u32>(value), level);
    text += fmt::format("{}stage {} level {}: [{:#x}] = {:#0{}x}: {}\n", step.stage2 ? "    " : "  ",
                        step.stage2 ? 2 : 1, level, step.pa.value, value, step.size * 2 + 2, what);
    if (step.stage2) {
      stage2_level = decode_long(value, level).kind == LongDescriptor::Kind::Table ? level + 1 : 0;
    } else {
      ++stage1_level;
      stage2_level = 0;
    }
  }
  return text;
}

const char* regime_name(Regime regime) {
  return regime == Regime::Hyp ? "Hyp" : regime == Regime::Pl10Secure ? "Secure PL1&0" : "Non-secure PL1&0";
}

}  // namespace

std::optional<Space> parse_space(std::string_view name) {
  for (const auto& [space, text] : kSpaces)
    if (name == text) return space;
  return std::nullopt;
}

const char* space_name(Space space) {
  for (const auto& [s, text] : kSpaces)
    if (s == space) return text;
  return "?";
}

bool AddressSpaces::read_physical(Core& core, const Physical& at, void* data, u32 size) {
  if (cluster_.debug_read(at.pa, data, size, core.index(), at.security)) return true;
  // The interrupt controller is read a word at a time.
  constexpr u32 kWord = 4;
  if (size <= kWord || size % kWord != 0 || at.pa.value % kWord != 0) return false;
  for (u32 done = 0; done < size; done += kWord)
    if (!cluster_.debug_read(at.pa + done, static_cast<u8*>(data) + done, kWord, core.index(), at.security))
      return false;
  return true;
}

std::optional<AddressSpaces::Physical> AddressSpaces::resolve_ipa(Core& core, u64 ipa, std::string* steps) {
  const SystemRegisters& regs = core.state().sys;
  const LongStart start = long_start_stage2(ipa, regs.vtcr, regs.vttbr);
  if (start.fault) {
    if (steps) *steps += "  outside the range of VTCR.T0SZ\n";
    return std::nullopt;
  }
  u64 table = start.base;
  unsigned top = start.start_bit;
  for (unsigned level = start.level; level <= 3; ++level) {
    const unsigned shift = long_level_shift(level);
    const PhysAddr at(table | bits(ipa, top, shift) << 3);
    u64 value = 0;
    const bool ok = read_physical(core, {at, Security::NonSecure}, &value, 8);
    if (bit(regs.hsctlr, sctlr::EE)) value = __builtin_bswap64(value);
    if (steps)
      *steps += fmt::format("  stage 2 level {}: [{:#x}] = {:#018x}: {}\n", level, at.value, value,
                            ok ? long_text(value, level, true) : "nothing there");
    if (!ok) return std::nullopt;
    const LongDescriptor d = decode_long(value, level);
    if (d.kind == LongDescriptor::Kind::Invalid) return std::nullopt;
    if (d.kind == LongDescriptor::Kind::Leaf)
      return Physical{PhysAddr(d.base | (ipa & mask64(shift - 1, 0))), Security::NonSecure};
    table = d.base;
    top = shift - 1;
  }
  return std::nullopt;
}

std::optional<AddressSpaces::Physical> AddressSpaces::resolve(Core& core, Space space, u64 address) {
  if (space == Space::Pa) return Physical{PhysAddr(address), core.state().security()};
  if (space == Space::PaSecure) return Physical{PhysAddr(address), Security::Secure};
  if (space == Space::PaNonSecure) return Physical{PhysAddr(address), Security::NonSecure};
  if (space == Space::Ipa) return resolve_ipa(core, address, nullptr);
  const auto raw = [&](PhysAddr pa, unsigned size, Security security, u64& value) {
    value = 0;
    return read_physical(core, {pa, security}, &value, size);
  };
  const VirtAddr va(static_cast<u32>(address));
  constexpr AccessKind kNoPermission = AccessKind::CacheMaintenance;  // the debugger reads what the guest may not
  Translation t;
  if (space == Space::Current) {
    t = core.mmu().probe(va, kNoPermission, core.regime(), true, raw);
  } else {
    WalkRecorder memory(raw);
    const SystemRegisters regs = registers_for(core, space);
    t = Mmu(regs, memory, smallest_mmu()).translate(va, kNoPermission, regime_of(core, space), true);
  }
  if (!t.ok()) return std::nullopt;
  return Physical{t.pa, t.pa_security};
}

u32 AddressSpaces::read(Core& core, Space space, u64 address, void* data, u32 size) {
  u32 done = 0;
  while (done < size) {
    const u32 n = std::min<u32>(size - done, kPageSize - ((address + done) & kPageMask));
    const std::optional<Physical> at = resolve(core, space, address + done);
    if (!at || !read_physical(core, *at, static_cast<u8*>(data) + done, n)) break;
    done += n;
  }
  return done;
}

u32 AddressSpaces::write(Core& core, Space space, u64 address, const void* data, u32 size) {
  u32 done = 0;
  while (done < size) {
    const u32 n = std::min<u32>(size - done, kPageSize - ((address + done) & kPageMask));
    const std::optional<Physical> at = resolve(core, space, address + done);
    if (!at || !cluster_.debug_write(at->pa, static_cast<const u8*>(data) + done, n, core.index(), at->security)) break;
    done += n;
  }
  if (done != 0)
    for (unsigned i = 0; i < cluster_.core_count(); ++i) cluster_.core(i).debugger_changed_state(false);
  return done;
}

std::string AddressSpaces::explain_tlb(Core& core, Regime regime, u32 va, const Translation& walked) {
  const Translation held = core.mmu().probe(VirtAddr(va), AccessKind::Read, regime, true,
                                            [](PhysAddr, unsigned, Security, u64&) { return false; });
  if (held.hit == TlbLevel::Walk) return "TLB: holds nothing for it\n";
  const char* level = held.hit == TlbLevel::L1 ? "L1" : "L2";
  if (walked.ok() && held.pa == walked.pa && held.attr == walked.attr && held.rights == walked.rights)
    return fmt::format("TLB: {} holds the same\n", level);
  return fmt::format(
      "TLB: {} holds another translation: PA {:#x}, {}, {}; the tables changed without a TLB invalidation\n", level,
      held.pa.value, rights_text(held.rights), attr_text(held.attr));
}

std::string AddressSpaces::explain(Core& core, Space space, u64 address) {
  if (is_physical(space)) return "a physical address needs no translation\n";
  if (space == Space::Ipa) {
    std::string text = fmt::format("IPA {:#x}, VMID {}\n", address, core.mmu().current_vmid().value);
    const std::optional<Physical> at = resolve_ipa(core, address, &text);
    return text + (at ? fmt::format("PA {:#x}\n", at->pa.value) : "no translation\n");
  }
  const u32 va = static_cast<u32>(address);
  const Regime regime = regime_of(core, space);
  const SystemRegisters regs = registers_for(core, space);
  WalkRecorder memory([&](PhysAddr pa, unsigned size, Security security, u64& value) {
    return read_physical(core, {pa, security}, &value, size);
  });
  Mmu mmu(regs, memory, smallest_mmu());
  const Translation t = mmu.translate(VirtAddr(va), AccessKind::Read, regime, true);

  std::string text = fmt::format("VA {:#010x}, {} regime", va, regime_name(regime));
  if (!mmu.stage1_on(regime)) text += ", stage 1 off";
  if (mmu.stage2_on(regime)) text += fmt::format(", stage 2 of VMID {}", mmu.current_vmid().value);
  text += "\n" + walk_text(memory.steps, regs, regime, mmu.long_format(regime), va);
  if (t.ok()) {
    const u8 user = mmu.translate(VirtAddr(va), AccessKind::Read, regime, false).rights;
    text +=
        fmt::format("PA {:#x} {}, {} {}, {}", t.pa.value, t.pa_security == Security::Secure ? "Secure" : "Non-secure",
                    regime == Regime::Hyp ? "PL2" : "PL1", rights_text(t.rights), attr_text(t.attr));
    text += regime == Regime::Hyp ? "\n" : fmt::format("; PL0 {}\n", rights_text(user));
  }
  if (!t.ok()) text += fault_text(t.fault) + "\n";
  // Guest shows a regime that may not be the one in force: its TLB entries would be found only with HCR.VM as assumed.
  if (space != Space::Guest || bit(core.state().sys.hcr, hcr::VM)) text += explain_tlb(core, regime, va, t);
  return text;
}

}  // namespace hypsim::debug
