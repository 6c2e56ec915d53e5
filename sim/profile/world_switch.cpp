// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/world_switch.h"

#include <fmt/format.h>

namespace hypsim::profile {

WorldSwitchProfile::PerCore& WorldSwitchProfile::core(const Moment& m) {
  if (cores_.size() <= m.core) cores_.resize(m.core + 1u);
  return cores_[m.core];
}

/// Charges what has passed since the last event to `phase`, except for time asleep.
void WorldSwitchProfile::charge(PerCore& c, const Moment& m, u16 phase) {
  const u64 cycles = m.now.value - c.last_now;
  const u64 idle = (*m.stack)[static_cast<unsigned>(Resource::Idle)] - c.last_stack[static_cast<unsigned>(Resource::Idle)];
  add(c, phase, cycles - idle);
  add(c, kIdle, idle);
  for (unsigned r = 0; r < kResources; ++r) {
    const u64 d = (*m.stack)[r] - c.last_stack[r];
    resource_cycles_[r] += d;
    if (c.in_trip) c.trip_resources[r] += d;
  }
  c.last_now = m.now.value;
  c.last_insns = m.insns;
  c.last_stack = *m.stack;
}

void WorldSwitchProfile::add(PerCore& c, u16 phase, u64 cycles) {
  if (cycles == 0) return;
  if (phase_cycles_.size() <= phase) phase_cycles_.resize(phase + 1u);
  phase_cycles_[phase] += cycles;
  total_cycles_ += cycles;
  if (c.in_trip) c.trip_phases[phase] += cycles;
}

void WorldSwitchProfile::end_leg(PerCore& c, u64 now, PerCore::Leg next) {
  c.legs[static_cast<unsigned>(c.leg)] += now - c.leg_start;
  c.leg = next;
  c.leg_start = now;
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
  charge(c, m, phases_.phase_of(e.pc, e.mode, e.security, m.guest));
}

void WorldSwitchProfile::exception(const Moment& m, const ExceptionEvent& e) {
  PerCore& c = core(m);
  const u64 before = c.last_now;  // the entry itself belongs to the trip
  if (e.from_guest && e.to != Mode::User && (e.to == Mode::Hyp || e.to == Mode::Monitor) && !c.in_trip) {
    c.in_trip = true;
    c.trip_key = {cause_of(e), m.vmid.value};
    c.trip_start = c.leg_start = before;
    c.leg = PerCore::Leg::Exit;
    c.host_seen = false;
    c.legs[0] = c.legs[1] = c.legs[2] = 0;
    c.trip_phases.clear();
    c.trip_resources = {};
  } else if (c.in_trip && e.to == Mode::Hyp && c.leg == PerCore::Leg::Host) {
    end_leg(c, before, PerCore::Leg::Entry);
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
    visits_[c.visit_cause].push_back(static_cast<u32>(now - c.visit_start));
  }
  if (!c.in_trip) return;
  if (e.to_guest && (e.from == Mode::Hyp || e.from == Mode::Monitor)) {
    // A trip that never reached the host has only an exit leg until here: its way back is the same visit.
    end_leg(c, now, c.leg);
    Exit& exit = exits_[c.trip_key];
    exit.cycles.push_back(static_cast<u32>(now - c.trip_start));
    exit.exit_leg += c.legs[0];
    exit.host += c.legs[1];
    exit.entry_leg += c.legs[2];
    if (!c.host_seen) ++exit.in_hyp_only;
    if (m.vmid.value != std::get<1>(c.trip_key)) ++exit.vmid_changes;
    for (const auto& [phase, cycles] : c.trip_phases) exit.phases[phase] += cycles;
    for (unsigned r = 0; r < kResources; ++r) exit.resources[r] += c.trip_resources[r];
    c.in_trip = false;
  } else if (e.from == Mode::Hyp && e.to != Mode::Hyp) {
    c.host_seen = true;
    end_leg(c, now, PerCore::Leg::Host);
  }
}

void WorldSwitchProfile::marker(const Moment& m, u32 option, u32 r12) {
  PerCore& c = core(m);
  if (option == kBegin) {
    c.in_region = true;
    c.region_row = r12;
    c.region_start = m.now.value;
    c.region_insns = m.insns;
    c.region_host_insns = c.region_hyp_insns = 0;
  } else if (option == kEnd && c.in_region && c.region_row == r12) {
    c.in_region = false;
    Row& row = rows_[r12];
    if (row.name.empty()) row.name = row_names_.contains(r12) ? row_names_[r12] : fmt::format("row {}", r12);
    row.cycles.push_back(static_cast<u32>(m.now.value - c.region_start));
    row.insns.push_back(static_cast<u32>(m.insns - c.region_insns));
    row.host_insns.push_back(static_cast<u32>(c.region_host_insns));
    row.hyp_insns.push_back(static_cast<u32>(c.region_hyp_insns));
  }
}

void WorldSwitchProfile::finish(const Moment& m) {
  PerCore& c = core(m);
  charge(c, m, m.guest ? kGuest : kIdle);
}

}  // namespace hypsim::profile
