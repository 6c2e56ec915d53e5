// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/sysreg/table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

/// All rows sorted by encoding, and the row of each encoding key: built once, read for ever.
struct Index {
  std::vector<const Row*> rows;
  std::array<const Row*, kEncodingKeys> by_key{};

  Index() {
    for (std::span<const Row> part :
         {rows_c0_id(), rows_c1_control(), rows_c2_c3_translation(), rows_c5_c6_faults(), rows_c7_maintenance(),
          rows_c8_tlb(), rows_c9_pmu(), rows_c10_attributes(), rows_c12_c13(), rows_c14_timer(),
          rows_c15_implementation(), rows_cp14_debug(), rows_cp14_thumbee_jazelle()}) {
      for (const Row& row : part) {
        rows.push_back(&row);
        by_key[row.at.key()] = &row;
      }
    }
    std::ranges::sort(rows, {}, [](const Row* row) { return row->at.key(); });
  }
};

const Index& index() {
  static const Index the_index;
  return the_index;
}

Encoding encoding_of(const hyp::CoprocAccess& access) {
  switch (access.form) {
    case hyp::CoprocForm::Mcrr: return {access.cp, true, access.opc1, 0, access.crm, 0};
    // LDC and STC reach one register, DBGDTRTXint or DBGDTRRXint. ARM DDI 0406C A8.6.52, C11.11.30
    case hyp::CoprocForm::Ldc: return {access.cp, false, 0, 0, access.crn, 0};
    default: return {access.cp, false, access.opc1, access.crn, access.crm, access.opc2};
  }
}

}  // namespace

const Row* find(const hyp::CoprocAccess& access) {
  if (access.cp != 14 && access.cp != 15) return nullptr;
  if (access.form == hyp::CoprocForm::Cdp) return nullptr;
  if (access.form == hyp::CoprocForm::Ldc && (access.cp != 14 || access.crn != 5)) return nullptr;
  const u32 key = encoding_of(access).key();
  return key < kEncodingKeys ? index().by_key[key] : nullptr;
}

std::span<const Row* const> all_rows() { return index().rows; }

std::string_view name(const Row* row) { return row->name; }
bool is_tlb_maintenance(const Row* row) { return (row->flags & kTlbMaintenance) != 0; }
bool is_cache_maintenance(const Row* row) { return (row->flags & kCacheMaintenance) != 0; }

std::string encoding_text(const Encoding& at) {
  const std::string head = "p" + std::to_string(at.cp) + ", " + std::to_string(at.opc1) + ", c";
  if (at.wide) return head + std::to_string(at.crm);
  return head + std::to_string(at.crn) + ", c" + std::to_string(at.crm) + ", " + std::to_string(at.opc2);
}

}  // namespace hypsim::sysreg
