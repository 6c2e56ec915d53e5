// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/profile/statistics.h"
#include "sim/text/json.h"
#include "sim/text/json_schema.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim::profile {

const char* budget_schema_text();

namespace {

using nlohmann::ordered_json;

/// A member, or an empty object.
const ordered_json& member(const ordered_json& object, const char* key) {
  static const ordered_json empty = ordered_json::object();
  return object.contains(key) ? object.at(key) : empty;
}

double mean(u64 total, u64 count) { return count == 0 ? 0 : static_cast<double>(total) / static_cast<double>(count); }

class Checker {
 public:
  explicit Checker(BudgetResult& result) : result_(result) {}

  void limit(const std::string& name, const std::string& what, double value, double limit) {
    ++result_.checked;
    if (value > limit) result_.over.push_back({name, what, limit, value, false});
  }

  void missing(const std::string& name, const ordered_json& limits) {
    result_.checked += std::max<std::size_t>(limits.size(), 1);
    result_.over.push_back({name, "", 0, 0, true});
  }

  /// `divide` is the number of trips over which the limits of parts are means; 0: they are totals.
  void parts(const std::string& name, const ordered_json& limits, const ordered_json& entry, u64 divide) {
    for (const auto& [group, kind] : {std::pair{"phases", "phase"}, std::pair{"resources", "resource"}}) {
      if (!limits.contains(group)) continue;
      for (const auto& [part, most] : limits[group].items()) {
        const u64 cycles = entry[group].value(part, u64{0});
        limit(name, fmt::format("{} {}{}", kind, part, divide == 0 ? "" : ", mean"),
              divide == 0 ? static_cast<double>(cycles) : mean(cycles, divide), most);
      }
    }
  }

  void entry(const std::string& name, const ordered_json& limits, const ordered_json& entry) {
    const u64 count = entry["cycles"]["count"];
    for (const auto& [what, most] : limits.items()) {
      if (what == "phases" || what == "resources" || what == "vmids") continue;
      if (what == "mean") {
        limit(name, what, mean(entry["cycles"]["total"], count), most);
      } else if (what == "exit_leg" || what == "host" || what == "entry_leg") {
        limit(name, what + ", mean", mean(entry[what], count), most);
      } else if (what.ends_with("instructions")) {
        limit(name, what + ", median", entry[what]["median"], most);
      } else {
        limit(name, what, entry["cycles"][what], most);
      }
    }
    parts(name, limits, entry, count);
  }

 private:
  BudgetResult& result_;
};

const ordered_json* find(const ordered_json& list, const char* key, const std::string& value) {
  for (const ordered_json& entry : list)
    if (entry[key] == value) return &entry;
  return nullptr;
}

/// The trips of one cause out of one VM, over all cores. Percentiles are not additive: with several cores they are the
/// worst core's.
ordered_json of_vm(const ordered_json& trips, const std::string& cause, u64 vmid) {
  ordered_json all;
  for (const ordered_json& trip : trips) {
    if (trip["cause"] != cause || trip["vmid"] != vmid) continue;
    if (all.is_null()) {
      all = trip;
      continue;
    }
    for (const char* key : {"count", "total"})
      all["cycles"][key] = all["cycles"][key].get<u64>() + trip["cycles"][key].get<u64>();
    for (const char* key : {"min", "median", "p99", "max"})
      all["cycles"][key] = std::max(all["cycles"][key].get<u64>(), trip["cycles"][key].get<u64>());
    for (const char* key : {"exit_leg", "host", "entry_leg"}) all[key] = all[key].get<u64>() + trip[key].get<u64>();
    for (const char* group : {"phases", "resources"})
      for (const auto& [part, cycles] : trip[group].items())
        all[group][part] = all[group].value(part, u64{0}) + cycles.get<u64>();
  }
  return all;
}

std::string number(double value) {
  constexpr double kMostDigits = 1e15;  // above, a double has no fraction to show
  if (value >= kMostDigits) return fmt::format("{:g}", value);
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}", value);
}

}  // namespace

ordered_json read_budget(const std::string& file) {
  ordered_json budget = text::read_json(file);
  text::JsonSchema(budget_schema_text()).check(budget, file);
  return budget;
}

BudgetResult check_budget(const ordered_json& profile, const ordered_json& budget, const std::string& file) {
  BudgetResult result;
  result.file = file;
  Checker checker(result);
  if (budget.contains("run")) {
    const ordered_json& run = budget["run"];
    if (run.contains("total_cycles"))
      checker.limit("run", "total_cycles", profile["total_cycles"], run["total_cycles"]);
    checker.parts("run", run, profile, 0);
  }
  for (const auto& [name, limits] : member(budget, "rows").items()) {
    const ordered_json* row = find(profile["rows"], "name", name);
    if (row == nullptr)
      checker.missing("row " + name, limits);
    else
      checker.entry("row " + name, limits, *row);
  }
  for (const auto& [name, limits] : member(budget, "causes").items()) {
    const ordered_json* cause = find(profile["causes"], "cause", name);
    if (cause == nullptr) {
      checker.missing("cause " + name, limits);
      continue;
    }
    checker.entry("cause " + name, limits, *cause);
    for (const auto& [vmid, vm_limits] : member(limits, "vmids").items()) {
      const std::string vm_name = fmt::format("cause {}, VMID {}", name, vmid);
      const std::optional<u64> number = text::parse_number(vmid);
      const ordered_json trips = number ? of_vm(profile["round_trips"], name, *number) : ordered_json();
      if (trips.is_null())
        checker.missing(vm_name, vm_limits);
      else
        checker.entry(vm_name, vm_limits, trips);
    }
  }
  const auto excess = [](const OverBudget& o) { return o.missing ? 1e300 : o.limit == 0 ? 1e299 : o.value / o.limit; };
  std::stable_sort(result.over.begin(), result.over.end(),
                   [&](const OverBudget& a, const OverBudget& b) { return excess(a) > excess(b); });
  return result;
}

ordered_json to_json(const BudgetResult& result) {
  ordered_json root = {
      {"file", text::printable(result.file)}, {"checked", result.checked}, {"over", ordered_json::array()}};
  for (const OverBudget& o : result.over)
    root["over"].push_back(
        {{"name", o.name}, {"what", o.what}, {"limit", o.limit}, {"value", o.value}, {"missing", o.missing}});
  return root;
}

std::string to_text(const BudgetResult& result) {
  const std::string file = text::printable(result.file);
  if (result.over.empty()) return fmt::format("Budget {}: all {} limits kept\n", file, result.checked);
  std::string out = fmt::format("Budget {}: {} of {} limits not kept\n", file, result.over.size(), result.checked);
  for (const OverBudget& o : result.over) {
    if (o.missing) {
      out += fmt::format("  {}: not in the profile\n", text::printable(o.name));
    } else {
      out += fmt::format("  {}: {} {} is over {} by {}{}\n", text::printable(o.name), text::printable(o.what),
                         number(o.value), number(o.limit), number(o.value - o.limit),
                         o.limit == 0 ? "" : fmt::format(" ({:.1f}%)", 100 * (o.value / o.limit - 1)));
    }
  }
  return out;
}

}  // namespace hypsim::profile
