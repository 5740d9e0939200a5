#include "ai-ops/diagnose/options.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

namespace ai_ops::diagnose {
namespace {

using diagnosis::Severity;

constexpr const char* kAbout =
    "Says what is wrong in a cluster and why, from a support bundle or from the cluster itself. Nothing is changed.";
constexpr const char* kVersion = "hks-diagnose 0.1.0";
constexpr const char* kFooter =
    "A bundle is a file or a folder of what kubectl printed, in any mixture and under any names: get -o json or yaml,\n"
    "get, describe, logs, cluster-info dump; and systemctl status of nodes.\n"
    "Exit codes: 0 nothing is wrong, 1 a warning, 2 something is critical, 64 usage, 65 nothing could be read,\n"
    "69 the cluster is not available.";

const std::map<std::string, Output> kOutputs{
    {"text", Output::text}, {"json", Output::json}, {"findings", Output::findings}};
const std::map<std::string, Severity> kSeverities{
    {"info", Severity::info}, {"warning", Severity::warning}, {"critical", Severity::critical}};

std::string check_time(const std::string& text) {
  return foundation::parse_rfc3339(text) ? "" : "not a time like 2026-01-02T12:00:00Z";
}

}  // namespace

std::variant<Options, Exit> read_options(int argc, const char* const* argv) {
  Options options;
  std::string at, output = "text", severity = "info";
  CLI::App app(kAbout, "hks-diagnose");
  auto* path = app.add_option("path", options.path, "a file, a folder, or - for standard input")->type_name("PATH");
  auto* kubeconfig = app.add_option("--kubeconfig", options.kubeconfig, "ask the cluster of its current context")
                         ->type_name("FILE")
                         ->excludes(path);
  app.add_option("--namespace", options.namespaces, "only what is in it; may be repeated; default: all")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_flag("--watch", options.watch, "stay, and tell what comes and what goes")->needs(kubeconfig);
  app.add_option("--output", output, "text: for people; json: everything; findings: a plain list")
      ->type_name("text|json|findings")
      ->check(CLI::IsMember(&kOutputs).description(""));
  app.add_option("--severity", severity, "the least that is shown")
      ->type_name("info|warning|critical")
      ->check(CLI::IsMember(&kSeverities).description(""));
  app.add_option("--at", at, "when the bundle was taken; default: the newest time in it")
      ->type_name("TIME")
      ->excludes(kubeconfig)
      ->check(CLI::Validator(check_time, ""));
  app.set_version_flag("--version", kVersion);
  app.footer(kFooter);
  try {
    app.parse(argc, argv);
    if (options.path.empty() && options.kubeconfig.empty()) throw CLI::RequiredError("a PATH or --kubeconfig FILE");
    if (options.watch && output == "findings")
      throw CLI::ValidationError("--watch", "tells changes as text or json, not as a list of findings");
  } catch (const CLI::ParseError& e) {
    return app.exit(e, std::cout, std::cerr) == 0 ? Exit::fine : Exit::usage;
  }
  options.output = kOutputs.at(output);
  options.severity = kSeverities.at(severity);
  if (auto parsed = foundation::parse_rfc3339(at)) options.at = *parsed;
  return options;
}

}  // namespace ai_ops::diagnose
