// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hypsim::profile {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kColumns = 120;
constexpr std::size_t kMostVms = 4;      // a cause with more VMs than this gets no line for each
constexpr double kSmallPercent = 0.1;   // a cause with a smaller share of the run gets a single line

double percent(u64 part, u64 whole) { return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole); }
u64 mean(u64 total, u64 count) { return count == 0 ? 0 : (total + count / 2) / count; }

// --- JSON ----------------------------------------------------------------------------------------------------------

ordered_json to_json(const Summary& s) {
  return {{"count", s.count}, {"min", s.min}, {"median", s.median}, {"p99", s.p99}, {"max", s.max}, {"total", s.total}};
}

ordered_json to_json(const CycleStack& stack) {
  ordered_json object = ordered_json::object();
  for (unsigned r = 0; r < kResources; ++r)
    if (stack[r] != 0) object[resource_name(static_cast<Resource>(r))] = stack[r];
  return object;
}

/// What a round trip's cause has in common with its part of one VM.
void add_exit(ordered_json& object, const Exit& exit, const Summary& summary, const std::vector<std::string>& names) {
  object["cycles"] = to_json(summary);
  object["exit_leg"] = exit.exit_leg;
  object["host"] = exit.host;
  object["entry_leg"] = exit.entry_leg;
  object["in_hyp_only"] = exit.in_hyp_only;
  object["vmid_changes"] = exit.vmid_changes;
  object["phases"] = ordered_json::object();
  for (const auto& [phase, cycles] : exit.phases) object["phases"][names[phase]] = cycles;
  object["resources"] = to_json(exit.resources);
}

// --- order ---------------------------------------------------------------------------------------------------------

struct VmLine {
  u8 vmid;
  const Exit* exit;
  Summary summary;
};
struct CauseLine {
  Cause cause;
  Exit all;
  Summary summary;
  std::vector<VmLine> vms;  // by VMID
};

/// Causes by what they cost in total, dearest first.
std::vector<CauseLine> sorted_causes(const WorldSwitchProfile& profile) {
  std::vector<CauseLine> lines;
  for (auto& [cause, exit] : profile.causes()) {
    const Summary summary = summarise(exit.cycles);
    lines.push_back({cause, exit, summary, {}});
  }
  for (const auto& [key, exit] : profile.exits()) {
    const auto& [cause, vmid] = key;
    const auto line = std::find_if(lines.begin(), lines.end(), [&, c = cause](const CauseLine& l) { return l.cause == c; });
    line->vms.push_back({vmid, &exit, summarise(exit.cycles)});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const CauseLine& a, const CauseLine& b) { return a.summary.total > b.summary.total; });
  return lines;
}

// --- text ----------------------------------------------------------------------------------------------------------

/// Pieces joined by ", " behind `indent` spaces, in lines of at most kColumns.
std::string wrapped(const std::vector<std::string>& pieces, std::size_t indent) {
  std::string out, line(indent, ' ');
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string piece = pieces[i] + (i + 1 < pieces.size() ? "," : "");
    if (line.size() > indent && line.size() + 1 + piece.size() > kColumns) {
      out += line + '\n';
      line.assign(indent, ' ');
    }
    if (line.size() > indent) line += ' ';
    line += piece;
  }
  return line.size() > indent ? out + line + '\n' : out;
}

/// A name in a column of `width`, or on a line of its own when it is longer.
std::string in_column(const std::string& name, std::size_t width) {
  if (name.size() <= width) return fmt::format("{:<{}}", name, width);
  return fmt::format("{}\n{:<{}}", name, "", width);
}

/// Mean cycles a trip by phase, largest first.
std::vector<std::string> phase_means(const Exit& exit, const std::vector<std::string>& names) {
  std::vector<std::pair<u64, u16>> sorted;
  for (const auto& [phase, cycles] : exit.phases) sorted.emplace_back(cycles, phase);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> pieces;
  for (const auto& [cycles, phase] : sorted) pieces.push_back(fmt::format("{} {}", names[phase], mean(cycles, exit.cycles.size())));
  return pieces;
}

std::string rows_text(const WorldSwitchProfile& profile) {
  if (profile.rows().empty()) return {};
  std::string out = fmt::format("Micro-operations, cycles between the guest's markers; median instructions: all, host's, Hyp's\n"
                                "{:<30} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
                                "row", "count", "min", "median", "p99", "max", "insns", "host", "hyp");
  for (const auto& [id, row] : profile.rows()) {
    const Summary s = summarise(row.cycles);
    out += fmt::format("{} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", in_column(row.name, 30), s.count, s.min, s.median,
                       s.p99, s.max, summarise(row.insns).median, summarise(row.host_insns).median, summarise(row.hyp_insns).median);
  }
  return out + '\n';
}

constexpr std::size_t kCauseWidth = 54;

std::string numbers(const Summary& s, u64 all_cycles) {
  return fmt::format("{:>8} {:>9} {:>9} {:>9} {:>10} {:>6.2f}%\n", s.count, s.min, s.median, s.p99, s.max, percent(s.total, all_cycles));
}

