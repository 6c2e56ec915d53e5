// SPDX-License-Identifier: Apache-2.0
#include "sim/base/size.h"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "sim/base/error.h"

namespace hypsim {

u64 parse_size(const std::string& text, const std::string& what) {
  const auto refuse = [&] {
    throw InputError(fmt::format("{}: \"{}\" is no size; write 4096, 0x1000, 64KiB, 512MiB or 1GiB", what, text));
  };
  if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0]))) refuse();
  char* end = nullptr;
  errno = 0;
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  u64 value = std::strtoull(text.c_str(), &end, hex ? 16 : 10);
  if (errno != 0) refuse();
  const std::string unit = end;
  unsigned shift = 0;
  if (unit == "K" || unit == "KiB")
    shift = 10;
  else if (unit == "M" || unit == "MiB")
    shift = 20;
  else if (unit == "G" || unit == "GiB")
    shift = 30;
  else if (!unit.empty())
    refuse();
  if (value > (~u64{0} >> shift)) refuse();
  return value << shift;
}

}  // namespace hypsim
