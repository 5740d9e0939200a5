// A container that fails for want of rights on one of its volumes.
// Fault: volume-permission-denied; told on the crash or the failing probe that it explains.
// Evidence: the log's line, the mount whose path it names, the volume, who the container runs as.
// How Kubernetes works: a volume's files belong to whoever made them. fsGroup gives them to the pod's group where the
// volume's kind allows (not hostPath, nfs); a mount with readOnly, and every volume of a ConfigMap or Secret, takes no
// writes at all. An emptyDir may be written by anybody.
// A line that names a file without its folder counts when the container has one volume that keeps data.
// Source: kubernetes/pkg/volume/volume_linux.go (SetVolumeOwnership), pkg/kubelet/kuberuntime.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

enum class Denial { none, rights, read_only };

Denial denial_in(std::string_view line) {
  for (std::string_view words : {"read-only file system", "erofs"})
    if (contains_words(line, words)) return Denial::read_only;
  for (std::string_view words : {"permission denied", "eacces", "operation not permitted"})
    if (contains_words(line, words)) return Denial::rights;
  return Denial::none;
}

constexpr std::array<std::string_view, 10> kFileWords{"open", "creat",  "mkdir",    "writ",  "read",
                                                      "file", "folder", "director", "chown", "lock"};
// Of other things that may be denied: sockets, commands, logins, tables.
constexpr std::array<std::string_view, 11> kOtherWords{"socket", "connect", "bind",     "listen",   "publickey", "exec",
                                                       "table",  "schema",  "relation", "database", "device"};

bool has_word_of(std::string_view line, auto& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return contains_words(line, word); });
}

// "mkdir() \"/data/x\" failed" -> {"/data/x"}
std::vector<std::string_view> paths_in(std::string_view line) {
  constexpr std::string_view kBetween = " \t\"'`()[]{}<>,;=:";
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = std::min(line.find_first_of(kBetween, at), line.size());
    std::string_view word = line.substr(at, end - at);
    while (word.ends_with('.') || word.ends_with('/')) word.remove_suffix(1);
    if (word.starts_with('/') && word.size() > 1) out.push_back(word);
    at = end + 1;
  }
  return out;
}

struct Mount {
  json::View view;
  std::string path;  // "spec.containers[0].volumeMounts[1]"
  json::View volume;
  std::string volume_path;  // "spec.volumes[2]"
  std::string_view folder() const {
    std::string_view text = view["mountPath"].text();
    while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
    return text;
  }
};

std::vector<Mount> mounts_of(const Container& container) {
  std::vector<Mount> out;
  const json::Array& mounts = container.spec["volumeMounts"].array();
  const json::Array& volumes = container.pod.spec()["volumes"].array();
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    for (std::size_t j = 0; j < volumes.size(); ++j) {
      if (json::View(volumes[j])["name"].text() != json::View(mounts[i])["name"].text()) continue;
      out.push_back({mounts[i], fmt::format("{}.volumeMounts[{}]", container.spec_path, i), volumes[j],
                     fmt::format("spec.volumes[{}]", j)});
    }
  }
  return out;
}

bool is_within(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/' || folder == "/");
}

constexpr std::array<std::string_view, 5> kKeepsData{"persistentVolumeClaim", "hostPath", "nfs", "csi", "ephemeral"};
constexpr std::array<std::string_view, 4> kTakesNoWrites{"configMap", "secret", "projected", "downwardAPI"};

std::string_view member_among(json::View volume, auto& names) {
  auto found = std::ranges::find_if(names, [&](std::string_view name) { return static_cast<bool>(volume[name]); });
  return found == names.end() ? std::string_view() : *found;
}

// What says that the mount takes no writes; empty: it does.
std::string read_only_path(const Mount& mount) {
  if (mount.view["readOnly"].boolean_or(false)) return mount.path + ".readOnly";
  if (mount.volume["persistentVolumeClaim"]["readOnly"].boolean_or(false))
    return mount.volume_path + ".persistentVolumeClaim.readOnly";
  std::string_view kind = member_among(mount.volume, kTakesNoWrites);
  return kind.empty() ? std::string() : fmt::format("{}.{}", mount.volume_path, kind);
}

// The mount that the line speaks of: the deepest whose folder holds a path of it.
const Mount* mount_in(const std::vector<Mount>& mounts, std::string_view line) {
  const Mount* deepest = nullptr;
  for (std::string_view path : paths_in(line))
    for (const Mount& mount : mounts)
      if (is_within(path, mount.folder()) && (deepest == nullptr || deepest->folder().size() < mount.folder().size()))
        deepest = &mount;
  return deepest;
}

