#include "ai-ops/bundle/described_pods.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "foundation/base/ascii.h"

namespace ai_ops::bundle {
namespace {

constexpr std::string_view kFromKey = "<set to the key '";

// "http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3"
constexpr std::array<Field, 5> kProbeTimes{{{"delay=", "initialDelaySeconds"},
                                            {"timeout=", "timeoutSeconds"},
                                            {"period=", "periodSeconds"},
                                            {"#success=", "successThreshold"},
                                            {"#failure=", "failureThreshold"}}};
constexpr std::array<Field, 3> kProbes{
    {{"Liveness", "livenessProbe"}, {"Readiness", "readinessProbe"}, {"Startup", "startupProbe"}}};

json::Value port_of(std::string_view text) {
  auto number = leading_integer(text);
  return number ? json::Value(*number) : json::Value(text);  // a named port
}

json::Object http_get(std::string_view url) {
  json::Object out;
  std::size_t scheme = url.find("://");
  if (scheme == url.npos) return out;
  std::string name(url.substr(0, scheme));
  for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  put(out, "scheme", json::Value(name));
  std::string_view rest = url.substr(scheme + 3);
  std::size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  std::size_t colon = authority.rfind(':');
  if (colon != authority.npos) {
    put(out, "host", json::Value(authority.substr(0, colon)));
    put(out, "port", port_of(authority.substr(colon + 1)));
  }
  if (slash != rest.npos) put(out, "path", json::Value(rest.substr(slash)));
  return out;
}

json::Object probe(std::string_view text) {
  json::Object out;
  std::size_t times = text.find(" delay=");
  std::string_view action = text.substr(0, times);
  std::size_t space = action.find(' ');
  std::string_view kind = action.substr(0, space);
  std::string_view what = trimmed(action.substr(std::min(space, action.size())));
  std::string_view port = what.substr(what.rfind(':') + 1);
  if (kind == "http-get") put(out, "httpGet", http_get(what));
  if (kind == "tcp-socket") put(out, "tcpSocket.port", port_of(port));
  if (kind == "grpc") put(out, "grpc.port", port_of(port.substr(0, port.find(' '))));
  if (kind == "exec" && what.size() > 2) put(out, "exec.command", texts(words(what.substr(1, what.size() - 2), " ")));
  for (const Field& time : kProbeTimes)
    if (auto at = text.find(time.key); at != text.npos) put(out, time.path, integer(text.substr(at + time.key.size())));
  return out;
}

// "state": {"waiting": {"reason": ...}}
json::Object state_of(const Entry* entry) {
  if (entry == nullptr || entry->value().empty()) return {};
  std::string name(entry->value());
  name.front() = foundation::lower(name.front());
  json::Object inner;
  put(inner, "reason", json::Value(entry->value("Reason")));
  put(inner, "message", json::Value(entry->value("Message")));
  put(inner, "exitCode", integer(entry->value("Exit Code")));
  put(inner, "signal", integer(entry->value("Signal")));
  put(inner, "startedAt", time(entry->value("Started")));
  put(inner, "finishedAt", time(entry->value("Finished")));
  return {{name, std::move(inner)}};
}

// "<set to the key 'password' in secret 'db'>  Optional: false"
json::Object key_reference(std::string_view text) {
  std::string_view rest = text.substr(kFromKey.size());
  std::string_view key = rest.substr(0, rest.find('\''));
  bool is_secret = rest.find("' in secret '") != rest.npos;
  std::size_t name = rest.find(is_secret ? "secret '" : "map '");
  if (name == rest.npos) return {};
  std::string_view of = rest.substr(rest.find('\'', name) + 1);
  json::Object reference{{"key", key}, {"name", of.substr(0, of.find('\''))}};
  put(reference, "optional", truth(text.ends_with("Optional: true") ? "true" : ""));
  return {{is_secret ? "secretKeyRef" : "configMapKeyRef", std::move(reference)}};
}

json::Array environment(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const Entry& each : entry->entries) {
    if (each.key.empty()) continue;
    json::Object variable{{"name", each.key}};
    if (each.value().starts_with(kFromKey))
      put(variable, "valueFrom", key_reference(each.value()));
    else
      variable["value"] = each.value();
    out.emplace_back(std::move(variable));
  }
  return out;
}

// "db  Secret  Optional: false"
json::Array environment_from(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const Entry& each : entry->entries) {
    auto parts = words(each.value(), " ");
    if (parts.size() < 2) continue;
    const char* source = parts[1] == "Secret" ? "secretRef" : "configMapRef";
    json::Object reference{{"name", parts[0]}};
    put(reference, "optional", truth(each.line.ends_with("true") ? "true" : ""));
    out.emplace_back(json::Object{{source, std::move(reference)}});
  }
  return out;
}

// "/data from cache (rw,path="a")"
json::Array mounts(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const Entry& each : entry->entries) {
    auto parts = words(each.value(), " ");
    if (parts.size() < 3 || parts[1] != "from") continue;
    json::Object mount{{"mountPath", parts[0]}, {"name", parts[2]}};
    if (each.value().find("(ro") != std::string_view::npos) mount["readOnly"] = true;
    out.emplace_back(std::move(mount));
  }
  return out;
}

json::Array ports(const Entry& container) {
  json::Array out;
  for (const char* key : {"Port", "Ports"}) {
    for (std::string_view text : words(container.value(key))) {
      if (!leading_integer(text)) continue;
      out.emplace_back(json::Object{{"containerPort", integer(text)}, {"protocol", text.substr(text.find('/') + 1)}});
    }
  }
  return out;
}

