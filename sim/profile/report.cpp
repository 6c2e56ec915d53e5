// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hypsim::profile {

namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Summary& s) {
  return {{"count", s.count}, {"min", s.min}, {"median", s.median}, {"p99", s.p99}, {"max", s.max}, {"total", s.total}};
}

ordered_json to_json(const CycleStack& stack) {
  ordered_json object = ordered_json::object();
  for (unsigned r = 0; r < kResources; ++r)
    if (stack[r] != 0) object[resource_name(static_cast<Resource>(r))] = stack[r];
  return object;
}

double percent(u64 part, u64 whole) { return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole); }

/// Mean cycles a trip, by phase, largest first: "cp15 812, banked 310".
std::string phase_text(const Exit& exit, const std::vector<std::string>& names) {
  std::vector<std::pair<u64, u16>> sorted;
  for (const auto& [phase, cycles] : exit.phases) sorted.emplace_back(cycles, phase);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (const auto& [cycles, phase] : sorted)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", names[phase], (cycles + exit.cycles.size() / 2) / exit.cycles.size());
  return text;
}

struct Line {
  const WorldSwitchProfile::ExitKey* key;
  const Exit* exit;
  Summary summary;
};

/// Exits by what they cost in total, dearest first.
std::vector<Line> sorted_exits(const WorldSwitchProfile& profile) {
  std::vector<Line> lines;
  for (const auto& [key, exit] : profile.exits()) lines.push_back({&key, &exit, summarise(exit.cycles)});
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.summary.total > b.summary.total; });
  return lines;
}

}  // namespace

ordered_json to_json(const WorldSwitchProfile& profile) {
  const auto& names = profile.phases().names();
  ordered_json root;
  root["total_cycles"] = profile.total_cycles();
  root["phases"] = ordered_json::object();
  for (std::size_t i = 0; i < profile.phase_cycles().size(); ++i)
    if (profile.phase_cycles()[i] != 0) root["phases"][names[i]] = profile.phase_cycles()[i];
  root["resources"] = to_json(profile.resource_cycles());

  root["rows"] = ordered_json::array();
  for (const auto& [id, row] : profile.rows()) {
    root["rows"].push_back({{"id", id}, {"name", row.name}, {"cycles", to_json(summarise(row.cycles))},
                            {"instructions", to_json(summarise(row.insns))},
                            {"host_instructions", to_json(summarise(row.host_insns))},
                            {"hyp_instructions", to_json(summarise(row.hyp_insns))}});
  }

  root["round_trips"] = ordered_json::array();
  for (const Line& line : sorted_exits(profile)) {
    const Exit& exit = *line.exit;
    ordered_json phases = ordered_json::object();
    for (const auto& [phase, cycles] : exit.phases) phases[names[phase]] = cycles;
    root["round_trips"].push_back({{"cause", label(std::get<0>(*line.key))}, {"vmid", std::get<1>(*line.key)},
                                   {"cycles", to_json(line.summary)},
                                   {"exit_leg", exit.exit_leg}, {"host", exit.host}, {"entry_leg", exit.entry_leg},
                                   {"in_hyp_only", exit.in_hyp_only}, {"vmid_changes", exit.vmid_changes},
                                   {"phases", std::move(phases)}, {"resources", to_json(exit.resources)}});
  }

  root["hyp_visits"] = ordered_json::array();
  for (const auto& [cause, cycles] : profile.hyp_visits())
    root["hyp_visits"].push_back({{"cause", label(cause)}, {"cycles", to_json(summarise(cycles))}});
  return root;
}

std::string to_text(const WorldSwitchProfile& profile) {
  std::string out;
  if (!profile.rows().empty()) {
    out += fmt::format("Micro-operations, cycles between the guest's markers\n{:<20} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10}\n",
                       "row", "count", "min", "median", "p99", "max", "insns", "host insns");
    for (const auto& [id, row] : profile.rows()) {
      const Summary s = summarise(row.cycles);
      out += fmt::format("{:<20} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10}\n", row.name, s.count, s.min, s.median, s.p99,
                         s.max, summarise(row.insns).median, summarise(row.host_insns).median);
    }
    out += '\n';
  }

  out += fmt::format("Round trips: out of a guest and back into one\n{:<46} {:>4} {:>7} {:>7} {:>7} {:>7} {:>8} {:>6}\n", "cause",
                     "vmid", "count", "min", "median", "p99", "max", "share");
  u64 trips = 0;
  for (const Line& line : sorted_exits(profile)) {
    const Summary& s = line.summary;
    trips += s.total;
    out += fmt::format("{:<46} {:>4} {:>7} {:>7} {:>7} {:>7} {:>8} {:>5.1f}%\n", label(std::get<0>(*line.key)),
                       std::get<1>(*line.key), s.count, s.min, s.median, s.p99, s.max, percent(s.total, profile.total_cycles()));
    out += fmt::format("    {}\n", phase_text(*line.exit, profile.phases().names()));
  }
  if (profile.exits().empty()) out += "none: no guest (Non-secure PL1/PL0 with HCR.VM=1) was left\n";

  out += fmt::format("\nAll {} cycles by resource\n", profile.total_cycles());
  for (unsigned r = 0; r < kResources; ++r) {
    const u64 cycles = profile.resource_cycles()[r];
    if (cycles != 0)
      out += fmt::format("{:<20} {:>14} {:>5.1f}%\n", resource_name(static_cast<Resource>(r)), cycles, percent(cycles, profile.total_cycles()));
  }
  return out;
}

}  // namespace hypsim::profile
