// SPDX-License-Identifier: Apache-2.0
// One setting's whole table: every system register of the Cortex-A15 and every class of instruction, from every mode.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "sim/trap/runner.h"
#include "sim/trap/setting.h"

namespace hypsim::trap {

/// Who executes the instruction.
struct Place {
  const char* name;  ///< "usr", "svc", "hyp", "usr_s", "svc_s", "mon"
  Mode mode;
  Security security;
};
std::span<const Place> places();
/// Throws InputError if there is none of that name.
const Place& place_by_name(const std::string& name);

struct MatrixCell {
  Result result = Result::Executes;
  Mode target = Mode::Supervisor;
  Exception exception = Exception::Reset;
  bool hsr_valid = false;
  u32 ec = 0;
  std::string decided_by;
  bool operator==(const MatrixCell&) const = default;

  std::string text() const;  ///< "executes", "UNDEFINED to und", "trap 0x03", ...
};

struct MatrixRow {
  std::string group;     ///< "CP15 c1", "hints", ...
  std::string name;      ///< register or instruction
  std::string access;    ///< "read", "write", or empty
  std::string encoding;  ///< "p15, 0, c1, c0, 0"
  Instruction instruction;
  std::vector<MatrixCell> cells;  ///< one for each place
};

struct Matrix {
  Setting setting;
  std::vector<const Place*> places;
  std::vector<MatrixRow> rows;
};

Matrix make_matrix(Runner& runner, const Setting& setting, const std::vector<const Place*>& places);

std::string to_text(const Matrix& matrix);
nlohmann::ordered_json to_json(const Matrix& matrix);
/// One page that needs nothing else: sorts and filters by its own script.
std::string to_html(const Matrix& matrix);

struct MatrixDifference {
  const MatrixRow* row;
  const Place* place;
  MatrixCell a, b;
};
/// The matrices must be of the same places.
std::vector<MatrixDifference> compare(const Matrix& a, const Matrix& b);
std::string differences_text(const Matrix& a, const Matrix& b, const std::vector<MatrixDifference>& differences);
nlohmann::ordered_json differences_json(const Matrix& a, const Matrix& b,
                                        const std::vector<MatrixDifference>& differences);

}  // namespace hypsim::trap
