// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/profile/lines.h"
#include "sim/profile/report.h"

namespace hypsim::profile {

namespace {

/// RFC 4180: quoted where a comma or a quote stands in it.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

void add_lines(std::string& out, const std::string& key, const Buckets& buckets,
               const std::vector<std::string>& names) {
  for (const auto& [phase, stack] : buckets)
    for (unsigned r = 0; r < kResources; ++r)
      if (stack[r] != 0)
        out +=
            fmt::format("{},{},{},{}\r\n", key, field(names[phase]), resource_name(static_cast<Resource>(r)), stack[r]);
}

}  // namespace

std::string to_csv(const WorldSwitchProfile& profile) {
  const auto& names = profile.phases().names();
  std::string out = "scope,name,vmid,core,count,phase,resource,cycles\r\n";
  std::vector<Buckets> outside = profile.core_buckets();
  for (const CauseLine& line : sorted_causes(profile)) {
    for (const VmLine& vm : line.vms) {
      add_lines(out, fmt::format("trip,{},{},{},{}", field(label(line.cause)), vm.vmid, vm.core, vm.summary.count),
                vm.exit->buckets, names);
      for (const auto& [phase, stack] : vm.exit->buckets)
        for (unsigned r = 0; r < kResources; ++r) outside[vm.core][phase][r] -= stack[r];
    }
  }
  for (std::size_t core = 0; core < outside.size(); ++core)
    add_lines(out, fmt::format("outside,,,{},", core), outside[core], names);
  for (const auto& [id, row] : profile.rows())
    add_lines(out, fmt::format("row,{},,,{}", field(row.name), row.cycles.count()), row.buckets, names);
  return out;
}

}  // namespace hypsim::profile
