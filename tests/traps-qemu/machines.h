// SPDX-License-Identifier: Apache-2.0
// Both machines that replay the cases, from the same bytes.
#pragma once

#include <string>
#include <vector>

#include "tests/traps-qemu/cases.h"

namespace hypsim::cross {

/// Results in the order of the cases. Throws std::runtime_error if the machine does not get through.
std::vector<CrossResult> run_on_hypsim(const Cases& cases, const std::string& image);
std::vector<CrossResult> run_on_qemu(const Cases& cases, const std::string& image, const std::string& qemu);

}  // namespace hypsim::cross
