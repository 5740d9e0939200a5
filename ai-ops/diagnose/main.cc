// hks-diagnose: what is wrong in a cluster and why, from a support bundle or from the cluster of a kubeconfig.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <utility>

#include "ai-ops/diagnose/bundle_files.h"
#include "ai-ops/diagnose/live_cluster.h"
#include "ai-ops/diagnose/options.h"
#include "ai-ops/diagnose/report.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/kubernetes_api/kubeconfig.h"

namespace ai_ops::diagnose {
namespace {

using foundation::Code;
using std::chrono::steady_clock;

Exit refuse(const foundation::Error& error, Exit exit) {
  fmt::print(stderr, "hks-diagnose: {}\n", error.text());
  return exit;
}

Exit exit_on(Code code) {
  if (code == Code::unavailable || code == Code::deadline) return Exit::unavailable;
  return code == Code::invalid ? Exit::usage : Exit::nothing_read;
}

Report report_of(const foundation::kubernetes::Snapshot& objects) {
  return {.at = objects.at(), .kinds = count_kinds(objects)};
}

Exit diagnose(Report report, diagnosis::Material material, const Options& options) {
  auto began = steady_clock::now();
  material.now = report.at;
  diagnosis::Diagnosis diagnosis = diagnosis::examine(material);
  report.took.diagnose = steady_clock::now() - began;
  for (std::string& rule : diagnosis.skipped) report.skipped.push_back({"diagnosis", std::move(rule)});
  report.findings = shown(diagnosis.findings, options);
  std::cout << print(report, options.output) << std::flush;
  return exit_of(report.findings);
}

Exit refuse_unread(const Report& report) {
  for (const Skipped& skipped : report.skipped) fmt::print(stderr, "{}: {}\n", skipped.what, skipped.why);
  return refuse({Code::invalid, "no object of a cluster could be read", ""}, Exit::nothing_read);
}

Exit diagnose_bundle(const Options& options) {
  auto began = steady_clock::now();
  auto read = options.path == "-" ? read_stream(std::cin, options.at) : read_path(options.path, options.at);
  if (!read) return refuse(read.error(), Exit::nothing_read);
  Report report = report_of(read->objects);
  for (auto& each : read->unread) report.skipped.push_back({std::move(each.path), std::move(each.why)});
  if (read->objects.size() == 0) return refuse_unread(report);
  diagnosis::Cluster cluster(read->objects);
  report.logs = read->logs.size();
  report.took.read = steady_clock::now() - began;
  return diagnose(std::move(report), {.cluster = &cluster, .logs = std::move(read->logs)}, options);
}

Exit diagnose_cluster(const Options& options) {
  auto began = steady_clock::now();
  auto kubeconfig = foundation::kubernetes_api::read_kubeconfig(options.kubeconfig);
  if (!kubeconfig) return refuse(kubeconfig.error(), Exit::nothing_read);
  auto live = LiveCluster::open(*kubeconfig);
  if (!live) return refuse(live.error(), Exit::nothing_read);
  auto view = live->read(options.namespaces);
  if (!view) return refuse(view.error(), exit_on(view.error().code));
  Report report = report_of(view->objects);
  report.skipped = std::move(view->skipped);
  if (view->objects.size() == 0) return refuse_unread(report);
  diagnosis::Cluster cluster(view->objects);
  auto logs = live->read_logs(diagnosis::logs_wanted(cluster), report.skipped);
  report.logs = logs.size();
  report.took.read = steady_clock::now() - began;
  return diagnose(std::move(report), {.cluster = &cluster, .logs = std::move(logs)}, options);
}

}  // namespace
}  // namespace ai_ops::diagnose

int main(int argc, char** argv) {
  using namespace ai_ops::diagnose;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write
  auto options = read_options(argc, argv);
  if (auto* exit = std::get_if<Exit>(&options)) return static_cast<int>(*exit);
  const auto& asked = std::get<Options>(options);
  return static_cast<int>(asked.kubeconfig.empty() ? diagnose_bundle(asked) : diagnose_cluster(asked));
}
