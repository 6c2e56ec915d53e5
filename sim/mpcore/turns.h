// SPDX-License-Identifier: Apache-2.0
// Several MPCores in one simulation. Each lets all others finish what they have to do at the current time before it
// goes on; what must not happen is that two wait for each other. So those that wait do so on one event, which is set
// aside when somebody asks what is left to be done.
#pragma once

#include <memory>
#include <systemc>

namespace hypsim {

class Turns {
 public:
  /// Those of this simulation.
  static std::shared_ptr<Turns> of_simulation();

  /// While one lives, the kernel knows nothing of MPCores that wait for their turn.
  class Aside {
   public:
    explicit Aside(Turns& turns);
    ~Aside();
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

   private:
    Turns& turns_;
  };

  /// An MPCore waits for this event, the next delta cycle; then it says so.
  const sc_core::sc_event& wait_for_turn();
  void turn_came() { --waiting_; }
  bool others_wait() const { return waiting_ != 0; }

  /// MPCores that run, for the question whether one is the last.
  void join() { ++running_; }
  void leave() { --running_; }
  bool others_run() const { return running_ != 0; }

 private:
  sc_core::sc_event turn_;
  unsigned waiting_ = 0, running_ = 0;
};

}  // namespace hypsim