const Mount* only_mount_with_data(const std::vector<Mount>& mounts) {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts) {
    if (member_among(mount.volume, kKeepsData).empty()) continue;
    if (found != nullptr) return nullptr;
    found = &mount;
  }
  return found;
}

const Mount* denied_mount(const std::vector<Mount>& mounts, std::string_view line) {
  Denial denial = denial_in(line);
  if (denial == Denial::none) return nullptr;
  const Mount* mount = mount_in(mounts, line);
  if (mount != nullptr) {
    bool anybody_writes = denial == Denial::rights && mount->volume["emptyDir"];
    bool writes = denial == Denial::read_only && read_only_path(*mount).empty();
    return anybody_writes || writes ? nullptr : mount;
  }
  bool is_about_a_file = denial == Denial::rights && paths_in(line).empty() && has_word_of(line, kFileWords) &&
                         !has_word_of(line, kOtherWords);
  return is_about_a_file ? only_mount_with_data(mounts) : nullptr;
}

std::string words_for(const Mount& mount, const Container& container, bool is_read_only) {
  std::string at = fmt::format("{}, volume {}", quote(mount.folder()), quote(mount.view["name"].text()));
  if (is_read_only) return fmt::format("it may not write to {}, which takes no writes", at);
  json::View of_pod = container.pod.spec()["securityContext"], own = container.spec["securityContext"];
  auto user = own["runAsUser"] ? own["runAsUser"].integer() : of_pod["runAsUser"].integer();
  std::string as = user ? fmt::format(" as user {}", *user) : "";
  bool has_group = static_cast<bool>(of_pod["fsGroup"]);
  bool is_of_the_node = static_cast<bool>(mount.volume["hostPath"]);
  std::string_view why = is_of_the_node ? ", a folder of the node" : has_group ? "" : ", and the pod sets no fsGroup";
  return fmt::format("it has no rights{} on {}{}", as, at, why);
}

void cite_rights(Draft& draft, const Mount& mount, const Container& container) {
  draft.cite(container.pod, mount.path + ".mountPath");
  if (std::string path = read_only_path(mount); !path.empty()) draft.cite(container.pod, path);
  std::string_view kind = member_among(mount.volume, kKeepsData);
  if (!kind.empty()) draft.cite(container.pod, fmt::format("{}.{}", mount.volume_path, kind));
  draft.cite(container.pod, container.spec_path + ".securityContext.runAsUser");
  draft.cite(container.pod, "spec.securityContext");
}

struct Denied {
  const LogExcerpt* log;
  std::size_t line;
  const Mount* mount;
};

// The last line of the container's logs that says so.
std::optional<Denied> denied_by(const Case& c, const Workload& workload, const Container& container,
                                const std::vector<Mount>& mounts) {
  for (const LogExcerpt* log : c.logs_of(workload, container.name))
    for (std::size_t i = log->lines.size(), first = first_telling(*log); i-- > first;)
      if (const Mount* mount = denied_mount(mounts, log->lines[i].text)) return Denied{log, i, mount};
  return std::nullopt;
}

// The symptom's own container, in the first of the pods that has it.
std::optional<Container> container_of(const Workload& workload, std::string_view name) {
  for (const ObjectView& pod : workload.pods)
    for (const Container& container : containers_of(pod))
      if (container.name == name && container.spec) return container;
  return std::nullopt;
}

void explain(Case& c, const Workload& workload, std::size_t index) {
  const Draft& symptom = c.drafts()[index];
  if (!symptom.may_come_from_a_dependency || !symptom.causes.empty()) return;
  auto container = container_of(workload, symptom.container);
  if (!container) return;
  std::vector<Mount> mounts = mounts_of(*container);
  auto denied = denied_by(c, workload, *container, mounts);
  if (!denied) return;
  bool is_read_only = denial_in(denied->log->lines[denied->line].text) == Denial::read_only;
  std::string words = words_for(*denied->mount, *container, is_read_only);
  Draft& draft = c.at(index);
  draft.fault = "volume-permission-denied";
  draft.certainty = Certainty::told;
  draft.may_come_from_a_dependency = false;
  draft.detail = draft.detail.empty() ? words : fmt::format("{}; {}", draft.detail, words);
  draft.cite(log_evidence(*denied->log, denied->line));
  cite_rights(draft, *denied->mount, *container);
}

}  // namespace

void find_volume_permissions(Case& c) {
  for (const Workload& workload : c.cluster().workloads())
    for (std::size_t index : c.symptoms_of(workload.ref)) explain(c, workload, index);
}

}  // namespace ai_ops::diagnosis
