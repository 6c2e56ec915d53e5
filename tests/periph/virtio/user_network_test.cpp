// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/user_network.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace hypsim::virtio {
namespace {

using std::chrono::milliseconds;

// An ARP request for the gateway, answered by libslirp without the host.
std::string who_has(u8 last) {
  const std::string mac("\x52\x54\x00\x12\x34\x56", 6), own("\x0A\x00\x02\x0F", 4);
  return std::string(6, '\xFF') + mac + std::string("\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10) + mac + own +
         std::string(6, 0) + std::string("\x0A\x00\x02", 3) + static_cast<char>(last);
}

TEST(UserNetwork, AnswersForItsGateway) {
  UserNetwork network({});
  std::vector<std::string> frames;
  network.set_receiver(
      [&](const u8* frame, std::size_t size) { frames.emplace_back(reinterpret_cast<const char*>(frame), size); });
  const std::string request = who_has(2);
  network.send(reinterpret_cast<const u8*>(request.data()), request.size(), 1'000'000);
  network.poll(2'000'000);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].substr(0, 6), std::string("\x52\x54\x00\x12\x34\x56", 6));
  EXPECT_EQ(frames[0].substr(20, 2), std::string("\0\2", 2)) << "a reply";
  EXPECT_EQ(frames[0].substr(28, 4), std::string("\x0A\x00\x02\x02", 4));
}

TEST(UserNetwork, TakesAnyFrame) {
  UserNetwork network({});
  std::size_t answers = 0;
  network.set_receiver([&](const u8*, std::size_t) { ++answers; });
  u32 x = 1;
  for (unsigned i = 0; i < 5000; ++i) {
    std::string frame = who_has(2);
    // IPv4 and ARP with random fields; no destination outside, or the test would open sockets of the host.
    for (unsigned n = 0; n < 4; ++n) {
      x = x * 1664525 + 1013904223;
      frame[14 + (x >> 8) % (frame.size() - 14)] = static_cast<char>(x >> 24);
    }
    if (i & 1) frame[13] = 0;
    frame.resize(14 + (x >> 16) % (frame.size() - 14));
    if (i & 1 && frame.size() >= 34) frame.replace(30, 4, "\x0A\x00\x02\x02", 4);
    network.send(reinterpret_cast<const u8*>(frame.data()), frame.size(), i * 1'000'000ull);
    network.poll(i * 1'000'000ull);
    if (i % 100 != 0) continue;
    const std::size_t before = answers;
    const std::string request = who_has(2);
    network.send(reinterpret_cast<const u8*>(request.data()), request.size(), i * 1'000'000ull);
    EXPECT_EQ(answers, before + 1) << "it still works";
  }
}

struct Other : testing::Test {
  /// A network at whose other end `process` runs.
  void start(const std::function<int(int socket)>& process, milliseconds lifetime = milliseconds(60'000)) {
    UserNetworkOptions options;
    options.patience = milliseconds(20);
    options.lifetime = lifetime;
    options.died = [this](const std::string& how) { deaths.push_back(how); };
    network = std::make_unique<UserNetwork>(options, process);
    network->set_receiver([this](const u8*, std::size_t size) { received.push_back(size); });
  }
  void poll() {
    if (network->link_up()) network->poll(++now);
  }
  /// Number of polls until `done`: the other process gets its turn when the host has one for it.
  std::size_t poll_until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    std::size_t polls = 0;
    for (; !done() && std::chrono::steady_clock::now() < end; ++polls) poll(), usleep(200);
    return polls;
  }
  void poll_until_dead() {
    poll_until([this] { return !network->link_up(); });
  }
  static bool say(int socket, wire::Kind kind, std::size_t frame) {
    wire::Message message{};
    message.header.kind = kind;
    const std::size_t size = sizeof message.header + frame;
    return ::send(socket, &message, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
  }
  static bool hear(int socket) {
    wire::Message message;
    return ::recv(socket, &message, sizeof message, 0) > 0;
  }
  std::unique_ptr<UserNetwork> network;
  std::vector<std::string> deaths;
  std::vector<std::size_t> received;
  u64 now = 0;
};

TEST_F(Other, OneThatEndsIsADeadLink) {
  start([](int socket) {
    hear(socket);
    return 7;
  });
  poll_until_dead();
  EXPECT_FALSE(network->link_up());
  ASSERT_EQ(deaths.size(), 1u);
  EXPECT_NE(deaths[0].find("exit code 7"), std::string::npos) << deaths[0];
  const u8 frame[60] = {};
  network->send(frame, sizeof frame, 1);
  network->poll(2);
  EXPECT_EQ(deaths.size(), 1u);
}

TEST_F(Other, OneThatSaysNothingLosesFramesAndThenItsLife) {
  start([](int) { return pause(); }, milliseconds(50));
  poll();
  const u8 frame[60] = {};
  network->send(frame, sizeof frame, ++now);
  EXPECT_NE(network->losses().find("1 while"), std::string::npos) << network->losses();
  usleep(60'000);
  poll();
  EXPECT_FALSE(network->link_up());
  ASSERT_EQ(deaths.size(), 1u);
  EXPECT_NE(deaths[0].find("does not answer"), std::string::npos) << deaths[0];
}

TEST_F(Other, OneThatTalksForEverHoldsUpNobody) {
  start([](int socket) {
    while (say(socket, wire::Kind::Frame, 60)) {
    }
    return 0;
  });
  const std::size_t polls = poll_until([this] { return !received.empty(); });
  EXPECT_GE(received.size(), 1u);
  EXPECT_LE(received.size(), polls * 1024) << "each look takes a bounded number";
}

TEST_F(Other, OneThatBreaksTheRulesIsEnded) {
  const std::function<int(int)> nonsense[] = {
      [](int socket) { return hear(socket), ::send(socket, "x", 1, 0), pause(); },
      [](int socket) { return hear(socket), say(socket, wire::Kind::Poll, 0), pause(); },
      [](int socket) { return hear(socket), say(socket, static_cast<wire::Kind>(77), 9), pause(); },
  };
  for (const auto& process : nonsense) {
    deaths.clear();
    start(process);
    poll_until_dead();
    ASSERT_EQ(deaths.size(), 1u);
    EXPECT_NE(deaths[0].find("nonsense"), std::string::npos) << deaths[0];
  }
}

TEST_F(Other, FramesOfEverySizeAreTaken) {
  start([](int socket) {
    hear(socket);
    for (std::size_t size : {0, 1, 60, 1514}) say(socket, wire::Kind::Frame, size);
    say(socket, wire::Kind::Done, 0);
    return pause();
  });
  poll_until([this] { return received.size() >= 4; });
  EXPECT_EQ(received, (std::vector<std::size_t>{0, 1, 60, 1514}));
  EXPECT_TRUE(network->link_up());
}

TEST_F(Other, EndsWithItsOwner) {
  start([](int) { return pause(); });
  const pid_t pid = network->pid();
  ASSERT_EQ(kill(pid, 0), 0);
  network.reset();
  EXPECT_EQ(kill(pid, 0), -1) << "waited for as well";
  EXPECT_TRUE(deaths.empty());
}

}  // namespace
}  // namespace hypsim::virtio
