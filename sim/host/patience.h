// SPDX-License-Identifier: Apache-2.0
// How long to wait for the host: a reader that takes nothing must not keep a run from its end.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>

namespace hypsim::host {

/// Whether the run is over for whoever waits for somebody or works long in the name of a guest: asked now and then, and
/// at least every tenth of a second while waiting. False where nobody has said when (GiveUpWhen).
bool giving_up();

/// While it lives, `when` answers giving_up(). One at a time.
class GiveUpWhen {
 public:
  explicit GiveUpWhen(std::function<bool()> when);
  ~GiveUpWhen();
  GiveUpWhen(const GiveUpWhen&) = delete;
  GiveUpWhen& operator=(const GiveUpWhen&) = delete;

 private:
  const std::function<bool()> when_;
};

/// Waits until `fd` is ready for `events` of poll(). False with errno, ECANCELED if giving_up() says so before.
bool wait_ready(int fd, short events);

/// As write(2), but while the other end takes nothing it waits no longer than wait_ready(). No flag of the descriptor
/// is touched, which others may share: what fits is written, in pieces that a pipe takes whole once it is ready.
ssize_t write_patiently(int fd, const void* data, std::size_t size);

}  // namespace hypsim::host