std::string trips_text(const WorldSwitchProfile& profile) {
  std::string out = fmt::format("Round trips: out of a guest and back into one, cycles; below, means of the legs and phases\n"
                                "{:<{}} {:>8} {:>9} {:>9} {:>9} {:>10} {:>7}\n",
                                "cause", kCauseWidth, "count", "min", "median", "p99", "max", "share");
  const std::vector<CauseLine> lines = sorted_causes(profile);
  if (lines.empty()) return "Round trips: none; no guest (Non-secure PL1/PL0 with HCR.VM=1) was left and entered again\n";
  for (const CauseLine& line : lines) {
    const u64 count = line.summary.count;
    out += in_column(label(line.cause), kCauseWidth) + ' ' + numbers(line.summary, profile.total_cycles());
    if (percent(line.summary.total, profile.total_cycles()) < kSmallPercent) continue;
    std::vector<std::string> legs;
    if (line.all.in_hyp_only == count) {
      legs.push_back("answered in Hyp");
    } else {
      legs.push_back(fmt::format("exit {} + host {} + entry {}", mean(line.all.exit_leg, count), mean(line.all.host, count),
                                 mean(line.all.entry_leg, count)));
      if (line.all.in_hyp_only != 0) legs.push_back(fmt::format("{} answered in Hyp", line.all.in_hyp_only));
    }
    if (line.all.vmid_changes != 0) legs.push_back(fmt::format("{} ended in another VM", line.all.vmid_changes));
    out += wrapped(legs, 4) + wrapped(phase_means(line.all, profile.phases().names()), 4);
    if (line.vms.size() > kMostVms) {
      out += fmt::format("    in {} VMs\n", line.vms.size());
    } else {
      for (const VmLine& vm : line.vms)
        out += fmt::format("{:<{}} {}", fmt::format("    VMID {}", vm.vmid), kCauseWidth, numbers(vm.summary, profile.total_cycles()));
    }
  }
  return out;
}

std::string visits_text(const WorldSwitchProfile& profile) {
  if (profile.hyp_visits().empty()) return {};
  std::string out = fmt::format("\nHyp visits: from entry into Hyp to leaving it, cycles\n{:<{}} {:>8} {:>9} {:>9} {:>9} {:>10} {:>7}\n",
                                "cause", kCauseWidth, "count", "min", "median", "p99", "max", "share");
  for (const auto& [cause, cycles] : profile.hyp_visits())
    out += in_column(label(cause), kCauseWidth) + ' ' + numbers(summarise(cycles), profile.total_cycles());
  return out;
}

/// Phases and resources of the whole run, side by side.
std::string totals_text(const WorldSwitchProfile& profile) {
  struct Entry {
    std::string name;
    u64 cycles;
  };
  std::vector<Entry> phases, resources;
  for (std::size_t i = 0; i < profile.phase_cycles().size(); ++i)
    if (profile.phase_cycles()[i] != 0) phases.push_back({profile.phases().names()[i], profile.phase_cycles()[i]});
  for (unsigned r = 0; r < kResources; ++r)
    if (profile.resource_cycles()[r] != 0)
      resources.push_back({resource_name(static_cast<Resource>(r)), profile.resource_cycles()[r]});
  const auto dearest_first = [](const Entry& a, const Entry& b) { return a.cycles > b.cycles; };
  std::stable_sort(phases.begin(), phases.end(), dearest_first);
  std::stable_sort(resources.begin(), resources.end(), dearest_first);

  std::string out = fmt::format("\nAll {} cycles\n{:<60}{}\n", profile.total_cycles(), "by phase", "by resource");
  const auto column = [&](const std::vector<Entry>& entries, std::size_t i) {
    if (i >= entries.size()) return std::string();
    return fmt::format("{:<30.30} {:>16} {:>6.2f}%", entries[i].name, entries[i].cycles, percent(entries[i].cycles, profile.total_cycles()));
  };
  for (std::size_t i = 0; i < std::max(phases.size(), resources.size()); ++i) {
    std::string line = fmt::format("{:<60}{}", column(phases, i), column(resources, i));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
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

  root["causes"] = ordered_json::array();
  root["round_trips"] = ordered_json::array();
  for (const CauseLine& line : sorted_causes(profile)) {
    ordered_json cause = {{"cause", label(line.cause)}, {"vmids", line.vms.size()}};
    add_exit(cause, line.all, line.summary, names);
    root["causes"].push_back(std::move(cause));
    for (const VmLine& vm : line.vms) {
      ordered_json trip = {{"cause", label(line.cause)}, {"vmid", vm.vmid}};
      add_exit(trip, *vm.exit, vm.summary, names);
      trip["vmid_after"] = ordered_json::object();
      for (const auto& [vmid, trips] : vm.exit->vmid_after) trip["vmid_after"][fmt::format("{}", vmid)] = trips;
      root["round_trips"].push_back(std::move(trip));
    }
  }
  root["unfinished_round_trips"] = profile.unfinished_trips();

  root["hyp_visits"] = ordered_json::array();
  for (const auto& [cause, cycles] : profile.hyp_visits())
    root["hyp_visits"].push_back({{"cause", label(cause)}, {"cycles", to_json(summarise(cycles))}});
  return root;
}

std::string to_text(const WorldSwitchProfile& profile) {
  return rows_text(profile) + trips_text(profile) + visits_text(profile) + totals_text(profile);
}

}  // namespace hypsim::profile