json::Array lines_of(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const Entry& each : entry->entries) out.emplace_back(each.line.substr(each.line.find_first_not_of(' ')));
  return out;
}

json::Object container_spec(const Entry& container) {
  json::Object out{{"name", container.key}};
  put(out, "image", json::Value(container.value("Image")));
  put(out, "ports", ports(container));
  put(out, "command", lines_of(container.find("Command")));
  put(out, "args", lines_of(container.find("Args")));
  put(out, "resources.limits", map_of(container.find("Limits")));
  put(out, "resources.requests", map_of(container.find("Requests")));
  for (const Field& each : kProbes)
    if (auto text = container.value(each.key); !text.empty()) put(out, each.path, probe(text));
  put(out, "env", environment(container.find("Environment")));
  put(out, "envFrom", environment_from(container.find("Environment Variables from")));
  put(out, "volumeMounts", mounts(container.find("Mounts")));
  return out;
}

json::Object container_status(const Entry& container) {
  json::Object out{{"name", container.key}};
  put(out, "image", json::Value(container.value("Image")));
  put(out, "imageID", json::Value(container.value("Image ID")));
  put(out, "containerID", json::Value(container.value("Container ID")));
  put(out, "ready", truth(container.value("Ready")));
  put(out, "restartCount", integer(container.value("Restart Count")));
  put(out, "state", state_of(container.find("State")));
  put(out, "lastState", state_of(container.find("Last State")));
  return out;
}

struct VolumeSource {
  std::string_view type, path, entry;  // how it begins, where its name goes, and the entry that says it
};
constexpr std::array<VolumeSource, 5> kVolumes{
    {{"ConfigMap", "configMap.name", "Name"},
     {"Secret", "secret.secretName", "SecretName"},
     {"PersistentVolumeClaim", "persistentVolumeClaim.claimName", "ClaimName"},
     {"HostPath", "hostPath.path", "Path"},
     {"EmptyDir", "emptyDir.medium", "Medium"}}};

json::Array volumes(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const Entry& each : entry->entries) {
    json::Object volume{{"name", each.key}};
    for (const VolumeSource& source : kVolumes)
      if (each.value("Type").starts_with(source.type)) put(volume, source.path, json::Value(each.value(source.entry)));
    out.emplace_back(std::move(volume));
  }
  return out;
}

// "node.kubernetes.io/not-ready:NoExecute op=Exists for 300s", "dedicated=batch:NoSchedule"
json::Array tolerations(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const std::string& line : entry->values) {
    std::string_view text = line;
    std::string_view subject = text.substr(0, text.find(' '));
    std::size_t colon = subject.rfind(':');
    std::string_view key = subject.substr(0, colon);
    json::Object toleration;
    if (colon != subject.npos) put(toleration, "effect", json::Value(subject.substr(colon + 1)));
    std::size_t sign = key.find('=');
    put(toleration, "key", json::Value(key.starts_with("op=") ? std::string_view() : key.substr(0, sign)));
    bool exists = text.find("op=Exists") != text.npos;
    toleration["operator"] = exists ? "Exists" : "Equal";
    if (sign != key.npos && !exists) put(toleration, "value", json::Value(key.substr(sign + 1)));
    out.emplace_back(std::move(toleration));
  }
  return out;
}

json::Object pod_spec(const Entry& described) {
  json::Object spec;
  for (const ContainerList& list : kContainerLists) {
    json::Array containers;
    if (const Entry* entry = described.find(list.heading))
      for (const Entry& container : entry->entries) containers.emplace_back(container_spec(container));
    put(spec, list.spec, std::move(containers));
  }
  put(spec, "serviceAccountName", json::Value(described.value("Service Account")));
  put(spec, "volumes", volumes(described.find("Volumes")));
  if (const Entry* selectors = described.find("Node-Selectors")) put(spec, "nodeSelector", pairs(selectors->values));
  put(spec, "tolerations", tolerations(described.find("Tolerations")));
  put(spec, "priorityClassName", json::Value(described.value("Priority Class Name")));
  return spec;
}

}  // namespace

void put_pod(json::Object& object, const Entry& described) {
  put(object, "spec", pod_spec(described));
  std::string_view node = described.value("Node");
  put(object, "spec.nodeName", json::Value(node.substr(0, node.find('/'))));
  std::string_view phase = described.value("Status");
  bool is_leaving = phase.starts_with("Terminating");
  put(object, "status.phase", json::Value(is_leaving ? std::string_view("Running") : phase));
  if (is_leaving) put(object, "metadata.deletionTimestamp", time(described.value("Start Time")));
  put(object, "status.reason", json::Value(described.value("Reason")));
  put(object, "status.message", json::Value(described.value("Message")));
  put(object, "status.startTime", time(described.value("Start Time")));
  put(object, "status.podIP", json::Value(described.value("IP")));
  put(object, "status.qosClass", json::Value(described.value("QoS Class")));
  put(object, "status.conditions", conditions_of(described.find("Conditions")));
  for (const ContainerList& list : kContainerLists) {
    json::Array statuses;
    if (const Entry* entry = described.find(list.heading))
      for (const Entry& container : entry->entries)
        if (container.find("State") != nullptr) statuses.emplace_back(container_status(container));
    put(object, fmt::format("status.{}", list.status), std::move(statuses));
  }
}

void put_pod_template(json::Object& object, const Entry& described) {
  const Entry* pod = described.find("Pod Template");
  if (pod == nullptr) return;
  if (const Entry* labels = pod->find("Labels")) put(object, "spec.template.metadata.labels", pairs(labels->values));
  put(object, "spec.template.spec", pod_spec(*pod));
}

}  // namespace ai_ops::bundle
