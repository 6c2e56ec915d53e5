// SPDX-License-Identifier: Apache-2.0
// Whole guests: any code on any state of the machine, interpreted and generated side by side. Everything that a guest
// or an observer can see must be the same after every slice.
#include <fmt/format.h>

#include "tests/fuzz/guest_machine.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  using namespace hypsim::fuzz;
  Input input(data, size);
  const Header header(input);
  const std::string_view code = input.bytes(kMostCode);
  GuestMachine interpreted(header, code, false), generated(header, code, true);
  constexpr unsigned kSlices = 3 * Header::kSlices;
  for (unsigned n = 0; n < kSlices; ++n) {
    const auto before = interpreted.cores[0]->core.retired();
    const auto stops = interpreted.run_slice(n), others = generated.run_slice(n);
    const std::string text = difference(interpreted, generated);
    if (!text.empty() || stops != others)
      check(false, fmt::format("the engines differ in slice {}, from {} instructions on; stops {} {} and {} {}\n{}", n,
                               before, int(stops[0]), int(stops[1]), int(others[0]), int(others[1]), text));
    if (n % Header::kSlices == 0) check(interpreted.memory() == generated.memory(), "memory differs");
  }
  check(interpreted.memory() == generated.memory(), "memory differs at the end");
  return 0;
}
