// SPDX-License-Identifier: Apache-2.0
// c8: TLB maintenance. What an operation matches stands in sim/mmu/maintenance; here stands who may issue it and
// whether it is broadcast. ARM DDI 0406C B4.2.2
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

template <TlbOp op>
Access maintain(const Call& c, u64 value) {
  const bool broadcast = tlb_op_row(op).inner_shareable || forced_broadcast(c);
  c.core.tlb_maintenance(make_tlb_maintenance(op, static_cast<u32>(value), c.state.security(), vmid_of(c.regs())),
                         broadcast);
  return Access::Done;
}

/// Operations on the PL1&0 regimes: trapped by HCR.TTLB.
template <TlbOp op>
constexpr Row pl1(const char* name, u8 crm, u8 opc2) {
  return {.name = name,
          .at = cp15(0, 8, crm, opc2),
          .write = kPl1,
          .trap = TrapGroup::Ttlb,
          .flags = kTlbMaintenance | kEndsBlock,
          .on_write = maintain<op>};
}
template <TlbOp op>
constexpr Row hyp_op(const char* name, u8 crm, u8 opc2) {
  return {.name = name,
          .at = cp15(4, 8, crm, opc2),
          .write = kHypRegister,
          .flags = kTlbMaintenance | kEndsBlock,
          .on_write = maintain<op>};
}

constexpr Row kRows[] = {
    pl1<TlbOp::TLBIALLIS>("TLBIALLIS", 3, 0),
    pl1<TlbOp::TLBIMVAIS>("TLBIMVAIS", 3, 1),
    pl1<TlbOp::TLBIASIDIS>("TLBIASIDIS", 3, 2),
    pl1<TlbOp::TLBIMVAAIS>("TLBIMVAAIS", 3, 3),
    pl1<TlbOp::ITLBIALL>("ITLBIALL", 5, 0),
    pl1<TlbOp::ITLBIMVA>("ITLBIMVA", 5, 1),
    pl1<TlbOp::ITLBIASID>("ITLBIASID", 5, 2),
    pl1<TlbOp::DTLBIALL>("DTLBIALL", 6, 0),
    pl1<TlbOp::DTLBIMVA>("DTLBIMVA", 6, 1),
    pl1<TlbOp::DTLBIASID>("DTLBIASID", 6, 2),
    pl1<TlbOp::TLBIALL>("TLBIALL", 7, 0),
    pl1<TlbOp::TLBIMVA>("TLBIMVA", 7, 1),
    pl1<TlbOp::TLBIASID>("TLBIASID", 7, 2),
    pl1<TlbOp::TLBIMVAA>("TLBIMVAA", 7, 3),

    hyp_op<TlbOp::TLBIALLHIS>("TLBIALLHIS", 3, 0),
    hyp_op<TlbOp::TLBIMVAHIS>("TLBIMVAHIS", 3, 1),
    hyp_op<TlbOp::TLBIALLNSNHIS>("TLBIALLNSNHIS", 3, 4),
    hyp_op<TlbOp::TLBIALLH>("TLBIALLH", 7, 0),
    hyp_op<TlbOp::TLBIMVAH>("TLBIMVAH", 7, 1),
    hyp_op<TlbOp::TLBIALLNSNH>("TLBIALLNSNH", 7, 4),
};

}  // namespace

std::span<const Row> rows_c8_tlb() { return kRows; }

}  // namespace hypsim::sysreg
