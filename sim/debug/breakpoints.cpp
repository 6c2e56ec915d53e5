// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/breakpoints.h"

#include <fmt/format.h>

#include <algorithm>

namespace hypsim::debug {

namespace {

/// Whether two ranges share a byte; either may end at the top of the address space.
bool overlap(u32 a, u32 a_size, u32 b, u32 b_size) { return a - b < b_size || b - a < a_size; }

bool wants(PointKind kind, bool write) {
  return kind == PointKind::Access || kind == (write ? PointKind::Write : PointKind::Read);
}

}  // namespace

bool Scope::holds(const Core& core) const {
  if (regime && core.regime() != *regime) return false;
  if (!vmid) return true;
  const CpuState& state = core.state();
  return state.security() == Security::NonSecure && bit(state.sys.hcr, hcr::VM) &&
         static_cast<u8>(state.sys.vttbr >> 48) == vmid->value;
}

std::string Scope::text() const {
  std::string text = !regime                         ? "any"
                     : *regime == Regime::Hyp        ? "hyp"
                     : *regime == Regime::Pl10Secure ? "secure"
                                                     : "pl1";
  if (vmid) text += fmt::format(" vmid {}", vmid->value);
  return text;
}

bool Breakpoints::add(const Point& point) {
  if (std::find(points_.begin(), points_.end(), point) != points_.end()) return true;
  if (points_.size() == kMost) return false;
  points_.push_back(point);
  return true;
}

void Breakpoints::remove(const Point& point) { std::erase(points_, point); }

void Breakpoints::clear() {
  points_.clear();
  scopes_.clear();
  default_scope_ = {};
}

bool Breakpoints::set_scope(std::optional<u32> address, const Scope& scope) {
  const bool any = !scope.regime && !scope.vmid;
  if (!address) {
    default_scope_ = scope;
  } else if (any) {
    scopes_.erase(*address);
  } else if (scopes_.size() < kMost || scopes_.contains(*address)) {
    scopes_[*address] = scope;
  } else {
    return false;
  }
  return true;
}

std::string Breakpoints::describe_scopes() const {
  std::string text = fmt::format("all: {}\n", default_scope_.text());
  for (const auto& [address, scope] : scopes_) text += fmt::format("{:#010x}: {}\n", address, scope.text());
  return text;
}

const Scope& Breakpoints::scope_of(u32 address) const {
  const auto it = scopes_.find(address);
  return it == scopes_.end() ? default_scope_ : it->second;
}

bool Breakpoints::any_breakpoint_in(u32 va, u32 bytes) const {
  return std::any_of(points_.begin(), points_.end(),
                     [&](const Point& p) { return !p.is_watchpoint() && p.address - va < bytes; });
}

bool Breakpoints::any_watchpoint_in_page(u32 va) const {
  return std::any_of(points_.begin(), points_.end(), [&](const Point& p) {
    return p.is_watchpoint() && overlap(p.address, p.length, va & ~kPageMask, kPageSize);
  });
}

const Point* Breakpoints::breakpoint_at(const Core& core, u32 pc) const {
  for (const Point& p : points_)
    if (!p.is_watchpoint() && p.address == pc && scope_of(p.address).holds(core)) return &p;
  return nullptr;
}

const Point* Breakpoints::watchpoint_at(const Core& core, u32 va, unsigned size, bool write) const {
  for (const Point& p : points_)
    if (p.is_watchpoint() && wants(p.kind, write) && overlap(p.address, p.length, va, size) &&
        scope_of(p.address).holds(core))
      return &p;
  return nullptr;
}

}  // namespace hypsim::debug
