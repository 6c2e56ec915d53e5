// SPDX-License-Identifier: Apache-2.0
#include "sim/host/out_of_memory.h"

#include <unistd.h>

#include <cstring>
#include <new>

#include "sim/host/io.h"
#include "sim/host/output_file.h"

namespace hypsim::host {

namespace {

int g_code = 2;
const char* g_line = "hypsim: the host is out of memory\n";
void (*g_before)() = nullptr;

}  // namespace

void end_when_out_of_memory(int code, const char* line, void (*before)()) {
  g_code = code;
  g_line = line;
  g_before = before;
  std::set_new_handler(out_of_memory);
}

void out_of_memory() {
  if (g_before != nullptr) g_before();
  remove_unfinished();
  write_all(STDERR_FILENO, g_line, std::strlen(g_line));
  _exit(g_code);
}

}  // namespace hypsim::host
