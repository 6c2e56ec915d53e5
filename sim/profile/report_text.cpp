// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/profile/lines.h"
#include "sim/profile/report.h"

namespace hypsim::profile {

namespace {

constexpr std::size_t kColumns = 120;
constexpr std::size_t kMostPhases = 10;  // a cause names so many of its phases, the run three times as many
constexpr std::size_t kMostVms = 4;      // a cause with more VMs than this gets no line for each
constexpr double kSmallPercent = 0.1;    // a cause with a smaller share of the run gets a single line

double percent(u64 part, u64 whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}
u64 mean(u64 total, u64 count) { return count == 0 ? 0 : (total + count / 2) / count; }

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
  for (const auto& [phase, cycles] : by_phase(exit.buckets)) sorted.emplace_back(cycles, phase);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> pieces;
  u64 rest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [cycles, phase] = sorted[i];
    if (i < kMostPhases || sorted.size() == kMostPhases + 1)
      pieces.push_back(fmt::format("{} {}", names[phase], mean(cycles, exit.cycles.count())));
    else
      rest += cycles;
  }
  if (rest != 0)
    pieces.push_back(fmt::format("{} more {}", sorted.size() - kMostPhases, mean(rest, exit.cycles.count())));
  return pieces;
}

std::string rows_text(const WorldSwitchProfile& profile) {
  if (profile.rows().empty()) return {};
  std::string out = fmt::format(
      "Micro-operations, cycles between the guest's markers; median instructions: all, host's, Hyp's\n"
      "{:<30} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
      "row", "count", "min", "median", "p99", "max", "insns", "host", "hyp");
  for (const auto& [id, row] : profile.rows()) {
    const Summary s = summarise(row.cycles);
    out += fmt::format("{} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", in_column(row.name, 30), s.count, s.min,
                       s.median, s.p99, s.max, summarise(row.insns).median, summarise(row.host_insns).median,
                       summarise(row.hyp_insns).median);
  }
  return out + '\n';
}

constexpr std::size_t kCauseWidth = 54;

std::string numbers(const Summary& s, u64 all_cycles) {
  return fmt::format("{:>8} {:>9} {:>9} {:>9} {:>10} {:>6.2f}%\n", s.count, s.min, s.median, s.p99, s.max,
                     percent(s.total, all_cycles));
}

/// What follows a trip in the guest: refills by kind, misses and cycles a trip.
std::vector<std::string> tail_means(const RefillTail& tail, u64 trips) {
  std::vector<std::string> parts;
  u64 cycles = 0;
  for (unsigned r = 0; r < kRefills; ++r) {
    cycles += tail.cycles[r];
    if (tail.misses[r] != 0)
      parts.push_back(fmt::format("{} {:.1f} for {}", refill_name(static_cast<Refill>(r)),
                                  static_cast<double>(tail.misses[r]) / static_cast<double>(trips),
                                  mean(tail.cycles[r], trips)));
  }
  parts.insert(parts.begin(), fmt::format("refill tail {}", mean(cycles, trips)));
  return parts;
}

std::string trips_text(const WorldSwitchProfile& profile) {
  std::string out = fmt::format(
      "Round trips: out of a guest and back into one, cycles; below, means of the legs and phases\n"
      "{:<{}} {:>8} {:>9} {:>9} {:>9} {:>10} {:>7}\n",
      "cause", kCauseWidth, "count", "min", "median", "p99", "max", "share");
  const std::vector<CauseLine> lines = sorted_causes(profile);
  if (lines.empty())
    return "Round trips: none; no guest (Non-secure PL1/PL0 with HCR.VM=1) was left and entered again\n";
  const std::size_t cores = profile.core_buckets().size();
  for (const CauseLine& line : lines) {
    const u64 count = line.summary.count;
    out += in_column(label(line.cause), kCauseWidth) + ' ' + numbers(line.summary, profile.total_cycles());
    if (percent(line.summary.total, profile.total_cycles()) < kSmallPercent) continue;
    std::vector<std::string> legs;
    if (line.all.in_hyp_only == count) {
      legs.push_back("answered in Hyp");
    } else {
      legs.push_back(fmt::format("exit {} + host {} + entry {}", mean(line.all.exit_leg, count),
                                 mean(line.all.host, count), mean(line.all.entry_leg, count)));
      if (line.all.in_hyp_only != 0) legs.push_back(fmt::format("{} answered in Hyp", line.all.in_hyp_only));
    }
    if (line.all.vmid_changes != 0) legs.push_back(fmt::format("{} ended in another VM", line.all.vmid_changes));
    out += wrapped(legs, 4) + wrapped(phase_means(line.all, profile.phases().names()), 4);
    if (profile.follows_refills()) out += wrapped(tail_means(line.all.tail, count), 4);
    if (line.vms.size() > kMostVms) {
      out +=
          fmt::format("    in {} VMs{}\n", line.vmids, line.cores > 1 ? fmt::format(" on {} cores", line.cores) : "");
    } else {
      for (const VmLine& vm : line.vms) {
        const std::string where =
            fmt::format("    VMID {}{}", vm.vmid, cores > 1 ? fmt::format(", core {}", vm.core) : "");
        out += fmt::format("{:<{}} {}", where, kCauseWidth, numbers(vm.summary, profile.total_cycles()));
      }
    }
  }
  return out;
}

