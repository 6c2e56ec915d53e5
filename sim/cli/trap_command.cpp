// SPDX-License-Identifier: Apache-2.0
// hypsim trap: what instructions do under given control registers.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/cli/commands.h"
#include "sim/cli/delivery.h"
#include "sim/cli/option_values.h"
#include "sim/cli/printed.h"
#include "sim/host/file_roles.h"
#include "sim/host/output_file.h"
#include "sim/host/standard_streams.h"
#include "sim/text/printable.h"
#include "sim/trap/assembler.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/explain.h"
#include "sim/trap/matrix.h"
#include "sim/trap/vectors.h"

namespace hypsim {
namespace {

using namespace trap;

/// The options that set a situation up; used by explain, and as far as they make sense by matrix and diff.
struct SituationOptions {
  std::string preset = "none", mode = "", security = "";
  std::map<std::string, std::string> registers;
  std::vector<std::string> sets;

  void add(CLI::App& app) {
    app.add_option("--preset", preset, "start from this setting: a preset (hypsim trap presets) or a file")
        ->check(file_name())
        ->type_name("NAME|FILE")
        ->capture_default_str();
    for (const char* name :
         {"hcr", "hstr", "hcptr", "hdcr", "cnthctl", "cntkctl", "scr", "nsacr", "cpacr", "sctlr", "pmuserenr", "fpexc"})
      app.add_option(std::string("--") + name, registers[name],
                     "a number, names of bits (TWI,TSC), or changes (+TVM,-TWE)")
          ->type_name("VALUE")
          ->group("Control registers")
          ->allow_extra_args(false);
    app.add_option("--set", sets, "any register: NAME=VALUE, for example TEECR=XED (may be repeated)")
        ->type_name("NAME=VALUE")
        ->group("Control registers");
  }
  void apply(Situation& s) const {
    load_setting(preset).apply(s);
    if (!security.empty()) s.security = security == "secure" ? Security::Secure : Security::NonSecure;
    if (!mode.empty()) s.mode = *mode_by_name(mode);
    if (s.mode == Mode::Monitor && security.empty()) s.security = Security::Secure;
    if (s.mode == Mode::Hyp && s.security == Security::Secure)
      throw InputError("--security: Hyp mode is Non-secure; leave --security away");
    for (const auto& [name, text] : registers)
      if (!text.empty()) set(s, name, text, "--" + name);
    for (const std::string& text : sets) {
      const std::size_t equals = text.find('=');
      if (equals == std::string::npos)
        throw InputError(fmt::format("--set: \"{}\" is not NAME=VALUE; write for example TEECR=XED", text));
      set(s, text.substr(0, equals), text.substr(equals + 1), "--set");
    }
  }
  static void set(Situation& s, const std::string& name, const std::string& text, const std::string& where) {
    const RegisterField* field = find_register(name);
    if (field == nullptr)
      throw InputError(
          fmt::format("{}: unknown register \"{}\"; use the manual's name of a control register", where, name));
    set_register(s, *field, parse_register_value(*field, text, field->get(s), where));
  }
};

CommandAction add_test(CLI::App& trap_app) {
  CLI::App* app = trap_app.add_subcommand("test", "Run vectors and compare what they do with what they expect");
  struct Options {
    std::vector<std::string> files;
    std::string junit;
    bool json = false;
  };
  const auto o = std::make_shared<Options>();
  app->add_option("FILE", o->files, "vector files (JSON); docs/traps.md describes them")
      ->required()
      ->check(file_name());
  app->add_option("--junit", o->junit, "also write the results as JUnit XML")->check(file_name())->type_name("FILE");
  app->add_flag("--json", o->json, "print JSON instead of TAP");
  app->footer(
      "Prints TAP version 13. Exit code: 0 all passed; 1 some failed; 2 bad input.\n"
      "Examples:\n"
      "  hypsim trap test vectors/*.json\n"
      "  hypsim trap test --junit report.xml vectors.json");
  return [o] {
    host::FileRoles files;
    for (const std::string& file : o->files) files.input("FILE", file);
    files.output("--junit", o->junit);
    files.check();
    const std::vector<Vector> vectors = load_vectors(o->files);
    host::OutputFile junit(o->junit, "--junit");
    Runner runner;
    std::vector<VectorResult> results;
    bool passed = true;
    for (const Vector& v : vectors) {
      results.push_back(run_vector(runner, v));
      passed = passed && results.back().passed();
    }
    Delivery delivery;
    delivery.add([&] { host::print_out(o->json ? json_text(to_json(results)) : to_tap(results)); });
    if (junit.wanted()) delivery.add([&] { junit.write(to_junit(results)); });
    return delivery.exit_code(passed ? kExitOk : kExitFailed);
  };
}

CommandAction add_explain(CLI::App& trap_app) {
  CLI::App* app = trap_app.add_subcommand(
      "explain", "Say what one instruction does, which bit decided, and which checks came before");
  struct Options {
    SituationOptions situation;
    std::string instruction, isa = "a32", condition;
    bool fails = false, json = false;
  };
  const auto o = std::make_shared<Options>();
  app->add_option("INSTRUCTION", o->instruction, "assembler text, or an encoding as 0x...")->required();
  app->add_option("--mode", o->situation.mode, "mode that executes it (default: svc, or the preset's)")
      ->check(one_of({"usr", "fiq", "irq", "svc", "mon", "abt", "hyp", "und", "sys"}))
      ->type_name("usr|fiq|irq|svc|mon|abt|hyp|und|sys");
  app->add_option("--security", o->situation.security,
                  "security state, SCR.NS (default: non-secure; secure in Monitor mode)")
      ->check(one_of({"secure", "non-secure"}))
      ->type_name("secure|non-secure");
  app->add_option("--isa", o->isa, "instruction set")
      ->check(one_of({"a32", "t16", "t32"}))
      ->type_name("a32|t16|t32")
      ->capture_default_str();
  app->add_option("--condition", o->condition, "make the instruction conditional, with flags that let it pass")
      ->check(one_of({"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"}))
      ->type_name("eq|ne|...");
  app->add_flag("--condition-fails", o->fails, "with --condition: flags that make it fail");
  o->situation.add(*app);
  app->add_flag("--json", o->json, "print JSON");
  app->footer(
      "Exit code: 0 explained; 2 bad input.\n"
      "Examples:\n"
      "  hypsim trap explain 'mrc p15, 0, r0, c9, c13, 0' --preset kvm-v9\n"
      "  hypsim trap explain 'mcr p15, 0, r0, c1, c0, 0' --hcr TVM --mode svc\n"
      "  hypsim trap explain wfi --isa t16 --preset xen --hcr -TWI\n"
      "  hypsim trap explain 0xee300a01 --hcptr TCP10,TCP11 --fpexc 0 --json");
  return [o] {
    Situation s;
    o->situation.apply(s);
    const Isa isa = o->isa == "t16" ? Isa::T16 : o->isa == "t32" ? Isa::T32 : Isa::A32;
    Instruction instruction = assemble({o->instruction, isa, "INSTRUCTION"});
    if (!o->condition.empty()) {
      constexpr const char* names[] = {"eq", "ne", "cs", "cc", "mi", "pl", "vs",
                                       "vc", "hi", "ls", "ge", "lt", "gt", "le"};
      unsigned n = 0;
      while (o->condition != names[n]) ++n;
      if (!set_condition(s, instruction, static_cast<Cond>(n), !o->fails))
        throw InputError(
            fmt::format("--condition: \"{}\" cannot be conditional; leave --condition away", o->instruction));
    } else if (o->fails) {
      throw InputError("--condition-fails: there is no condition; add --condition");
    }
    Runner runner;
    const Explanation e = explain(runner, s, instruction, text::printable(o->instruction));
    host::print_out(o->json ? json_text(to_json(e)) : to_text(e));
    return kExitOk;
  };
}

std::vector<const Place*> chosen_places(const std::vector<std::string>& names) {
  std::vector<const Place*> chosen;
  for (const std::string& name : names) chosen.push_back(&place_by_name(name));
  if (chosen.empty())
    for (const Place& place : places()) chosen.push_back(&place);
  return chosen;
}

CommandAction add_matrix(CLI::App& trap_app) {
  CLI::App* app = trap_app.add_subcommand(
      "matrix", "The whole table of one setting: every register and class of instruction, from every mode");
  struct Options {
    std::string preset = "none", html;
    std::vector<std::string> modes;
    bool json = false;
  };
  const auto o = std::make_shared<Options>();
  app->add_option("--preset", o->preset, "a preset (hypsim trap presets) or a setting file")
      ->check(file_name())
      ->type_name("NAME|FILE")
      ->capture_default_str();
  app->add_option("--mode", o->modes, "only these modes: usr svc hyp usr_s svc_s mon (may be repeated)")
      ->type_name("MODE");
  app->add_flag("--json", o->json, "print JSON");
  app->add_option("--html", o->html, "write a page that needs nothing else, instead of printing")
      ->check(file_name())
      ->type_name("FILE");
  app->footer(
      "Exit code: 0 done; 2 bad input.\n"
      "Examples:\n"
      "  hypsim trap matrix --preset kvm --mode svc\n"
      "  hypsim trap matrix --preset xen --html xen.html\n"
      "  hypsim trap matrix --preset my-hypervisor.json --json > matrix.json");
  return [o] {
    host::FileRoles files;
    const bool ships = std::any_of(presets().begin(), presets().end(), [&](auto& s) { return s.name == o->preset; });
    if (!ships) files.input("--preset", o->preset);
    files.output("--html", o->html);
    files.check();
    host::OutputFile page(o->html, "--html");
    Runner runner;
    const Matrix m = make_matrix(runner, load_setting(o->preset), chosen_places(o->modes));
    Delivery delivery;
    if (o->json)
      delivery.add([&] { host::print_out(json_text(to_json(m))); });
    else if (o->html.empty())
      delivery.add([&] { host::print_out(to_text(m)); });
    if (page.wanted()) delivery.add([&] { page.write(to_html(m)); });
    return delivery.exit_code(kExitOk);
  };
}

CommandAction add_diff(CLI::App& trap_app) {
  CLI::App* app = trap_app.add_subcommand("diff", "What differs between two settings");
  struct Options {
    std::string a, b;
    std::vector<std::string> modes;
    bool json = false;
  };
  const auto o = std::make_shared<Options>();
  app->add_option("A", o->a, "a preset or a setting file")->required();
  app->add_option("B", o->b, "a preset or a setting file")->required();
  app->add_option("--mode", o->modes, "only these modes: usr svc hyp usr_s svc_s mon (may be repeated)")
      ->type_name("MODE");
  app->add_flag("--json", o->json, "print JSON");
  app->footer(
      "Exit code, as diff's: 0 the same; 1 they differ; 2 bad input.\n"
      "Examples:\n"
      "  hypsim trap diff kvm-v9 kvm\n"
      "  hypsim trap diff xen my-hypervisor.json --mode svc");
  return [o] {
    Runner runner;
    const auto chosen = chosen_places(o->modes);
    const Matrix a = make_matrix(runner, load_setting(o->a), chosen),
                 b = make_matrix(runner, load_setting(o->b), chosen);
    const std::vector<MatrixDifference> differences = compare(a, b);
    host::print_out(o->json ? json_text(differences_json(a, b, differences)) : differences_text(a, b, differences));
    return differences.empty() ? kExitOk : kExitFailed;
  };
}

CommandAction add_presets(CLI::App& trap_app) {
  CLI::App* app = trap_app.add_subcommand("presets", "List the settings that ship, with their registers and sources");
  app->footer("Exit code: 0.\nExample:\n  hypsim trap presets");
  return [] {
    std::string t;
    for (const Setting& setting : presets()) {
      t += fmt::format("{}\n  {}\n  source: {}\n", setting.name, setting.description, setting.source);
      Situation s;
      setting.apply(s);
      for (const auto& [name, text] : setting.registers) {
        const u32 value = static_cast<u32>(find_register(name)->get(s));
        t += fmt::format("  {:<8} {:#010x}  {}\n", name, value, set_bits_text(name, value));
      }
      t += "\n";
    }
    t.pop_back();
    host::print_out(t);
    return kExitOk;
  };
}

}  // namespace

Command add_trap_command(CLI::App& app) {
  CLI::App* trap_app =
      app.add_subcommand("trap", "What instructions do under given trap controls: tests, explanations, tables");
  trap_app->require_subcommand(1);
  trap_app->footer(
      "docs/traps.md has the file formats and a recipe for CI.\nExamples:\n  hypsim trap explain 'mrc p15, 0, r0, c9, "
      "c13, 0' --preset kvm-v9\n  hypsim trap test vectors.json\n  hypsim trap diff kvm-v9 kvm");
  std::map<std::string, CommandAction> actions = {{"test", add_test(*trap_app)},
                                                  {"explain", add_explain(*trap_app)},
                                                  {"matrix", add_matrix(*trap_app)},
                                                  {"diff", add_diff(*trap_app)},
                                                  {"presets", add_presets(*trap_app)}};
  return {trap_app, [trap_app, actions] { return actions.at(trap_app->get_subcommands().front()->get_name())(); }};
}

}  // namespace hypsim
