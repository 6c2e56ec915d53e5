// SPDX-License-Identifier: Apache-2.0
// World-switch accounting. A Hyp visit runs from exception entry into Hyp to the return that leaves Hyp. A round trip
// runs from an exception taken out of a guest to the next return into any guest, split into exit leg (until Hyp is left
// for the host), host residence and entry leg. Every cycle of a run is charged to exactly one phase and one resource.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "sim/profile/cause.h"
#include "sim/profile/phase_map.h"
#include "sim/profile/statistics.h"

namespace hypsim::profile {

/// One measured region, bounded by the guest's markers DBG #1 and DBG #2 with the row id in R12.
struct Row {
  std::string name;
  std::vector<u32> cycles;
  std::vector<u32> insns;       ///< all instructions between the markers
  std::vector<u32> host_insns;  ///< those of the host: Non-secure PL1/PL0 with HCR.VM=0
  std::vector<u32> hyp_insns;
};

/// One kind of round trip of one VM.
struct Exit {
  std::vector<u32> cycles;
  u64 exit_leg = 0, host = 0, entry_leg = 0;
  u64 in_hyp_only = 0;               ///< trips that Hyp answered without the host
  u64 vmid_changes = 0;              ///< trips that ended in another VM
  std::map<u16, u64> phases;         ///< cycles by phase
  CycleStack resources{};
};

class WorldSwitchProfile final : public Observer {
 public:
  static constexpr u32 kBegin = 1, kEnd = 2;  ///< marker options

  explicit WorldSwitchProfile(PhaseMap phases) : phases_(std::move(phases)) {}
  /// Names a row id; unnamed ids are reported by number.
  void name_row(u32 id, std::string name) { row_names_[id] = std::move(name); }

  bool wants_blocks() const override { return true; }
  void exception(const Moment& m, const ExceptionEvent& e) override;
  void exception_return(const Moment& m, const ReturnEvent& e) override;
  void block(const Moment& m, const BlockEvent& e) override;
  void marker(const Moment& m, u32 option, u32 r12) override;
  /// The run is over on core m.core: the last cycles are charged.
  void finish(const Moment& m);

  using ExitKey = std::tuple<Cause, u8 /*vmid*/>;
  const std::map<ExitKey, Exit>& exits() const { return exits_; }
  const std::map<u32, Row>& rows() const { return rows_; }
  const std::map<Cause, std::vector<u32>>& hyp_visits() const { return visits_; }
  const PhaseMap& phases() const { return phases_; }
  /// Cycles of the whole run by phase, and by resource; both add up to total_cycles().
  const std::vector<u64>& phase_cycles() const { return phase_cycles_; }
  const CycleStack& resource_cycles() const { return resource_cycles_; }
  u64 total_cycles() const { return total_cycles_; }

 private:
  /// What is known of one core.
  struct PerCore {
    u64 last_now = 0, last_insns = 0;
    CycleStack last_stack{};
    // the Hyp visit under way
    bool in_visit = false;
    Cause visit_cause;
    u64 visit_start = 0;
    // the round trip under way
    bool in_trip = false;
    enum class Leg : u8 { Exit, Host, Entry } leg = Leg::Exit;
    bool host_seen = false;
    ExitKey trip_key{};
    u64 trip_start = 0, leg_start = 0;
    u64 legs[3]{};
    std::map<u16, u64> trip_phases;
    CycleStack trip_resources{};
    // the marked region under way
    bool in_region = false;
    u32 region_row = 0;
    u64 region_start = 0, region_insns = 0, region_host_insns = 0, region_hyp_insns = 0;
  };

  PerCore& core(const Moment& m);
  void charge(PerCore& c, const Moment& m, u16 phase);
  void add(PerCore& c, u16 phase, u64 cycles);
  void end_leg(PerCore& c, u64 now, PerCore::Leg next);

  PhaseMap phases_;
  std::map<u32, std::string> row_names_;
  std::vector<PerCore> cores_;
  std::map<ExitKey, Exit> exits_;
  std::map<Cause, std::vector<u32>> visits_;
  std::map<u32, Row> rows_;
  std::vector<u64> phase_cycles_;
  CycleStack resource_cycles_{};
  u64 total_cycles_ = 0;
};

}  // namespace hypsim::profile
