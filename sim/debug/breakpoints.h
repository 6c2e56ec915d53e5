// SPDX-License-Identifier: Apache-2.0
// Breakpoints and watchpoints by virtual address, each restricted to a regime or a VMID if the user says so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/cpu/core.h"

namespace hypsim::debug {

/// The numbers are those of the Z packets.
enum class PointKind : u8 { Software = 0, Hardware = 1, Write = 2, Read = 3, Access = 4 };

/// Where a point counts.
struct Scope {
  std::optional<Regime> regime;
  std::optional<Vmid> vmid;  ///< only while HCR.VM=1 and VTTBR holds this VMID: in that guest, or in Hyp on its behalf

  bool holds(const Core& core) const;
  std::string text() const;
};

struct Point {
  PointKind kind = PointKind::Software;
  u32 address = 0;
  u32 length = 0;  ///< bytes of a watchpoint, at least 1

  bool is_watchpoint() const { return kind >= PointKind::Write; }
  bool operator==(const Point&) const = default;
};

class Breakpoints {
 public:
  static constexpr std::size_t kMost = 1024;  ///< points, and as many scopes

  /// Adding one twice, or removing one that is not there, changes nothing. False if there are too many.
  bool add(const Point& point);
  void remove(const Point& point);
  void clear();
  bool empty() const { return points_.empty(); }

  /// Restricts all points at `address`, those to come too; without an address, all that have no scope of their own.
  /// False if there are too many.
  bool set_scope(std::optional<u32> address, const Scope& scope);
  std::string describe_scopes() const;

  bool any_breakpoint_in(u32 va, u32 bytes) const;
  bool any_watchpoint_in_page(u32 va) const;
  const Point* breakpoint_at(const Core& core, u32 pc) const;
  const Point* watchpoint_at(const Core& core, u32 va, unsigned size, bool write) const;

 private:
  const Scope& scope_of(u32 address) const;

  std::vector<Point> points_;
  std::map<u32, Scope> scopes_;
  Scope default_scope_;
};

}  // namespace hypsim::debug
