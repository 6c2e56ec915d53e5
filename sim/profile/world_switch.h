// SPDX-License-Identifier: Apache-2.0
// World-switch accounting. A Hyp visit runs from exception entry into Hyp to the return that leaves Hyp. A round trip
// runs from an exception taken out of a guest to the next return into any guest, split into exit leg (until Hyp is left
// for the host), host residence (with the Hyp visits that came back to the host) and entry leg. Every cycle of a run is
// charged to exactly one bucket, which is a phase and a resource.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "sim/profile/buckets.h"
#include "sim/profile/cause.h"
#include "sim/profile/code.h"
#include "sim/profile/phase_map.h"
#include "sim/profile/statistics.h"
#include "sim/profile/timeline.h"

namespace hypsim::profile {

/// One measured region, bounded by the guest's markers DBG #1 and DBG #2 with the row id in R12.
struct Row {
  std::string name;
  Samples cycles;
  Samples insns;       ///< all instructions between the markers
  Samples host_insns;  ///< those of the host: Non-secure PL1/PL0 with HCR.VM=0
  Samples hyp_insns;
  Buckets buckets;  ///< they add up to the sum of `cycles`
};

/// One kind of round trip, of one VM and core or of several.
struct Exit {
  Samples cycles;
  u64 exit_leg = 0, host = 0, entry_leg = 0;  ///< cycles; they add up to the sum of `cycles`
  u64 in_hyp_only = 0;                        ///< trips that Hyp answered without the host
  u64 vmid_changes = 0;                       ///< trips that ended in another VM
  std::map<u8, u64> vmid_after;               ///< trips by the VMID they ended in
  Buckets buckets;                            ///< cycles by phase and resource; they add up to the sum of `cycles`
  RefillTail tail;                            ///< refills behind these trips, each up to the core's next trip

  void add(const Exit& other);
};

/// What a guest can name without end is kept apart up to a number, and summed up beyond it; docs/security.md.
class WorldSwitchProfile final : public Observer {
 public:
  using RowId = u64;                                 ///< R12 at the markers, or kOtherRows
  static constexpr RowId kOtherRows = u64{1} << 32;  ///< all rows beyond the first kMostRows
  static constexpr std::size_t kMostRows = 512;
  static constexpr std::size_t kMostExits = 2048;      ///< by cause, VMID and core; then kOtherCause, VMID 0, by core
  static constexpr std::size_t kMostVisits = 512;      ///< by cause; then kOtherCause
  static constexpr std::size_t kMostPhases = 1 << 17;  ///< of all rows and exits; then kOther

  static constexpr u32 kBegin = 1, kEnd = 2;  ///< marker options

  explicit WorldSwitchProfile(PhaseMap phases) : phases_(std::move(phases)) {}
  /// Names a row id; unnamed ids are reported by number.
  void name_row(u32 id, std::string name) { row_names_[id] = std::move(name); }

  /// Also counts the code of Hyp and host, block by block, for the annotated listing. Before the run.
  void count_code() { counts_code_ = true; }

  /// Also counts what guests miss because of each trip. Before the run; the core then keeps what was there before.
  void follow_refills() { follows_refills_ = true; }
  bool follows_refills() const { return follows_refills_; }

  bool wants_blocks() const override { return true; }
  bool wants_refill_tail() const override { return follows_refills_; }
  void exception(const Moment& m, const ExceptionEvent& e) override;
  void exception_return(const Moment& m, const ReturnEvent& e) override;
  void block(const Moment& m, const BlockEvent& e) override;
  void marker(const Moment& m, u32 option, u32 r12) override;
  /// The run is over on core m.core: the last cycles are charged to the phase it was in.
  void finish(const Moment& m);

  using ExitKey = std::tuple<Cause, u8 /*vmid*/, u8 /*core*/>;
  const std::map<ExitKey, Exit>& exits() const { return exits_; }
  const std::map<RowId, Row>& rows() const { return rows_; }
  /// The same by cause alone, all VMs and cores together.
  std::map<Cause, Exit> causes() const;
  /// Trips that the end of the run cut off; they are in no other list, but their cycles are in the totals.
  u64 unfinished_trips() const;
  const std::map<Cause, Samples>& hyp_visits() const { return visits_; }
  const PhaseMap& phases() const { return phases_; }
  /// Cycles of the whole run, by core; they add up to total_cycles().
  std::vector<Buckets> core_buckets() const;
  Buckets run_buckets() const;
  u64 total_cycles() const { return total_cycles_; }
  /// Cycles by which a bucket sum differs from a clock: of the run, of a round trip or of a row. Always 0; a test says
  /// so.
  u64 unaccounted_cycles() const { return unaccounted_; }
  const Timeline& timeline() const { return timeline_; }
  const CodeCounts& code() const { return code_; }

 private:
  enum class Leg : u8 { Exit, Host, Entry };

  /// What is known of one core.
  struct PerCore {
    u64 last_now = 0;
    CycleStack last_stack{};
    u16 last_phase = kSecure;  // where reset puts it
    // the Hyp visit under way
    bool in_visit = false;
    Cause visit_cause;
    u64 visit_start = 0;
    // the round trip under way
    bool in_trip = false;
    Leg leg = Leg::Exit;
    bool host_seen = false;
    ExitKey trip_key{};
    u64 trip_start = 0, leg_start = 0;
    u64 legs[3]{};
    Tally trip;
    // the last round trip, to which refills are charged until the next
    bool has_tail = false;
    ExitKey tail_key{};
    RefillTail tail_from{};
    // the marked region under way
    bool in_region = false;
    u32 region_row = 0;
    u64 region_start = 0, region_insns = 0, region_host_insns = 0, region_hyp_insns = 0;
    Tally region;
    Tally run;
  };

  PerCore& core(const Moment& m);
  void charge(PerCore& c, const Moment& m, u16 phase, CodeCount* code = nullptr);
  void compare(u64 clock, u64 buckets) { unaccounted_ += clock > buckets ? clock - buckets : buckets - clock; }
  void begin_trip(PerCore& c, const Moment& m, const ExceptionEvent& e, u64 start);
  void finish_trip(PerCore& c, const Moment& m);
  void finish_tail(PerCore& c, const Moment& m);
  ExitKey kept_key(const ExitKey& key) const;
  Row& row(u32 id);
  /// The cycles since the last change of leg belong to `of`; the next ones belong to `next` until known better.
  void end_leg(PerCore& c, u64 now, Leg of, Leg next);

  PhaseMap phases_;
  std::map<u32, std::string> row_names_;
  std::vector<PerCore> cores_;
  std::map<ExitKey, Exit> exits_;
  std::map<Cause, Samples> visits_;
  std::map<RowId, Row> rows_;
  std::size_t phase_room_ = kMostPhases;
  u64 total_cycles_ = 0, unaccounted_ = 0;
  Timeline timeline_;
  CodeCounts code_;
  bool counts_code_ = false, follows_refills_ = false;
};

}  // namespace hypsim::profile
