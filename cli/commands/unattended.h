// `hks chat --approve scale:Deployment/web`: a script that approves in advance. At most one proposal is approved, one
// that matches exactly, is the only such one of its answer, and is not of high risk.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/commands/answer.h"

namespace cli::commands {

struct Preapproval {
  std::string operation, kind, name;
};

std::optional<Preapproval> parse_preapproval(std::string_view text);  // "scale:Deployment/web"

// The one that may be approved; else why none. Pure.
foundation::Result<const json::Value*> choose(const Preapproval& wanted, std::span<const json::Value> approvals);

// Asks. With a preapproval, shows the answer's proposals as the control plane renders them and approves the chosen one;
// an attempt uses it up. The exit is that of the answer where nothing was approved or more waits.
Exit ask_unattended(Visit& visit, Talk& talk, std::optional<Preapproval>& preapproval, std::string message);

}  // namespace cli::commands
