#include "foundation/kubernetes_api/kubeconfig_document.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "foundation/base/unicode.h"
#include "foundation/kubernetes_api/kubeconfig.h"

namespace foundation::kubernetes_api {

namespace {

// Keys whose meaning we refuse, each with its reason; "" is any other key.
struct Refusal {
  std::string_view key;
  std::string_view why;
};
constexpr Refusal kRefusals[] = {
    {"exec", "plugins are not run; give a token or a client certificate"},
    {"auth-provider", "plugins are not run; give a token or a client certificate"},
    {"insecure-skip-tls-verify", "the server's certificate is always checked; give certificate-authority"},
    {"username", "passwords are not supported; give a token or a client certificate"},
    {"password", "passwords are not supported; give a token or a client certificate"},
    {"as", "impersonation is not supported"},
    {"as-uid", "impersonation is not supported"},
    {"as-groups", "impersonation is not supported"},
    {"as-user-extra", "impersonation is not supported"},
    {"proxy-url", "proxies are not supported"},
    {"", "unknown key"},
};

// The first thing that is wrong with the document.
struct Faults {
  std::optional<Error> first;
  void add(const std::string& place, const YAML::Mark& mark, std::string_view why) {
    if (first) return;
    std::string line = mark.is_null() ? "" : fmt::format(", line {}", mark.line + 1);
    first = Error{Code::invalid, "read kubeconfig", fmt::format("{}{}: {}", place, line, why)};
  }
};

// One mapping of the document. After a fault the readers return empty values.
class Section {
 public:
  Section(const YAML::Node& node, std::string place, Faults& faults)
      : place_(std::move(place)), mark_(node.Mark()), faults_(&faults) {
    if (!node.IsMap()) fault(place_, mark_, "must be a mapping");
    if (node.IsMap()) take(node);
  }

  std::string text(const std::string& name) const {
    auto found = members_.find(name);
    if (found == members_.end() || found->second.IsNull()) return {};
    if (found->second.IsScalar()) return found->second.Scalar();
    fault(place_of(name), found->second.Mark(), "must be text");
    return {};
  }
  std::string required(const std::string& name) const {
    auto value = text(name);
    if (value.empty()) fault(place_of(name), mark_, "missing");
    return value;
  }
  Section section(const std::string& name) const {
    auto found = members_.find(name);
    if (found != members_.end()) return Section(found->second, place_of(name), *faults_);
    fault(place_of(name), mark_, "missing");
    return Section(YAML::Node(YAML::NodeType::Map), place_of(name), *faults_);
  }
  Material material(const std::string& file, const std::string& data) const {
    Material found{Secret(text(data)), text(file), place_of(file)};
    if (!found.data.empty() && !found.file.empty()) fault(place_of(file), mark_, "given with " + data + ": give one");
    return found;
  }
  // The section `inner` of the one entry of the list `list` that has this name.
  Section named(const std::string& list, const std::string& name, const std::string& inner) const;
  void refuse_all_but(std::initializer_list<std::string_view> known) const;
  void must_be(const std::string& name, std::string_view only) const {
    if (auto value = text(name); !value.empty() && value != only)
      fault(place_of(name), mark_, fmt::format("must be {}", only));
  }
  std::string place_of(std::string_view name) const {
    return place_.empty() ? std::string(name) : fmt::format("{}.{}", place_, name);
  }
  void fault(const std::string& place, const YAML::Mark& mark, std::string_view why) const {
    faults_->add(place, mark, why);
  }

 private:
  void take(const YAML::Node& node) {
    for (const auto& member : node) {
      bool is_word = member.first.IsScalar();
      if (!is_word) fault(place_, member.first.Mark(), "every key must be a word");
      if (is_word && !members_.emplace(member.first.Scalar(), member.second).second)
        fault(place_of(visible_text(member.first.Scalar())), member.first.Mark(), "given twice");
    }
  }

  std::string place_;
  YAML::Mark mark_;
  Faults* faults_;
  std::map<std::string, YAML::Node> members_;
};

Section Section::named(const std::string& list, const std::string& name, const std::string& inner) const {
  auto found = members_.find(list);
  bool is_list = found != members_.end() && found->second.IsSequence();
  if (!is_list) fault(place_of(list), mark_, "must be a list");
  std::optional<Section> match;
  for (std::size_t i = 0; is_list && i < found->second.size(); ++i) {
    Section entry(found->second[i], fmt::format("{}[{}]", place_of(list), i), *faults_);
    if (entry.text("name") != name) continue;
    if (match) fault(entry.place_, entry.mark_, "two entries have this name");
    match = entry.section(inner);
  }
  if (match) return *match;
  fault(place_of(list), mark_, "no entry has the name that the current context asks for");
  return Section(YAML::Node(YAML::NodeType::Map), place_of(list), *faults_);
}

void Section::refuse_all_but(std::initializer_list<std::string_view> known) const {
  for (const auto& [name, value] : members_) {
    if (std::ranges::find(known, std::string_view(name)) != known.end() || value.IsNull()) continue;
    if (name == "insecure-skip-tls-verify" && value.IsScalar() && value.Scalar() == "false") continue;
    auto refusal =
        std::ranges::find_if(kRefusals, [&](const Refusal& row) { return row.key.empty() || row.key == name; });
    fault(place_of(visible_text(name)), value.Mark(), refusal->why);
  }
}

KubeconfigDocument read(const YAML::Node& root, Faults& faults) {
  Section top(root, "", faults);
  top.must_be("apiVersion", "v1");
  top.must_be("kind", "Config");
  auto context = top.named("contexts", top.required("current-context"), "context");
  auto cluster = top.named("clusters", context.required("cluster"), "cluster");
  cluster.refuse_all_but({"server", "certificate-authority", "certificate-authority-data", "tls-server-name",
                          "disable-compression", "extensions"});
  KubeconfigDocument document;
  document.server = cluster.required("server");
  document.server_name = cluster.text("tls-server-name");
  document.namespace_name = context.text("namespace");
  document.authority = cluster.material("certificate-authority", "certificate-authority-data");
  auto user_name = context.text("user");
  if (user_name.empty()) return document;  // anonymous, as kubectl has it
  auto user = top.named("users", user_name, "user");
  user.refuse_all_but({"client-certificate", "client-certificate-data", "client-key", "client-key-data", "token",
                       "tokenFile", "extensions"});
  document.certificate = user.material("client-certificate", "client-certificate-data");
  document.key = user.material("client-key", "client-key-data");
  document.token = user.material("tokenFile", "token");
  if (document.certificate.absent() != document.key.absent())
    user.fault(user.place_of("client-certificate"), {}, "a certificate and its key come together");
  return document;
}

}  // namespace

Result<KubeconfigDocument> read_kubeconfig_document(std::string_view yaml) {
  if (yaml.size() > kMaxKubeconfigBytes) return fail(Code::too_large, "read kubeconfig", "over 256 KiB");
  if (!is_utf8(yaml)) return fail(Code::invalid, "read kubeconfig", "not UTF-8");
  Faults faults;
  try {
    auto document = read(YAML::Load(std::string(yaml)), faults);
    if (faults.first) return std::unexpected(*faults.first);
    return document;
  } catch (const YAML::Exception& e) {
    // Its message may quote the text, which may be a secret.
    return fail(Code::invalid, "read kubeconfig", fmt::format("line {}: not YAML", e.mark.line + 1));
  }
}

}  // namespace foundation::kubernetes_api
