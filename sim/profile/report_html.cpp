// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/report_html.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace hypsim::profile {

const char* html_page_text();
const char* html_style_text();
const char* html_script_text();

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostPhases = 24;  // of one entry; the others are summed
constexpr std::size_t kMostRoundTrips = 600;
constexpr std::size_t kMostCauses = 80;

/// The small phases of an entry become one, so that a profile by symbol stays readable and small.
void fold_phases(ordered_json& entry) {
  ordered_json& phases = entry["phases"];
  if (phases.size() <= kMostPhases) return;
  std::vector<std::pair<u64, std::string>> order;
  for (const auto& [name, cycles] : phases.items()) order.emplace_back(cycles.get<u64>(), name);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  u64 rest = 0;
  ordered_json other = ordered_json::object();
  for (std::size_t i = kMostPhases - 1; i < order.size(); ++i) {
    rest += order[i].first;
    phases.erase(order[i].second);
    if (!entry.contains("buckets")) continue;
    for (const auto& [resource, cycles] : entry["buckets"][order[i].second].items())
      other[resource] = other.value(resource, u64{0}) + cycles.get<u64>();
    entry["buckets"].erase(order[i].second);
  }
  phases["other phases"] = rest;
  if (entry.contains("buckets")) entry["buckets"]["other phases"] = other;
}

ordered_json bounded(ordered_json report) {
  ordered_json& p = report["profile"];
  p.erase("hyp_visits");
  p.erase("cores");
  fold_phases(p);
  p.erase("buckets");
  for (ordered_json& row : p["rows"]) {
    fold_phases(row);
    row.erase("buckets");
  }
  ordered_json& causes = p["causes"];
  if (causes.size() > kMostCauses) causes.erase(causes.begin() + kMostCauses, causes.end());
  for (ordered_json& cause : causes) fold_phases(cause);
  ordered_json& trips = p["round_trips"];
  if (trips.size() > kMostRoundTrips) trips.erase(trips.begin() + kMostRoundTrips, trips.end());
  for (ordered_json& trip : trips) {
    trip.erase("buckets");
    trip.erase("vmid_after");
    fold_phases(trip);
  }
  return report;
}

ordered_json timeline_json(const WorldSwitchProfile& profile) {
  const Timeline& timeline = profile.timeline();
  std::map<Cause, std::size_t> numbers;
  ordered_json root = {{"bin_width", timeline.bin_width()},
                       {"stride", timeline.stride()},
                       {"worlds", {"guest", "host", "hyp", "secure", "idle"}}};
  root["causes"] = ordered_json::array();
  const auto number = [&](Cause cause) {
    const auto [at, added] = numbers.emplace(cause, numbers.size());
    if (added) root["causes"].push_back(label(cause));
    return at->second;
  };
  ordered_json bins = ordered_json::array();
  for (const auto& core : timeline.bins()) {
    ordered_json list = ordered_json::array();
    for (const Timeline::Bin& bin : core) {
      ordered_json shares = ordered_json::array();
      for (const auto& [cause, share] : bin.trips) shares.push_back({number(cause), share.trips});
      list.push_back({{"c", bin.cycles}, {"t", std::move(shares)}});
    }
    bins.push_back(std::move(list));
  }
  root["bins"] = std::move(bins);
  const auto list = [&](const std::vector<Trip>& trips) {
    ordered_json all = ordered_json::array();
    for (const Trip& t : trips)
      all.push_back({t.start, t.end - t.start, t.exit_leg, t.host, t.core, t.vmid, t.vmid_after, number(t.cause)});
    return all;
  };
  root["trips"] = list(timeline.trips());
  root["slowest"] = list(timeline.slowest());
  return root;
}

/// `text` with the first occurrence of `mark` replaced.
void put(std::string& text, const std::string& mark, const std::string& value) {
  text.replace(text.find(mark), mark.size(), value);
}

}  // namespace

std::string to_html(const ordered_json& report, const WorldSwitchProfile& profile, const ordered_json& listing) {
  const ordered_json data = {{"report", bounded(report)}, {"timeline", timeline_json(profile)}, {"listing", listing}};
  std::string text = data.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  // Inside a script element only "<" could end it: names come from the guest's image.
  for (std::size_t at = text.find('<'); at != text.npos; at = text.find('<', at)) text.replace(at, 1, "\\u003c");
  std::string page = html_page_text();
  put(page, "@SCRIPT@", html_script_text());
  put(page, "@STYLE@", html_style_text());
  put(page, "@DATA@", text);
  return page;
}

}  // namespace hypsim::profile