std::string visits_text(const WorldSwitchProfile& profile) {
  if (profile.hyp_visits().empty()) return {};
  std::string out = fmt::format(
      "\nHyp visits: from entry into Hyp to leaving it, cycles\n{:<{}} {:>8} {:>9} {:>9} {:>9} {:>10} {:>7}\n", "cause",
      kCauseWidth, "count", "min", "median", "p99", "max", "share");
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
  const Buckets run = profile.run_buckets();
  const CycleStack by_kind = by_resource(run);
  for (const auto& [phase, cycles] : by_phase(run)) phases.push_back({profile.phases().names()[phase], cycles});
  for (unsigned r = 0; r < kResources; ++r)
    if (by_kind[r] != 0) resources.push_back({resource_name(static_cast<Resource>(r)), by_kind[r]});
  const auto dearest_first = [](const Entry& a, const Entry& b) { return a.cycles > b.cycles; };
  std::stable_sort(phases.begin(), phases.end(), dearest_first);
  std::stable_sort(resources.begin(), resources.end(), dearest_first);
  if (constexpr std::size_t most = 3 * kMostPhases; phases.size() > most + 1) {
    Entry rest{fmt::format("{} more phases", phases.size() - most), 0};
    for (std::size_t i = most; i < phases.size(); ++i) rest.cycles += phases[i].cycles;
    phases.resize(most);
    phases.push_back(rest);
  }

  std::string out = fmt::format("\nAll {} cycles\n{:<60}{}\n", profile.total_cycles(), "by phase", "by resource");
  const auto column = [&](const std::vector<Entry>& entries, std::size_t i) {
    if (i >= entries.size()) return std::string();
    return fmt::format("{:<30.30} {:>16} {:>6.2f}%", entries[i].name, entries[i].cycles,
                       percent(entries[i].cycles, profile.total_cycles()));
  };
  for (std::size_t i = 0; i < std::max(phases.size(), resources.size()); ++i) {
    std::string line = fmt::format("{:<60}{}", column(phases, i), column(resources, i));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

/// What the numbers leave out, if they do.
std::string notes_text(const WorldSwitchProfile& profile) {
  const auto in_bins = [](const auto& list, auto samples_of) {
    return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return !samples_of(entry.second).exact(); });
  };
  std::string out;
  if (in_bins(profile.rows(), [](const Row& row) -> const Samples& { return row.cycles; }) ||
      in_bins(profile.rows(), [](const Row& row) -> const Samples& { return row.insns; }) ||
      in_bins(profile.exits(), [](const Exit& exit) -> const Samples& { return exit.cycles; }) ||
      in_bins(profile.hyp_visits(), [](const Samples& samples) -> const Samples& { return samples; }))
    out += fmt::format("\nMedians and 99th percentiles of more than {} different values are within {:.1f}%.\n",
                       Samples::kMostExact, 100 * kSamplesError);
  if (profile.rows().contains(WorldSwitchProfile::kOtherRows))
    out += fmt::format("\nRows beyond the first {} are one, \"other\".\n", WorldSwitchProfile::kMostRows);
  return out;
}

}  // namespace

std::string to_text(const WorldSwitchProfile& profile) {
  return rows_text(profile) + trips_text(profile) + visits_text(profile) + totals_text(profile) + notes_text(profile);
}

}  // namespace hypsim::profile
