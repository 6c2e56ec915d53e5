// SPDX-License-Identifier: Apache-2.0
// The entry point of tests that elaborate SystemC modules. Each test case runs in its own process.
#include <gtest/gtest.h>

#include <systemc>

int sc_main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
