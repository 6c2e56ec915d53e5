// SPDX-License-Identifier: Apache-2.0
// The one JSON reader: what it takes, it writes and takes again, and no key stands twice.
#include "sim/text/json.h"

#include <nlohmann/json.hpp>

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  const text::JsonRules rules{.comments = (input.byte() & 1) != 0};
  fuzz::accepts(
      [&] {
        const nlohmann::ordered_json value = text::parse_json(input.rest(), "input", rules);
        const std::string again = value.dump();
        fuzz::check(text::parse_json(again, "again") == value, "another value when written and read: " + again);
        text::in_words(value);
      },
      text::kLongestMessage);
  return 0;
}
