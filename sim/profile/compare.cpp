// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <unordered_map>

#include "sim/base/bits.h"
#include "sim/text/printable.h"

namespace hypsim::profile {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShownBuckets = 4;  // in the text

using Change = long long;

/// The schema keeps both below 2^62.
Change difference(u64 a, u64 b) { return static_cast<Change>(b) - static_cast<Change>(a); }

ordered_json pair(u64 a, u64 b) { return {{"a", a}, {"b", b}, {"change", difference(a, b)}}; }

using BucketKey = std::pair<std::string, std::string>;
std::map<BucketKey, u64> buckets_of(const ordered_json* entry) {
  std::map<BucketKey, u64> buckets;
  if (entry == nullptr) return buckets;
  for (const auto& [phase, stack] : (*entry)["buckets"].items())
    for (const auto& [resource, cycles] : stack.items()) buckets[{phase, resource}] = cycles;
  return buckets;
}

/// Buckets that changed, most first.
ordered_json bucket_changes(const ordered_json* a, const ordered_json* b) {
  const auto before = buckets_of(a), after = buckets_of(b);
  std::set<BucketKey> keys;
  for (const auto& [key, cycles] : before) keys.insert(key);
  for (const auto& [key, cycles] : after) keys.insert(key);
  const auto at = [](const auto& map, const BucketKey& key) { return map.contains(key) ? map.at(key) : u64{0}; };
  std::vector<std::pair<Change, BucketKey>> order;
  for (const BucketKey& key : keys)
    if (const Change d = difference(at(before, key), at(after, key)); d != 0) order.emplace_back(d, key);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& x, const auto& y) { return std::abs(x.first) > std::abs(y.first); });
  ordered_json list = ordered_json::array();
  for (const auto& [d, key] : order) {
    ordered_json bucket = {{"phase", key.first}, {"resource", key.second}};
    bucket.update(pair(at(before, key), at(after, key)));
    list.push_back(std::move(bucket));
  }
  return list;
}

ordered_json statistics_change(const ordered_json* a, const ordered_json* b) {
  ordered_json change = ordered_json::object();
  for (const char* key : {"count", "min", "median", "p99", "max", "total"})
    change[key] =
        pair(a == nullptr ? 0 : (*a)["cycles"][key].get<u64>(), b == nullptr ? 0 : (*b)["cycles"][key].get<u64>());
  return change;
}

/// Cycles of refills behind the trips, if the profile followed them.
u64 tail_cycles(const ordered_json* entry) {
  u64 cycles = 0;
  if (entry == nullptr || !entry->contains("refill_tail")) return 0;
  for (const auto& [kind, refill] : (*entry)["refill_tail"].items()) cycles += refill["cycles"].get<u64>();
  return cycles;
}

void add_list(std::vector<ordered_json>& changes, std::size_t& same, const char* kind, const char* key,
              const ordered_json& a, const ordered_json& b) {
  const auto by_name = [key](const ordered_json& list) {
    std::unordered_map<std::string_view, const ordered_json*> entries;
    for (const ordered_json& entry : list) entries.emplace(entry[key].get_ref<const std::string&>(), &entry);
    return entries;
  };
  const auto in_a = by_name(a), in_b = by_name(b);
  const auto find = [key](const auto& entries, const ordered_json& entry) {
    const auto found = entries.find(entry[key].get_ref<const std::string&>());
    return found == entries.end() ? nullptr : found->second;
  };
  const auto add = [&](const ordered_json* before, const ordered_json* after) {
    ordered_json change = {{"kind", kind}, {"name", (before != nullptr ? before : after)->at(key)}};
    change["in"] = before == nullptr ? "b" : after == nullptr ? "a" : "both";
    change["cycles"] = statistics_change(before, after);
    change["buckets"] = bucket_changes(before, after);
    const u64 tail_before = tail_cycles(before), tail_after = tail_cycles(after);
    if (tail_before != 0 || tail_after != 0) change["refill_tail"] = pair(tail_before, tail_after);
    const bool equal = tail_before == tail_after && before != nullptr && after != nullptr &&
                       (*before)["cycles"] == (*after)["cycles"] && change["buckets"].empty();
    if (equal)
      ++same;
    else
      changes.push_back(std::move(change));
  };
  for (const ordered_json& entry : a) add(&entry, find(in_b, entry));
  for (const ordered_json& entry : b)
    if (find(in_a, entry) == nullptr) add(nullptr, &entry);
}

