// eval-advisor: what the advisor makes of each line of its input, without its services. JSON lines in, JSON lines out,
// in order. tests/eval/run feeds it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "tests/eval/planning.h"
#include "tests/eval/telling.h"

namespace eval {
namespace {

namespace json = foundation::json;

using Answer = Result<json::Value> (*)(const json::Value& line, Asker* model);

int run(Answer answer, const std::string& url, const std::string& model) {
  std::unique_ptr<Asker> asker;
  if (!model.empty()) {
    auto opened = Asker::ollama(url, model);
    if (!opened) {
      fmt::print(stderr, "eval-advisor: {}\n", opened.error().text());
      return 1;
    }
    asker = *std::move(opened);
  }
  std::string text;
  for (int number = 1; std::getline(std::cin, text); ++number) {
    auto line = json::parse_strict(text);
    auto answered = line ? answer(*line, asker.get()) : std::unexpected(line.error());
    if (!answered) {
      fmt::print(stderr, "eval-advisor: line {}: {}\n", number, answered.error().text());
      return 1;
    }
    fmt::print("{}\n", json::to_text(*answered));
    std::fflush(stdout);  // a model takes its time: who waits sees each answer as it comes
  }
  return 0;
}

int print_facts() {
  for (const json::Value& cluster : all_facts()) fmt::print("{}\n", json::to_text(cluster));
  return 0;
}

}  // namespace
}  // namespace eval

int main(int argc, char** argv) {
  CLI::App cli("What the advisor makes of each line of its input");
  cli.require_subcommand(1);
  std::string model, url;
  auto* plan = cli.add_subcommand("plan", "how a message is read");
  auto* tell = cli.add_subcommand("tell", "what is told of findings");
  auto* facts = cli.add_subcommand("facts", "what a model is shown of each cluster");
  for (auto* command : {plan, tell}) {
    auto* name = command->add_option("--model", model, "a model to ask; without one none is");
    name->needs(command->add_option("--model-url", url, "the Ollama that has it"));
  }
  CLI11_PARSE(cli, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  if (facts->parsed()) return eval::print_facts();
  return eval::run(plan->parsed() ? &eval::plan : &eval::tell, url, model);
}
