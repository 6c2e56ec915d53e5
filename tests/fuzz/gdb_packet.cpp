// SPDX-License-Identifier: Apache-2.0
// The framing of the GDB protocol: however a stream is cut, the same packets come out, and what is framed comes back.
#include "sim/debug/packet.h"

#include "tests/fuzz/input.h"

namespace {

using namespace hypsim;
using debug::PacketEvent;

std::string events_of(std::string_view stream, std::size_t piece) {
  debug::PacketReader reader;
  std::string seen;
  do {
    const std::string_view part = stream.substr(0, piece);
    reader.feed(part);
    stream.remove_prefix(part.size());
    while (const std::optional<PacketEvent> event = reader.next())
      seen += std::to_string(static_cast<int>(event->kind)) + event->body + '\n';
  } while (!stream.empty());
  return seen;
}

void check_fields(std::string_view text) {
  debug::Fields fields(text);
  while (!fields.empty()) {
    const std::size_t left = fields.rest().size();
    fields.skip("v");
    fields.number();
    fields.number_after(",");
    fields.until(';');
    fuzz::check(fields.rest().size() < left || fields.empty(), "no progress through the fields");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t piece = 1 + input.byte();
  const std::string_view text = input.rest();
  fuzz::check(events_of(text, piece) == events_of(text, text.size() + 1), "packets depend on how the stream is cut");
  if (text.size() <= debug::kMaxPacket / 2) {
    debug::PacketReader reader;
    reader.feed(debug::frame(text));
    const std::optional<PacketEvent> event = reader.next();
    fuzz::check(event && event->kind == PacketEvent::Kind::Packet && event->body == text,
                "a packet changed on its way");
  }
  fuzz::check(debug::from_hex(debug::to_hex(text)) == std::string(text), "hexadecimal there and back");
  debug::from_hex(text);
  for (const unsigned bytes : {4u, 8u}) debug::value_from_hex(text, bytes);
  check_fields(text);
  return 0;
}
