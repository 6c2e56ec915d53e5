// SPDX-License-Identifier: Apache-2.0
// c7: cache and branch predictor maintenance, address translation, PAR, and the barriers in their CP15 form.
// ARM DDI 0406C B4.2.1, B4.2.4, B4.2.5
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

Access maintain(const Call& c, CacheOp op, u64 operand, bool broadcast) {
  return c.core.cache_maintenance(op, static_cast<u32>(operand), broadcast) ? Access::Done : Access::Aborted;
}

/// ICIALLU, BPIALL: local, unless HCR.FB broadcasts them.
template <CacheOp op>
Access local_op(const Call& c, u64 value) {
  return maintain(c, op, value, forced_broadcast(c));
}
/// The IS forms, and everything by MVA, which affects the shareability domain of the address. ARM DDI 0406C B2.2.7
template <CacheOp op>
Access shared_op(const Call& c, u64 value) {
  return maintain(c, op, value, true);
}
template <CacheOp op>
Access set_way_op(const Call& c, u64 value) {
  return maintain(c, op, value, false);
}
/// HCR.SWIO makes a guest's invalidate by set/way write back what it drops. ARM DDI 0406C B1.14.4
Access dcisw(const Call& c, u64 value) {
  const bool clean = c.view == kPl1Ns && bit(c.regs().hcr, hcr::SWIO);
  return maintain(c, clean ? CacheOp::DcSwCleanInvalidate : CacheOp::DcSwInvalidate, value, false);
}

/// Writes PAR, unless the operation itself aborts: a stage-2 fault on a stage-1 descriptor of a guest's ATS1C*, or an
/// external abort on a walk. ARM DDI 0406C B3.13.4, B4.2.4
template <AtOp op>
Access address_translation(const Call& c, u64 value) {
  const u32 va = static_cast<u32>(value);
  const AtResult result = c.core.mmu().address_translate(op, VirtAddr(va), c.state.security(), c.view == kHyp);
  if (result.exception) {
    c.core.maintenance_abort(result.exception, va);
    return Access::Aborted;
  }
  u64& par = c.regs().par[c.bank];
  par = result.long_format ? result.par : with_bits64(par, 31, 0, bits(result.par, 31, 0));
  return Access::Done;
}

/// SCTLR.CP15BEN, or HSCTLR.CP15BEN in Hyp mode. ARM DDI 0406C B4.1.130
bool cp15_barriers(const Call& c) {
  const u32 control = c.view == kHyp ? c.regs().hsctlr : c.regs().sctlr[c.state.security()];
  return bit(control, sctlr::CP15BEN);
}
Access no_operation(const Call&, u64) { return Access::Done; }

constexpr Row cache(const char* name, u8 crm, u8 opc2, WriteHook hook, TrapGroup trap = TrapGroup::None) {
  return {.name = name,
          .at = cp15(0, 7, crm, opc2),
          .write = kPl1,
          .trap = trap,
          .flags = kCacheMaintenance,
          .on_write = hook};
}
/// Instruction-side operations may drop the block that runs.
constexpr Row instruction(const char* name, u8 crm, u8 opc2, WriteHook hook, TrapGroup trap = TrapGroup::None) {
  return {.name = name,
          .at = cp15(0, 7, crm, opc2),
          .write = kPl1,
          .trap = trap,
          .flags = kCacheMaintenance | kEndsBlock,
          .on_write = hook};
}
constexpr Row translate(const char* name, u8 opc1, u8 opc2, Views who, WriteHook hook) {
  return {.name = name, .at = cp15(opc1, 7, 8, opc2), .write = who, .on_write = hook};
}
constexpr Row barrier(const char* name, u8 crm, u8 opc2) {
  return {.name = name,
          .at = cp15(0, 7, crm, opc2),
          .write = kAll,
          .flags = kEndsBlock,
          .permit = cp15_barriers,
          .on_write = no_operation};
}
constexpr Row nop(const char* name, u8 crm, u8 opc2) {
  return {.name = name, .at = cp15(0, 7, crm, opc2), .write = kPl1, .on_write = no_operation};
}

constexpr Row kRows[] = {
    nop("NOP(was Wait For Interrupt)", 0, 4),
    instruction("ICIALLUIS", 1, 0, shared_op<CacheOp::IcAllInvalidate>, TrapGroup::Tpu),
    instruction("BPIALLIS", 1, 6, shared_op<CacheOp::BpInvalidate>),
    {.name = "PAR", .at = cp15(0, 7, 4, 0), .read = kPl1, .write = kPl1, .storage = &Regs::par, .mask = 0xFFFFFFFF},
    {.name = "PAR(64-bit)",
     .at = cp15_wide(0, 7),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::par,
     .alias_of = "PAR"},
    instruction("ICIALLU", 5, 0, local_op<CacheOp::IcAllInvalidate>, TrapGroup::Tpu),
    instruction("ICIMVAU", 5, 1, shared_op<CacheOp::IcMvaInvalidate>, TrapGroup::Tpu),
    barrier("CP15ISB", 5, 4),
    instruction("BPIALL", 5, 6, local_op<CacheOp::BpInvalidate>),
    instruction("BPIMVA", 5, 7, shared_op<CacheOp::BpInvalidate>),
    cache("DCIMVAC", 6, 1, shared_op<CacheOp::DcMvaInvalidate>, TrapGroup::Tpc),
    cache("DCISW", 6, 2, dcisw, TrapGroup::Tsw),
    cache("DCCMVAC", 10, 1, shared_op<CacheOp::DcMvaClean>, TrapGroup::Tpc),
    cache("DCCSW", 10, 2, set_way_op<CacheOp::DcSwClean>, TrapGroup::Tsw),
    barrier("CP15DSB", 10, 4),
    barrier("CP15DMB", 10, 5),
    cache("DCCMVAU", 11, 1, shared_op<CacheOp::DcMvaCleanPou>, TrapGroup::Tpu),
    nop("NOP(was Prefetch Instruction by MVA)", 13, 1),
    cache("DCCIMVAC", 14, 1, shared_op<CacheOp::DcMvaCleanInvalidate>, TrapGroup::Tpc),
    cache("DCCISW", 14, 2, set_way_op<CacheOp::DcSwCleanInvalidate>, TrapGroup::Tsw),

    translate("ATS1CPR", 0, 0, kPl1, address_translation<AtOp::ATS1CPR>),
    translate("ATS1CPW", 0, 1, kPl1, address_translation<AtOp::ATS1CPW>),
    translate("ATS1CUR", 0, 2, kPl1, address_translation<AtOp::ATS1CUR>),
    translate("ATS1CUW", 0, 3, kPl1, address_translation<AtOp::ATS1CUW>),
    translate("ATS12NSOPR", 0, 4, kNotNsPl1, address_translation<AtOp::ATS12NSOPR>),
    translate("ATS12NSOPW", 0, 5, kNotNsPl1, address_translation<AtOp::ATS12NSOPW>),
    translate("ATS12NSOUR", 0, 6, kNotNsPl1, address_translation<AtOp::ATS12NSOUR>),
    translate("ATS12NSOUW", 0, 7, kNotNsPl1, address_translation<AtOp::ATS12NSOUW>),
    translate("ATS1HR", 4, 0, kHypRegister, address_translation<AtOp::ATS1HR>),
    translate("ATS1HW", 4, 1, kHypRegister, address_translation<AtOp::ATS1HW>),
};

}  // namespace

std::span<const Row> rows_c7_maintenance() { return kRows; }

}  // namespace hypsim::sysreg