ordered_json source(const ordered_json& report) {
  return {{"image", report["image"]}, {"platform", report["platform"]}, {"mode", report["mode"]}};
}

std::string signed_number(Change change) { return fmt::format("{:+}", change); }
std::string share(Change change, u64 before) {
  return before == 0 ? "new" : fmt::format("{:+.1f}%", 100 * static_cast<double>(change) / static_cast<double>(before));
}

}  // namespace

ordered_json compare(const ordered_json& a, const ordered_json& b) {
  const ordered_json &before = a["profile"], &after = b["profile"];
  ordered_json root = {{"a", source(a)}, {"b", source(b)}};
  root["run"] = {{"total_cycles", pair(before["total_cycles"], after["total_cycles"])},
                 {"buckets", bucket_changes(&before, &after)}};
  std::vector<ordered_json> changes;
  std::size_t same = 0;
  add_list(changes, same, "row", "name", before["rows"], after["rows"]);
  add_list(changes, same, "cause", "cause", before["causes"], after["causes"]);
  std::stable_sort(changes.begin(), changes.end(), [](const ordered_json& x, const ordered_json& y) {
    return std::abs(x["cycles"]["total"]["change"].get<Change>()) >
           std::abs(y["cycles"]["total"]["change"].get<Change>());
  });
  root["unchanged"] = same;
  root["changes"] = changes;
  return root;
}

std::string comparison_text(const ordered_json& comparison) {
  const ordered_json& total = comparison["run"]["total_cycles"];
  const Change change = total["change"];
  std::string out = fmt::format("Run: {} -> {} cycles, {} ({})\n", total["a"].get<u64>(), total["b"].get<u64>(),
                                signed_number(change), share(change, total["a"].get<u64>()));
  const auto buckets = [&](const ordered_json& list, std::size_t indent) {
    for (std::size_t i = 0; i < std::min(list.size(), kShownBuckets); ++i) {
      const ordered_json& bucket = list[i];
      out += fmt::format(
          "{:{}}{:<44} {:>14} -> {:<14} {:>12}\n", "", indent,
          text::printable(bucket["phase"].get<std::string>() + " / " + bucket["resource"].get<std::string>()),
          bucket["a"].get<u64>(), bucket["b"].get<u64>(), signed_number(bucket["change"].get<Change>()));
    }
    if (list.size() > kShownBuckets)
      out += fmt::format("{:{}}and {} more buckets\n", "", indent, list.size() - kShownBuckets);
  };
  buckets(comparison["run"]["buckets"], 4);
  const std::size_t same = comparison["unchanged"];
  if (comparison["changes"].empty()) return out + fmt::format("No row and no cause changed ({} compared).\n", same);
  out += fmt::format("\n{:<44} {:>15} {:>19} {:>23} {:>14}\n", "changed, most cycles first", "count", "median", "total",
                     "change");
  for (const ordered_json& entry : comparison["changes"]) {
    const ordered_json& cycles = entry["cycles"];
    const auto arrow = [&](const char* key) {
      const u64 x = cycles[key]["a"], y = cycles[key]["b"];
      return x == y ? fmt::format("{}", x) : fmt::format("{}->{}", x, y);
    };
    const std::string name =
        fmt::format("{} {}", entry["kind"].get<std::string>(), text::printable(entry["name"].get<std::string>()));
    out += name.size() > 44 ? fmt::format("{}\n{:<44}", name, "") : fmt::format("{:<44}", name);
    out += fmt::format(" {:>15} {:>19} {:>23} {:>14}\n", arrow("count"), arrow("median"), arrow("total"),
                       fmt::format("{}{}", signed_number(cycles["total"]["change"].get<Change>()),
                                   entry["in"] == "a"   ? " gone"
                                   : entry["in"] == "b" ? " new"
                                                        : ""));
    buckets(entry["buckets"], 4);
    if (entry.contains("refill_tail"))
      out += fmt::format("    {:<44} {:>14} -> {:<14} {:>12}\n", "refills in the guest afterwards",
                         entry["refill_tail"]["a"].get<u64>(), entry["refill_tail"]["b"].get<u64>(),
                         signed_number(entry["refill_tail"]["change"].get<Change>()));
  }
  if (same != 0) out += fmt::format("{} rows and causes are unchanged.\n", same);
  return out;
}

}  // namespace hypsim::profile
