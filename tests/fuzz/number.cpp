// SPDX-License-Identifier: Apache-2.0
// Numbers, sizes and times as people write them.
#include "sim/text/number.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  const std::string written(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t kLongest = 300;
  if (const std::optional<u64> value = text::parse_number(written)) {
    fuzz::check(text::parse_number(std::to_string(*value)) == value, "another number in decimal digits");
    fuzz::check(fuzz::accepts([&] { fuzz::check(text::number(written, "--n") == *value, "another number"); }, kLongest),
                "a number and none");
  }
  for (const text::Range range : {text::Range{}, text::Range{1, 100}, text::bits(32)})
    fuzz::accepts(
        [&] {
          const u64 value = text::number(written, "--n", range, "cycles");
          fuzz::check(value >= range.low && value <= range.high, "out of range");
        },
        kLongest);
  fuzz::accepts(
      [&] {
        const u64 bytes = text::size(written, "--n");
        fuzz::check(text::size(text::size_text(bytes), "--n") == bytes, "another size: " + text::size_text(bytes));
      },
      kLongest);
  fuzz::accepts(
      [&] {
        const double seconds = text::seconds(written, "--n");
        fuzz::check(seconds >= 0.001 && seconds <= 366 * 86400.0, "no length of time");
      },
      kLongest);
  return 0;
}
