// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/world_switch.h"

#include <fmt/format.h>

#include <algorithm>

namespace hypsim::profile {

namespace {

constexpr unsigned index(Resource r) { return static_cast<unsigned>(r); }

bool is_switch_mode(Mode m) { return m == Mode::Hyp || m == Mode::Monitor; }

World world_of(u16 phase) {
  switch (phase) {
    case kGuest: return World::Guest;
    case kHostKernel:
    case kHostUser: return World::Host;
    case kSecure: return World::Secure;
    case kIdle: return World::Idle;
    default: return World::Hyp;
  }
}

}  // namespace

void Exit::add(const Exit& other) {
  cycles.add(other.cycles);
  exit_leg += other.exit_leg;
  host += other.host;
  entry_leg += other.entry_leg;
  in_hyp_only += other.in_hyp_only;
  vmid_changes += other.vmid_changes;
  for (const auto& [vmid, trips] : other.vmid_after) vmid_after[vmid] += trips;
  profile::add(buckets, other.buckets);
  for (unsigned r = 0; r < kRefills; ++r) {
    tail.misses[r] += other.tail.misses[r];
    tail.cycles[r] += other.tail.cycles[r];
  }
}

WorldSwitchProfile::PerCore& WorldSwitchProfile::core(const Moment& m) {
  if (cores_.size() <= m.core) cores_.resize(m.core + 1u);
  return cores_[m.core];
}

/// Charges what has passed since the last event to `phase`, except for time asleep.
void WorldSwitchProfile::charge(PerCore& c, const Moment& m, u16 phase, CodeCount* code) {
  const u64 cycles = m.now.value - c.last_now;
  u64 charged = 0, idle = 0;
  for (unsigned r = 0; r < kResources; ++r) {
    const u64 d = (*m.stack)[r] - c.last_stack[r];
    if (d == 0) continue;
    const bool asleep = r == index(Resource::Idle);
    const u16 of = asleep ? u16{kIdle} : phase;
    if (asleep) idle = d;
    charged += d;
    c.run.add(of, r, d);
    if (c.in_trip) c.trip.add(of, r, d);
    if (c.in_region) c.region.add(of, r, d);
    if (code != nullptr) code->cycles[r] += d;
  }
  compare(cycles, charged);
  total_cycles_ += cycles;
  timeline_.spend(m.core, m.now.value, world_of(phase), charged - idle);
  timeline_.spend(m.core, m.now.value - (charged - idle), World::Idle, idle);
  c.last_now = m.now.value;
  c.last_stack = *m.stack;
  c.last_phase = phase;
}

void WorldSwitchProfile::end_leg(PerCore& c, u64 now, Leg of, Leg next) {
  c.legs[static_cast<unsigned>(of)] += now - c.leg_start;
  c.leg = next;
  c.leg_start = now;
}

void WorldSwitchProfile::begin_trip(PerCore& c, const Moment& m, const ExceptionEvent& e, u64 start) {
  finish_tail(c, m);
  c.in_trip = true;
  c.trip_key = {cause_of(e), m.vmid.value, m.core};
  c.trip_start = c.leg_start = start;
  c.leg = Leg::Exit;
  c.host_seen = false;
  c.legs[0] = c.legs[1] = c.legs[2] = 0;
  c.trip.clear();
}

/// What was missed since the last trip ended was missed because of it.
void WorldSwitchProfile::finish_tail(PerCore& c, const Moment& m) {
  if (!c.has_tail || m.tail == nullptr) return;
  c.has_tail = false;
  RefillTail& tail = exits_[c.tail_key].tail;
  for (unsigned r = 0; r < kRefills; ++r) {
    tail.misses[r] += m.tail->misses[r] - c.tail_from.misses[r];
    tail.cycles[r] += m.tail->cycles[r] - c.tail_from.cycles[r];
  }
}

/// The key under which a trip is kept.
WorldSwitchProfile::ExitKey WorldSwitchProfile::kept_key(const ExitKey& key) const {
  if (exits_.size() < kMostExits || exits_.contains(key)) return key;
  return {kOtherCause, u8{0}, std::get<2>(key)};
}

void WorldSwitchProfile::finish_trip(PerCore& c, const Moment& m) {
  // A trip that never reached the host has only an exit leg: its way back is the same visit.
  end_leg(c, m.now.value, c.leg, Leg::Exit);
  const ExitKey key = kept_key(c.trip_key);
  Exit& exit = exits_[key];
  exit.cycles.add(m.now.value - c.trip_start);
  exit.exit_leg += c.legs[0];
  exit.host += c.legs[1];
  exit.entry_leg += c.legs[2];
  if (!c.host_seen) ++exit.in_hyp_only;
  if (m.vmid.value != std::get<1>(c.trip_key)) ++exit.vmid_changes;
  ++exit.vmid_after[m.vmid.value];
  c.trip.add_to(exit.buckets, kOther, phase_room_);
  compare(m.now.value - c.trip_start, c.trip.total());
  timeline_.add({c.trip_start, m.now.value, c.legs[0], c.legs[1], std::get<0>(key), m.core, std::get<1>(c.trip_key),
                 m.vmid.value});
  c.in_trip = false;
  if (m.tail != nullptr) {
    c.has_tail = true;
    c.tail_key = key;
    c.tail_from = *m.tail;
  }
}

void WorldSwitchProfile::block(const Moment& m, const BlockEvent& e) {
  PerCore& c = core(m);
  if (c.in_region) {
    if (e.mode == Mode::Hyp) {
      c.region_hyp_insns += e.insns;
    } else if (!m.guest && e.security == Security::NonSecure) {
      c.region_host_insns += e.insns;
    }
  }
  CodeCount* code = nullptr;
  const bool hyp = e.mode == Mode::Hyp;
  if (counts_code_ && e.security == Security::NonSecure && (hyp || (!m.guest && e.mode != Mode::User))) {
    code = &code_.at(e.pc, hyp);
    ++code->entries;
    code->insns += e.insns;
  }
  charge(c, m, phases_.phase_of(e.pc, e.mode, e.security, m.guest), code);
}

void WorldSwitchProfile::exception(const Moment& m, const ExceptionEvent& e) {
  PerCore& c = core(m);
  // Only the entry itself is new: sleep, a failed fetch or a branch to itself since the last block belong to what was
  // left.
  const u64 entry = (*m.stack)[index(Resource::Exception)] - c.last_stack[index(Resource::Exception)];
  const u64 before = m.now.value - entry;
  if (before != c.last_now) {
    CycleStack until = *m.stack;
    until[index(Resource::Exception)] -= entry;
    Moment then = m;
    then.now = Cycles(before);
    then.stack = &until;
    charge(c, then, phases_.phase_of(e.return_address, e.from, e.from_security, e.from_guest));
  }
  if (e.from_guest && is_switch_mode(e.to) && !c.in_trip) {
    begin_trip(c, m, e, before);
  } else if (c.in_trip && e.to == Mode::Hyp && c.leg == Leg::Host) {
    end_leg(c, before, Leg::Host, Leg::Entry);
  }
  if (e.to == Mode::Hyp && e.from != Mode::Hyp) {
    c.in_visit = true;
    c.visit_cause = cause_of(e);
    c.visit_start = before;
  }
  charge(c, m, kExceptionEntry);
}

void WorldSwitchProfile::exception_return(const Moment& m, const ReturnEvent& e) {
  PerCore& c = core(m);
  charge(c, m, kExceptionReturn);
  const u64 now = m.now.value;
  if (c.in_visit && e.from == Mode::Hyp && e.to != Mode::Hyp) {
    c.in_visit = false;
    const bool kept = visits_.size() < kMostVisits || visits_.contains(c.visit_cause);
    visits_[kept ? c.visit_cause : kOtherCause].add(now - c.visit_start);
  }
  if (!c.in_trip || !is_switch_mode(e.from)) return;
  if (e.to_guest) {
    finish_trip(c, m);
  } else if (e.to != Mode::Hyp && e.to_security == Security::NonSecure) {
    // What looked like the way into a guest and came back to the host was a service of Hyp to the host.
    c.host_seen = true;
    end_leg(c, now, c.leg == Leg::Exit ? Leg::Exit : Leg::Host, Leg::Host);
  }
}

Row& WorldSwitchProfile::row(u32 id) {
  const bool kept = rows_.size() < kMostRows || rows_.contains(id);
  Row& row = rows_[kept ? id : kOtherRows];
  if (!row.name.empty()) return row;
  const auto named = row_names_.find(id);
  row.name = !kept ? "other" : named != row_names_.end() ? named->second : fmt::format("row {}", id);
  return row;
}

void WorldSwitchProfile::marker(const Moment& m, u32 option, u32 r12) {
  if (option != kBegin && option != kEnd) return;
  PerCore& c = core(m);
  // Markers stand in code of a guest or of the host: a switch ends before them.
  charge(c, m,
         m.guest                                                      ? u16{kGuest}
         : c.last_phase == kExceptionReturn || c.last_phase == kGuest ? u16{kHostKernel}
                                                                      : c.last_phase);
  if (option == kBegin) {
    c.region.clear();
    c.in_region = true;
    c.region_row = r12;
    c.region_start = m.now.value;
    c.region_insns = m.insns;
    c.region_host_insns = c.region_hyp_insns = 0;
  } else if (option == kEnd && c.in_region && c.region_row == r12) {
    c.in_region = false;
    Row& sums = row(r12);
    sums.cycles.add(m.now.value - c.region_start);
    sums.insns.add(m.insns - c.region_insns);
    sums.host_insns.add(c.region_host_insns);
    sums.hyp_insns.add(c.region_hyp_insns);
    c.region.add_to(sums.buckets, kOther, phase_room_);
    compare(m.now.value - c.region_start, c.region.total());
  }
}

void WorldSwitchProfile::finish(const Moment& m) {
  PerCore& c = core(m);
  charge(c, m, c.last_phase);
  finish_tail(c, m);
}

std::map<Cause, Exit> WorldSwitchProfile::causes() const {
  std::map<Cause, Exit> all;
  for (const auto& [key, exit] : exits_) all[std::get<0>(key)].add(exit);
  return all;
}

std::vector<Buckets> WorldSwitchProfile::core_buckets() const {
  std::vector<Buckets> all(cores_.size());
  for (std::size_t i = 0; i < cores_.size(); ++i) cores_[i].run.add_to(all[i]);
  return all;
}

Buckets WorldSwitchProfile::run_buckets() const {
  Buckets all;
  for (const PerCore& c : cores_) c.run.add_to(all);
  return all;
}

u64 WorldSwitchProfile::unfinished_trips() const {
  return static_cast<u64>(std::count_if(cores_.begin(), cores_.end(), [](const PerCore& c) { return c.in_trip; }));
}

}  // namespace hypsim::profile
