// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/disasm/disassembler.h"
#include "sim/profile/buckets.h"
#include "sim/text/printable.h"

namespace hypsim::profile {

namespace {

using nlohmann::ordered_json;

struct Spent {
  u64 entries = 0, runs = 0;
  CycleStack cycles{};
};

struct FunctionCost {
  const CodeImage::Function* function = nullptr;
  u32 end = 0;
  CycleStack cycles{};
};

const CodeImage::Range* range_of(const CodeImage& image, u32 address) {
  const auto behind = std::upper_bound(image.ranges.begin(), image.ranges.end(), address,
                                       [](u32 a, const CodeImage::Range& r) { return a < r.address; });
  if (behind == image.ranges.begin()) return nullptr;
  const CodeImage::Range& range = *std::prev(behind);
  return address - range.address < range.bytes.size() ? &range : nullptr;
}

const CodeImage::Function* function_of(const CodeImage& image, u32 address) {
  const auto behind = std::upper_bound(image.functions.begin(), image.functions.end(), address,
                                       [](u32 a, const CodeImage::Function& f) { return a < f.address; });
  return behind == image.functions.begin() || address >= std::prev(behind)->end ? nullptr : &*std::prev(behind);
}

ordered_json dearest(const CycleStack& cycles) {
  std::vector<unsigned> order;
  for (unsigned r = 0; r < kResources; ++r)
    if (cycles[r] != 0) order.push_back(r);
  std::stable_sort(order.begin(), order.end(), [&](unsigned a, unsigned b) { return cycles[a] > cycles[b]; });
  if (order.size() > 2) order.resize(2);
  ordered_json list = ordered_json::array();
  for (const unsigned r : order) list.push_back({resource_name(static_cast<Resource>(r)), cycles[r]});
  return list;
}

}  // namespace

ordered_json make_listing(const CodeCounts& counts, const CodeImage& image) {
  std::map<u32, Spent> spent;
  std::map<u32, FunctionCost> functions;  // by address
  u64 unknown = 0;
  for (const auto& [place, count] : counts.all()) {
    const CodeImage::Range* range = range_of(image, place.pc);
    const CodeImage::Function* function = range != nullptr ? function_of(image, place.pc) : nullptr;
    if (function == nullptr || range_of(image, function->address) != range) {
      unknown += sum(count.cycles);
      continue;
    }
    FunctionCost& cost = functions[function->address];
    cost.function = function;
    const auto next = function + 1;
    cost.end = static_cast<u32>(
        std::min({u64{range->address} + range->bytes.size(), function->end,
                  u64{next < image.functions.data() + image.functions.size() ? next->address : ~u32{0}}}));
    Spent& at = spent[place.pc];
    at.entries += count.entries;
    for (unsigned r = 0; r < kResources; ++r) {
      cost.cycles[r] += count.cycles[r];
      at.cycles[r] += count.cycles[r];
    }
    // A block's instructions stand one behind the other. The last of one that was sometimes left early counts in full.
    u32 pc = place.pc;
    const u64 each = count.entries == 0 ? 0 : (count.insns + count.entries - 1) / count.entries;
    for (u64 i = 0; i < each && range_of(image, pc) == range && pc + 1 - range->address < range->bytes.size(); ++i) {
      spent[pc].runs += count.entries;
      const u8* code = &range->bytes[pc - range->address];
      const bool wide = !function->thumb || (code[0] | code[1] << 8) >= 0xE800;
      pc += wide ? 4 : 2;
    }
  }

  std::vector<const FunctionCost*> order;
  order.reserve(functions.size());
  for (const auto& [address, cost] : functions) order.push_back(&cost);
  std::stable_sort(order.begin(), order.end(),
                   [](const FunctionCost* a, const FunctionCost* b) { return sum(a->cycles) > sum(b->cycles); });

  const disasm::Disassembler disassembler;
  ordered_json root = {{"functions", ordered_json::array()}};
  std::size_t listed = 0, shown = 0;
  u64 left_out = 0;
  for (const FunctionCost* cost : order) {
    const CodeImage::Range* range = range_of(image, cost->function->address);
    const u32 step = cost->function->thumb ? 2 : 4;
    if (listed + (cost->end - cost->function->address) / step > kMostListedInsns) {
      left_out += sum(cost->cycles);
      continue;
    }
    ordered_json entry = {
        {"name", cost->function->name}, {"cycles", sum(cost->cycles)}, {"resources", ordered_json::object()}};
    for (unsigned r = 0; r < kResources; ++r)
      if (cost->cycles[r] != 0) entry["resources"][resource_name(static_cast<Resource>(r))] = cost->cycles[r];
    ordered_json insns = ordered_json::array();
    for (u64 next = cost->function->address; next + step <= cost->end;) {
      const u32 pc = static_cast<u32>(next), offset = pc - range->address;
      const disasm::Line line =
          disassembler.at(pc, &range->bytes[offset], range->bytes.size() - offset, cost->function->thumb);
      const auto at = spent.find(pc);
      ordered_json insn = {fmt::format("{:08x}", pc), line.bytes, line.text};
      insn.push_back(at == spent.end() ? 0 : at->second.runs);
      insn.push_back(at == spent.end() ? 0 : sum(at->second.cycles));
      insn.push_back(at == spent.end() ? ordered_json::array() : dearest(at->second.cycles));
      const std::string source = image.line_of ? text::printable(image.line_of(pc)) : std::string();
      if (!source.empty()) insn.push_back(source);
      insns.push_back(std::move(insn));
      ++listed;
      next += line.length;
    }
    entry["insns"] = std::move(insns);
    root["functions"].push_back(std::move(entry));
    ++shown;
  }
  std::string note;
  if (image.ranges.empty() || image.functions.empty()) note = "The image has no symbols: there is nothing to list.";
  if (shown < order.size())
    note = fmt::format("{} functions with {} cycles are left out.", order.size() - shown, left_out);
  if (unknown != 0)
    note += fmt::format("{}{} cycles went to code without a symbol in the image.", note.empty() ? "" : " ", unknown);
  if (const u64 other = sum(counts.other().cycles); other != 0)
    note += fmt::format("{}{} cycles went to code beyond the first {} blocks.", note.empty() ? "" : " ", other,
                        CodeCounts::kMostPlaces);
  root["note"] = note;
  return root;
}

}  // namespace hypsim::profile
