// hks-diagnose: what is wrong in a cluster and why, from a support bundle or from the cluster of a kubeconfig.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <utility>

#include "ai-ops/diagnose/bundle_files.h"
#include "ai-ops/diagnose/live_cluster.h"
#include "ai-ops/diagnose/live_watch.h"
#include "ai-ops/diagnose/options.h"
#include "ai-ops/diagnose/report.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/kubernetes_api/kubeconfig.h"

namespace ai_ops::diagnose {
namespace {

constexpr foundation::Milliseconds kLeastGatherTime{1'000};

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

Report diagnosed(Report report, diagnosis::Material material, const Options& options) {
  auto began = steady_clock::now();
  material.now = report.at;
  material.time = diagnosis::kOfflineTime;
  diagnosis::Diagnosis diagnosis = diagnosis::examine(material);
  report.took.diagnose = steady_clock::now() - began;
  report.is_whole = diagnosis.skipped.empty();
  for (std::string& rule : diagnosis.skipped) report.skipped.push_back({"diagnosis", std::move(rule)});
  report.findings = shown(diagnosis.findings, options);
  return report;
}

Exit tell(const Report& report, const Options& options) {
  std::cout << print(report, options.output) << std::flush;
  return exit_of(report);
}

Exit refuse_unread(const Report& report) {
  fmt::print(stderr, "{}", print_skipped(report));
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
  report = diagnosed(std::move(report), {.cluster = &cluster, .logs = std::move(read->logs)}, options);
  return tell(report, options);
}

// `began`: when the reading of what it looks at did.
Report look(LiveCluster& live, const foundation::kubernetes::Snapshot& objects, std::vector<Skipped> skipped,
            steady_clock::time_point began, const Options& options) {
  Report report = report_of(objects);
  report.skipped = std::move(skipped);
  diagnosis::Cluster cluster(objects);
  auto logs = live.read_logs(diagnosis::logs_wanted(cluster, {}, kMaxLogsRead), report.skipped);
  report.logs = logs.size();
  report.took.read = steady_clock::now() - began;
  return diagnosed(std::move(report), {.cluster = &cluster, .logs = std::move(logs)}, options);
}

// Changes that come together are told together; a large cluster is not looked at without a pause.
foundation::Milliseconds gather_time(const Report& last) {
  constexpr int kPausePerLook = 4;
  auto pause =
      std::chrono::duration_cast<foundation::Milliseconds>((last.took.read + last.took.diagnose) * kPausePerLook);
  return std::clamp(pause, kLeastGatherTime, kLongestWait);
}

void tell_trouble(const std::optional<foundation::Error>& trouble, bool was_there) {
  if (trouble && !was_there) fmt::print(stderr, "hks-diagnose: trying again: {}\n", trouble->text());
  if (!trouble && was_there) fmt::print(stderr, "hks-diagnose: the cluster answers again\n");
}

Exit watch(LiveCluster& live, LiveView view, Report known, const Options& options) {
  if (options.output == Output::text)
    tell(known, options);
  else
    std::cout << print_changes({}, known, options.output) << std::flush;
  LiveWatch watch(live, std::move(view));
  for (bool was_away = false; std::cout && watch.wait(gather_time(known)); was_away = watch.trouble().has_value()) {
    tell_trouble(watch.trouble(), was_away);
    if (watch.trouble()) continue;
    Report next = look(live, watch.objects(), {}, steady_clock::now(), options);
    std::cout << print_changes(known, next, options.output) << std::flush;
    known = std::move(next);
  }
  return exit_of(known);
}

Exit diagnose_cluster(const Options& options) {
  auto began = steady_clock::now();
  auto kubeconfig = foundation::kubernetes_api::read_kubeconfig(options.kubeconfig);
  if (!kubeconfig) return refuse(kubeconfig.error(), Exit::nothing_read);
  auto live = LiveCluster::open(*kubeconfig);
  if (!live) return refuse(live.error(), Exit::nothing_read);
  auto view = live->read(options.namespaces);
  if (!view) return refuse(view.error(), exit_on(view.error().code));
  if (view->objects.size() == 0) return refuse_unread({.skipped = std::move(view->skipped)});
  Report report = look(*live, view->objects, std::move(view->skipped), began, options);
  return options.watch ? watch(*live, std::move(*view), std::move(report), options) : tell(report, options);
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
