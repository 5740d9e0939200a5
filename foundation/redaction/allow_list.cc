#include "foundation/redaction/allow_list.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace foundation::redaction {
namespace {

struct Row {
  std::string_view at;      // where the fields stand; "" is the object itself
  std::string_view fields;  // separated by spaces
  Pass pass = Pass::redacted;
};
using Rows = std::span<const Row>;

constexpr Row kEveryKind[] = {
    {"", "apiVersion kind"},
    {"metadata",
     "name namespace uid resourceVersion generation creationTimestamp deletionTimestamp finalizers labels "
     "ownerReferences"},
};

// Of what other tenants use too: no labels, owners or annotations, which may speak of those others.
constexpr Row kEveryTenants[] = {{"", "apiVersion kind"}, {"metadata", "name uid resourceVersion"}};

// Annotations hold whatever people and tools put there (last-applied holds whole objects): only these. Their names have
// dots, so that they stand apart.
constexpr std::string_view kAnnotations[] = {
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/desired-replicas",
    "kubectl.kubernetes.io/restartedAt",
    "kubernetes.io/config.mirror",
    "kubernetes.io/ingress.class",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/provisioned-by",
    "storageclass.kubernetes.io/is-default-class",
    "batch.kubernetes.io/job-completion-index",
};

// No header values of probes, no volume attributes of drivers.
constexpr Row kContainer[] = {
    {"",
     "name image imagePullPolicy ports resources resizePolicy restartPolicy securityContext stdin tty "
     "terminationMessagePath terminationMessagePolicy volumeDevices volumeMounts workingDir"},
    {"", "env", Pass::env},
    {"", "args command", Pass::arguments},
    {"envFrom", "prefix"},
    {"envFrom.configMapRef", "name optional"},
    {"envFrom.secretRef", "name optional"},
};

constexpr Row kProbe[] = {
    {"",
     "initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold "
     "terminationGracePeriodSeconds tcpSocket grpc sleep"},
    {"httpGet", "host port scheme"},
    {"httpGet", "path", Pass::url_path},
    {"httpGet.httpHeaders", "name"},
    {"exec", "command", Pass::arguments},
};

constexpr std::string_view kProbes[] = {"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart",
                                        "lifecycle.preStop"};

constexpr Row kPodSpec[] = {
    {"",
     "activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases "
     "hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority "
     "priorityClassName readinessGates restartPolicy runtimeClassName schedulerName schedulingGates securityContext "
     "serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations "
     "topologySpreadConstraints"},
    {"volumes", "name configMap secret persistentVolumeClaim emptyDir hostPath downwardAPI"},
    {"volumes.csi", "driver readOnly"},
    {"volumes.ephemeral.volumeClaimTemplate", "spec"},
    {"volumes.nfs", "server path readOnly"},
    {"volumes.projected.sources", "configMap secret serviceAccountToken downwardAPI"},
};

constexpr Row kPod[] = {
    {"status",
     "conditions containerStatuses ephemeralContainerStatuses hostIP initContainerStatuses message nominatedNodeName "
     "observedGeneration phase podIP podIPs qosClass reason resize startTime"},
};

constexpr Row kConfigMap[] = {{"", "immutable"}, {"", "data", Pass::facts}, {"", "binaryData", Pass::sizes}};
constexpr Row kSpecAndStatus[] = {{"", "spec status"}};
constexpr Row kEndpoints[] = {{"", "subsets"}};
constexpr Row kEndpointSlice[] = {{"", "addressType endpoints ports"}};
constexpr Row kEvent[] = {
    {"",
     "action count deprecatedCount deprecatedFirstTimestamp deprecatedLastTimestamp deprecatedSource eventTime "
     "firstTimestamp involvedObject lastTimestamp message note reason regarding related reportingComponent "
     "reportingController reportingInstance series source type"}};
constexpr Row kNamespace[] = {{"spec", "finalizers"}, {"status", "conditions phase"}};
// That it is there, what it offers and whether it is well: no taints, addresses, images or messages, as above.
constexpr Row kNode[] = {{"spec", "unschedulable"},
                         {"status", "allocatable capacity"},
                         {"status.conditions", "type status reason lastTransitionTime"}};
constexpr Row kPersistentVolume[] = {
    {"spec",
     "accessModes capacity claimRef hostPath local mountOptions nodeAffinity persistentVolumeReclaimPolicy "
     "storageClassName volumeMode"},
    {"spec.csi", "driver readOnly"},
    {"spec.nfs", "server path readOnly"},
    {"", "status"}};
constexpr Row kService[] = {
    {"spec",
     "allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy "
     "healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP "
     "loadBalancerSourceRanges ports publishNotReadyAddresses selector sessionAffinity type"},
    {"", "status"}};
constexpr Row kServiceAccount[] = {{"", "automountServiceAccountToken imagePullSecrets"}};
constexpr Row kStorageClass[] = {
    {"", "allowVolumeExpansion allowedTopologies mountOptions provisioner reclaimPolicy volumeBindingMode"}};
constexpr Row kDaemonSet[] = {{"spec", "minReadySeconds revisionHistoryLimit selector updateStrategy"}, {"", "status"}};
constexpr Row kDeployment[] = {
    {"spec", "minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit selector strategy"},
    {"", "status"}};
constexpr Row kReplicaSet[] = {{"spec", "minReadySeconds replicas selector"}, {"", "status"}};
constexpr Row kStatefulSet[] = {
    {"spec",
     "minReadySeconds ordinals persistentVolumeClaimRetentionPolicy podManagementPolicy replicas revisionHistoryLimit "
     "selector serviceName updateStrategy"},
    {"spec.volumeClaimTemplates", "spec"},
    {"spec.volumeClaimTemplates.metadata", "name labels"},
    {"", "status"}};
constexpr Row kJob[] = {
    {"spec",
     "activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions manualSelector "
     "maxFailedIndexes parallelism podFailurePolicy podReplacementPolicy selector suspend ttlSecondsAfterFinished"},
    {"", "status"}};
constexpr Row kCronJob[] = {
    {"spec",
     "concurrencyPolicy failedJobsHistoryLimit schedule startingDeadlineSeconds successfulJobsHistoryLimit suspend "
     "timeZone"},
    {"spec.jobTemplate.spec", "activeDeadlineSeconds backoffLimit completions parallelism ttlSecondsAfterFinished"},
    {"", "status"}};
constexpr Row kIngress[] = {{"spec", "defaultBackend ingressClassName rules tls"}, {"", "status"}};

// A kind's own fields, and where its pod spec stands, if it has one.
struct KindRow {
  std::string_view kind;
  Rows rows;
  std::string_view pod_spec = {};
  std::string_view pod_metadata = {};
  bool is_every_tenants = false;
};

constexpr KindRow kKinds[] = {
    {"ConfigMap", kConfigMap},
    {"CronJob", kCronJob, "spec.jobTemplate.spec.template.spec", "spec.jobTemplate.spec.template.metadata"},
    {"DaemonSet", kDaemonSet, "spec.template.spec", "spec.template.metadata"},
    {"Deployment", kDeployment, "spec.template.spec", "spec.template.metadata"},
    {"EndpointSlice", kEndpointSlice},
    {"Endpoints", kEndpoints},
    {"Event", kEvent},
    {"HorizontalPodAutoscaler", kSpecAndStatus},
    {"Ingress", kIngress},
    {"Job", kJob, "spec.template.spec", "spec.template.metadata"},
    {"LimitRange", kSpecAndStatus},
    {"Namespace", kNamespace},
    {"NetworkPolicy", kSpecAndStatus},
    {"Node", kNode, {}, {}, true},
    {"PersistentVolume", kPersistentVolume},
    {"PersistentVolumeClaim", kSpecAndStatus},
    {"Pod", kPod, "spec"},
    {"PodDisruptionBudget", kSpecAndStatus},
    {"ReplicaSet", kReplicaSet, "spec.template.spec", "spec.template.metadata"},
    {"ResourceQuota", kSpecAndStatus},
    {"Service", kService},
    {"ServiceAccount", kServiceAccount},
    {"StatefulSet", kStatefulSet, "spec.template.spec", "spec.template.metadata"},
    {"StorageClass", kStorageClass},
};

template <class Use>
void each_part(std::string_view text, char mark, Use use) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find(mark, at), text.size());
    use(text.substr(at, end - at));
    at = end + 1;
  }
}

