// What hks-diagnose is asked for on its command line, and how it ends.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ai-ops/diagnosis/finding.h"
#include "foundation/base/clock.h"

namespace ai_ops::diagnose {

// By the worst finding that is shown. The others are those of sysexits.h, out of the way of what shells and tools use.
enum class Exit {
  fine = 0,  // nothing, or what is only worth knowing
  warning = 1,
  critical = 2,
  usage = 64,
  nothing_read = 65,  // not one object: no answer is given
  unavailable = 69,   // the cluster does not answer, or does not let us in
};

enum class Output { text, json, findings };

struct Options {
  std::string path = {};  // a file, a folder or "-"; empty: the cluster of `kubeconfig`
  std::string kubeconfig = {};
  std::vector<std::string> namespaces = {};  // empty: all
  bool watch = false;                        // stay, and tell what changes
  Output output = Output::text;
  diagnosis::Severity severity = diagnosis::Severity::info;  // the least that is shown
  std::optional<foundation::WallTime> at = {};
};

// The exit code when there is nothing more to do: what there was to say has been printed.
std::variant<Options, Exit> read_options(int argc, const char* const* argv);

}  // namespace ai_ops::diagnose
