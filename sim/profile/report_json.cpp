// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/profile/lines.h"
#include "sim/profile/report.h"

namespace hypsim::profile {

namespace {

using nlohmann::ordered_json;
using Names = std::vector<std::string>;

ordered_json to_json(const Summary& s) {
  ordered_json object = {{"count", s.count}, {"min", s.min}, {"median", s.median},
                         {"p99", s.p99},     {"max", s.max}, {"total", s.total}};
  if (!s.exact) object["error"] = kSamplesError;
  return object;
}

ordered_json to_json(const CycleStack& stack) {
  ordered_json object = ordered_json::object();
  for (unsigned r = 0; r < kResources; ++r)
    if (stack[r] != 0) object[resource_name(static_cast<Resource>(r))] = stack[r];
  return object;
}

/// The buckets and their sums both ways.
void add_buckets(ordered_json& object, const Buckets& buckets, const Names& names) {
  object["phases"] = object["resources"] = object["buckets"] = ordered_json::object();
  for (const auto& [phase, stack] : buckets) {
    object["phases"][names[phase]] = sum(stack);
    object["buckets"][names[phase]] = to_json(stack);
  }
  object["resources"] = to_json(by_resource(buckets));
}

ordered_json to_json(const RefillTail& tail) {
  ordered_json object = ordered_json::object();
  for (unsigned r = 0; r < kRefills; ++r)
    object[refill_name(static_cast<Refill>(r))] = {{"misses", tail.misses[r]}, {"cycles", tail.cycles[r]}};
  return object;
}

/// What a round trip's cause has in common with its part of one VM and core.
void add_exit(ordered_json& object, const Exit& exit, const Summary& summary, const WorldSwitchProfile& profile) {
  object["cycles"] = to_json(summary);
  object["exit_leg"] = exit.exit_leg;
  object["host"] = exit.host;
  object["entry_leg"] = exit.entry_leg;
  object["in_hyp_only"] = exit.in_hyp_only;
  object["vmid_changes"] = exit.vmid_changes;
  if (profile.follows_refills()) object["refill_tail"] = to_json(exit.tail);
  add_buckets(object, exit.buckets, profile.phases().names());
}

ordered_json to_json(const std::vector<HistogramBin>& bins) {
  ordered_json list = ordered_json::array();
  for (const HistogramBin& bin : bins) list.push_back({{"from", bin.from}, {"to", bin.to}, {"count", bin.count}});
  return list;
}

}  // namespace

ordered_json to_json(const WorldSwitchProfile& profile) {
  const Names& names = profile.phases().names();
  ordered_json root;
  root["total_cycles"] = profile.total_cycles();
  root["unaccounted_cycles"] = profile.unaccounted_cycles();
  add_buckets(root, profile.run_buckets(), names);

  root["cores"] = ordered_json::array();
  const std::vector<Buckets> cores = profile.core_buckets();
  for (std::size_t i = 0; i < cores.size(); ++i) {
    ordered_json core = {{"core", i}, {"cycles", sum(cores[i])}};
    add_buckets(core, cores[i], names);
    root["cores"].push_back(std::move(core));
  }

  root["rows"] = ordered_json::array();
  for (const auto& [id, row] : profile.rows()) {
    ordered_json entry = {{"id", id},
                          {"name", row.name},
                          {"cycles", to_json(summarise(row.cycles))},
                          {"instructions", to_json(summarise(row.insns))},
                          {"host_instructions", to_json(summarise(row.host_insns))},
                          {"hyp_instructions", to_json(summarise(row.hyp_insns))}};
    add_buckets(entry, row.buckets, names);
    root["rows"].push_back(std::move(entry));
  }

  root["causes"] = ordered_json::array();
  root["round_trips"] = ordered_json::array();
  for (const CauseLine& line : sorted_causes(profile)) {
    ordered_json cause = {{"cause", label(line.cause)}, {"vmids", line.vmids}, {"cores", line.cores}};
    add_exit(cause, line.all, line.summary, profile);
    cause["histogram"] = to_json(histogram(line.all.cycles));
    root["causes"].push_back(std::move(cause));
    for (const VmLine& vm : line.vms) {
      ordered_json trip = {{"cause", label(line.cause)}, {"vmid", vm.vmid}, {"core", vm.core}};
      add_exit(trip, *vm.exit, vm.summary, profile);
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

}  // namespace hypsim::profile
