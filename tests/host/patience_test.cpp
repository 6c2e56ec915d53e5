// SPDX-License-Identifier: Apache-2.0
#include "sim/host/patience.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "sim/host/io.h"

namespace hypsim::host {
namespace {

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { EXPECT_EQ(::pipe(ends), 0); }
  ~Pipe() {
    for (const int end : ends) ::close(end);
  }
  int reader() const { return ends[0]; }
  int writer() const { return ends[1]; }
};

TEST(Patience, NobodyGivesUpWithoutBeingTold) {
  EXPECT_FALSE(giving_up());
  {
    const GiveUpWhen told([] { return true; });
    EXPECT_TRUE(giving_up());
  }
  EXPECT_FALSE(giving_up());
}

TEST(Patience, AWriteThatNobodyReadsIsGivenUp) {
  const Pipe pipe;
  const std::string more(1 << 20, 'x');  // than any pipe holds
  unsigned asked = 0;
  const GiveUpWhen told([&asked] { return ++asked > 20; });
  EXPECT_FALSE(write_all(pipe.writer(), more.data(), more.size()));
  EXPECT_EQ(errno, ECANCELED);
  EXPECT_EQ(fcntl(pipe.writer(), F_GETFL) & O_NONBLOCK, 0) << "others share the description";
  char first[4] = {};
  EXPECT_EQ(read_all(pipe.reader(), first, sizeof first), 4) << "what fitted is there";
}

TEST(Patience, WhatFitsIsWrittenEvenThen) {
  const Pipe pipe;
  const GiveUpWhen told([] { return true; });
  EXPECT_TRUE(write_all(pipe.writer(), "end\n", 4));
  char text[4] = {};
  EXPECT_EQ(read_all(pipe.reader(), text, sizeof text), 4);
  EXPECT_EQ(std::string(text, 4), "end\n");
}

TEST(Patience, WaitsForWhoeverMayStillCome) {
  const Pipe pipe;
  unsigned asked = 0;
  // The answer comes while it waits.
  const GiveUpWhen told([&] {
    if (++asked == 2) {
      EXPECT_EQ(::write(pipe.writer(), "x", 1), 1);
    }
    return false;
  });
  EXPECT_TRUE(wait_ready(pipe.reader(), POLLIN));
  EXPECT_GE(asked, 2u);
}

TEST(Patience, AReaderThatLeftIsAnErrorOfTheWrite) {
  Pipe pipe;
  ::close(pipe.ends[0]);
  pipe.ends[0] = -1;
  std::signal(SIGPIPE, SIG_IGN);
  EXPECT_FALSE(write_all(pipe.writer(), "x", 1));
  EXPECT_EQ(errno, EPIPE);
}

}  // namespace
}  // namespace hypsim::host