AllowedField& field_at(AllowedField& root, std::string_view path) {
  AllowedField* field = &root;
  each_part(path, '.', [&](std::string_view name) { field = &field->below[std::string(name)]; });
  return *field;
}

void allow(AllowedField& root, Rows rows) {
  for (const Row& row : rows) {
    AllowedField& parent = field_at(root, row.at);
    each_part(row.fields, ' ', [&](std::string_view name) { parent.below[std::string(name)].pass = row.pass; });
  }
}

void allow_metadata(AllowedField& metadata) {
  for (std::string_view name : kAnnotations)
    metadata.below["annotations"].below[std::string(name)].pass = Pass::redacted;
}

void allow_pod_spec(AllowedField& spec) {
  allow(spec, kPodSpec);
  for (std::string_view list : {"containers", "initContainers", "ephemeralContainers"}) {
    AllowedField& container = field_at(spec, list);
    allow(container, kContainer);
    for (std::string_view probe : kProbes) allow(field_at(container, probe), kProbe);
  }
}

AllowedField build(const KindRow& row) {
  AllowedField root;
  allow(root, row.is_every_tenants ? Rows(kEveryTenants) : Rows(kEveryKind));
  if (!row.is_every_tenants) allow_metadata(field_at(root, "metadata"));
  allow(root, row.rows);
  if (!row.pod_spec.empty()) allow_pod_spec(field_at(root, row.pod_spec));
  if (!row.pod_metadata.empty()) {
    allow_metadata(field_at(root, row.pod_metadata));
    field_at(root, row.pod_metadata).below["labels"].pass = Pass::redacted;
  }
  return root;
}

using AllowLists = std::map<std::string_view, AllowedField>;

AllowLists build_all() {
  AllowLists out;
  for (const KindRow& row : kKinds) out.emplace(row.kind, build(row));
  return out;
}

}  // namespace

const AllowedField* allow_list(std::string_view kind) {
  static const AllowLists lists = build_all();
  auto found = lists.find(kind);
  return found == lists.end() ? nullptr : &found->second;
}

}  // namespace foundation::redaction
