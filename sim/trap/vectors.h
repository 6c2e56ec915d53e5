// SPDX-License-Identifier: Apache-2.0
// Vectors that users write: situations, instructions and what must come of them, as JSON. docs/traps.md
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/trap/runner.h"

namespace hypsim::trap {

struct Vector {
  std::string file, pointer;  ///< where it stands
  std::string name, skip;
  std::string text;  ///< the instruction as written
  Situation situation;
  Instruction instruction;
  nlohmann::json expect;
};

/// Something that was not as expected.
struct Mismatch {
  std::string what, expected, got;
};

struct VectorResult {
  const Vector* vector;
  Outcome outcome;
  std::string decided_by;
  std::vector<Mismatch> mismatches;
  bool passed() const { return mismatches.empty(); }
};

/// Reads the files, checks them against the schema and assembles every instruction in one go. Throws InputError.
std::vector<Vector> load_vectors(const std::vector<std::string>& files);
VectorResult run_vector(Runner& runner, const Vector& vector);

std::string to_tap(const std::vector<VectorResult>& results);
/// One test suite for each file.
std::string to_junit(const std::vector<VectorResult>& results);
nlohmann::ordered_json to_json(const std::vector<VectorResult>& results);

}  // namespace hypsim::trap
