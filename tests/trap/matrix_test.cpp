// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/cpu/sysreg/table.h"
#include "sim/trap/matrix.h"

namespace hypsim::trap {
namespace {

std::vector<const Place*> all_places() {
  std::vector<const Place*> all;
  for (const Place& place : places()) all.push_back(&place);
  return all;
}

const MatrixCell& cell(const Matrix& m, const std::string& name, const std::string& access, const std::string& place) {
  for (const MatrixRow& row : m.rows) {
    if (row.name != name || row.access != access) continue;
    for (std::size_t i = 0; i < m.places.size(); ++i)
      if (place == m.places[i]->name) return row.cells[i];
  }
  static const MatrixCell none{Result::Exception, Mode::Hyp, Exception::Reset, false, 0, "no such cell"};
  return none;
}

TEST(Matrix, NamesEveryRegisterAndItsWordsDecodeBack) {
  Runner runner;
  const Matrix m = make_matrix(runner, load_setting("none"), all_places());
  std::set<std::string> names;
  for (const MatrixRow& row : m.rows) {
    names.insert(row.name);
    if (row.access.empty()) continue;
    runner.load({});
    EXPECT_EQ(runner.register_name(row.instruction), row.name) << row.encoding;
  }
  for (const sysreg::Row* row : sysreg::all_rows())
    if (row->read != sysreg::kNobody || row->write != sysreg::kNobody) {
      EXPECT_TRUE(names.contains(row->name)) << row->name;
    }
}

TEST(Matrix, KnownAnswersOfThePresets) {
  Runner runner;
  const Matrix kvm = make_matrix(runner, load_setting("kvm"), all_places());
  EXPECT_EQ(cell(kvm, "PMCCNTR", "read", "svc").decided_by, "HDCR.TPM");
  EXPECT_EQ(cell(kvm, "ACTLR", "write", "svc").decided_by, "HCR.TAC");
  EXPECT_EQ(cell(kvm, "SCTLR", "write", "svc").result, Result::Executes);
  EXPECT_EQ(cell(kvm, "SMC", "", "svc").decided_by, "HCR.TSC");
  EXPECT_EQ(cell(kvm, "SMC", "", "svc").ec, 0x13u);
  EXPECT_EQ(cell(kvm, "WFI", "", "svc").ec, 0x01u);
  EXPECT_EQ(cell(kvm, "VFP arithmetic", "", "usr").ec, 0x07u);
  EXPECT_EQ(cell(kvm, "HVC", "", "usr").target, Mode::Undefined);
  EXPECT_EQ(cell(kvm, "ACTLR", "write", "hyp").result, Result::Executes);
  EXPECT_EQ(cell(kvm, "ACTLR", "write", "svc_s").result, Result::Executes);
  const Matrix boot = make_matrix(runner, load_setting("kvm-boot"), all_places());
  EXPECT_EQ(cell(boot, "SCTLR", "write", "svc").decided_by, "HCR.TVM");
  const Matrix v9 = make_matrix(runner, load_setting("kvm-v9"), all_places());
  EXPECT_EQ(cell(v9, "PMCCNTR", "read", "svc").decided_by, "HSTR.T9");
  EXPECT_EQ(cell(v9, "VFP arithmetic", "", "svc").result, Result::Executes);
  const Matrix native = make_matrix(runner, load_setting("sel4-native"), all_places());
  EXPECT_EQ(cell(native, "SVC", "", "usr").target, Mode::Hyp);
  const Matrix xen = make_matrix(runner, load_setting("xen"), all_places());
  EXPECT_EQ(cell(xen, "ID_PFR0", "read", "svc").decided_by, "HCR.TID3");
}

TEST(Matrix, CompareFindsWhatDiffersAndNothingElse) {
  Runner runner;
  const Matrix a = make_matrix(runner, load_setting("kvm"), all_places());
  const Matrix b = make_matrix(runner, load_setting("kvm-boot"), all_places());
  EXPECT_TRUE(compare(a, a).empty());
  const auto differences = compare(a, b);
  EXPECT_FALSE(differences.empty());
  for (const MatrixDifference& d : differences) {
    EXPECT_EQ(d.b.decided_by, "HCR.TVM") << d.row->name;
    EXPECT_EQ(d.row->access, "write");
  }
}

TEST(Matrix, ReportsHoldEveryRow) {
  Runner runner;
  const Matrix m = make_matrix(runner, load_setting("xen"), {&place_by_name("svc")});
  const auto json = to_json(m);
  EXPECT_EQ(json.at("rows").size(), m.rows.size());
  const std::string html = to_html(m);
  std::size_t rows = 0;
  for (std::size_t at = html.find("<tr><td>"); at != std::string::npos; at = html.find("<tr><td>", at + 1)) ++rows;
  EXPECT_EQ(rows, m.rows.size());
  for (const char* outside : {"http:", "https:", "src=", "href=", "@import"})
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
}

}  // namespace
}  // namespace hypsim::trap
