#include "demo-cluster/world/protobuf_messages.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace demo_cluster::world {
namespace {

struct MessageRow {
  std::string_view name;
  std::string_view fields;  // NUMBER:NAME=TYPE, then "*" for a list or "?" for an optional one; "map:" before its TYPE
};

constexpr MessageRow kMessages[] = {
    {"AppArmorProfile", "1:type=string 2:localhostProfile=string?"},
    {"Capabilities", "1:add=string* 2:drop=string*"},
    {"ConfigMap", "1:metadata=ObjectMeta 2:data=map:string 3:binaryData=map:bytes 4:immutable=bool?"},
    {"ConfigMapEnvSource", "1:*=LocalObjectReference 2:optional=bool?"},
    {"ConfigMapKeySelector", "1:*=LocalObjectReference 2:key=string 3:optional=bool?"},
    {"Container",
     "1:name=string 2:image=string 3:command=string* 4:args=string* 5:workingDir=string 6:ports=ContainerPort* "
     "7:env=EnvVar* 8:resources=ResourceRequirements 9:volumeMounts=VolumeMount* 10:livenessProbe=Probe? "
     "11:readinessProbe=Probe? 12:lifecycle=Lifecycle? 13:terminationMessagePath=string "
     "14:imagePullPolicy=string 15:securityContext=SecurityContext? 16:stdin=bool 17:stdinOnce=bool "
     "18:tty=bool 19:envFrom=EnvFromSource* 20:terminationMessagePolicy=string 21:volumeDevices=VolumeDevice* "
     "22:startupProbe=Probe? 23:resizePolicy=ContainerResizePolicy* 24:restartPolicy=string? "
     "25:restartPolicyRules=ContainerRestartRule*"},
    {"ContainerPort", "1:name=string 2:hostPort=int 3:containerPort=int 4:protocol=string 5:hostIP=string"},
    {"CronJob", "1:metadata=ObjectMeta 2:spec=CronJobSpec 3:status=CronJobStatus"},
    {"CronJobSpec",
     "1:schedule=string 2:startingDeadlineSeconds=int? 3:concurrencyPolicy=string 4:suspend=bool? "
     "5:jobTemplate=JobTemplateSpec 6:successfulJobsHistoryLimit=int? 7:failedJobsHistoryLimit=int? "
     "8:timeZone=string?"},
    {"DeleteOptions",
     "1:gracePeriodSeconds=int? 2:preconditions=Preconditions? 3:orphanDependents=bool? "
     "4:propagationPolicy=string? 5:dryRun=string* 6:ignoreStoreReadErrorWithClusterBreakingPotential=bool?"},
    {"Deployment", "1:metadata=ObjectMeta 2:spec=DeploymentSpec 3:status=DeploymentStatus"},
    {"DeploymentSpec",
     "1:replicas=int? 2:selector=LabelSelector? 3:template=PodTemplateSpec 4:strategy=DeploymentStrategy "
     "5:minReadySeconds=int 6:revisionHistoryLimit=int? 7:paused=bool 9:progressDeadlineSeconds=int?"},
    {"DeploymentStrategy", "1:type=string 2:rollingUpdate=RollingUpdateDeployment?"},
    {"EnvFromSource", "1:prefix=string 2:configMapRef=ConfigMapEnvSource? 3:secretRef=SecretEnvSource?"},
    {"EnvVar", "1:name=string 2:value=string 3:valueFrom=EnvVarSource?"},
    {"EnvVarSource",
     "1:fieldRef=ObjectFieldSelector? 2:resourceFieldRef=ResourceFieldSelector? "
     "3:configMapKeyRef=ConfigMapKeySelector? 4:secretKeyRef=SecretKeySelector? 5:fileKeyRef=FileKeySelector?"},
    {"Eviction", "1:metadata=ObjectMeta 2:deleteOptions=DeleteOptions?"},
    {"ExecAction", "1:command=string*"},
    {"FieldSelectorAttributes", "1:rawSelector=string 2:requirements=FieldSelectorRequirement*"},
    {"FieldSelectorRequirement", "1:key=string 2:operator=string 3:values=string*"},
    {"GRPCAction", "1:port=int 2:service=string?"},
    {"HTTPGetAction", "1:path=string 2:port=intstr 3:host=string 4:scheme=string 5:httpHeaders=HTTPHeader*"},
    {"HTTPHeader", "1:name=string 2:value=string"},
    {"HTTPIngressPath", "1:path=string 2:backend=IngressBackend 3:pathType=string?"},
    {"HTTPIngressRuleValue", "1:paths=HTTPIngressPath*"},
    {"Ingress", "1:metadata=ObjectMeta 2:spec=IngressSpec 3:status=IngressStatus"},
    {"IngressBackend", "3:resource=TypedLocalObjectReference? 4:service=IngressServiceBackend?"},
    {"IngressRule", "1:host=string 2:*=IngressRuleValue"},
    {"IngressRuleValue", "1:http=HTTPIngressRuleValue?"},
    {"IngressServiceBackend", "1:name=string 2:port=ServiceBackendPort"},
    {"IngressSpec",
     "1:defaultBackend=IngressBackend? 2:tls=IngressTLS* 3:rules=IngressRule* 4:ingressClassName=string?"},
    {"IngressTLS", "1:hosts=string* 2:secretName=string"},
    {"Job", "1:metadata=ObjectMeta 2:spec=JobSpec 3:status=JobStatus"},
    {"JobSpec",
     "1:parallelism=int? 2:completions=int? 3:activeDeadlineSeconds=int? 4:selector=LabelSelector? "
     "5:manualSelector=bool? 6:template=PodTemplateSpec 7:backoffLimit=int? 8:ttlSecondsAfterFinished=int? "
     "9:completionMode=string? 10:suspend=bool? 11:podFailurePolicy=PodFailurePolicy? "
     "12:backoffLimitPerIndex=int? 13:maxFailedIndexes=int? 14:podReplacementPolicy=string? "
     "15:managedBy=string? 16:successPolicy=SuccessPolicy?"},
    {"JobTemplateSpec", "1:metadata=ObjectMeta 2:spec=JobSpec"},
    {"LabelSelector", "1:matchLabels=map:string 2:matchExpressions=LabelSelectorRequirement*"},
    {"LabelSelectorAttributes", "1:rawSelector=string 2:requirements=LabelSelectorRequirement*"},
    {"LabelSelectorRequirement", "1:key=string 2:operator=string 3:values=string*"},
    {"LocalObjectReference", "1:name=string"},
    {"ManagedFieldsEntry",
     "1:manager=string 2:operation=string 3:apiVersion=string 4:time=time? 6:fieldsType=string 7:fieldsV1=raw? "
     "8:subresource=string"},
    {"Namespace", "1:metadata=ObjectMeta 2:spec=NamespaceSpec 3:status=NamespaceStatus"},
    {"NamespaceSpec", "1:finalizers=string*"},
    {"NonResourceAttributes", "1:path=string 2:verb=string"},
    {"ObjectFieldSelector", "1:apiVersion=string 2:fieldPath=string"},
    {"ObjectMeta",
     "1:name=string 2:generateName=string 3:namespace=string 4:selfLink=string 5:uid=string "
     "6:resourceVersion=string 7:generation=int 8:creationTimestamp=time 9:deletionTimestamp=time? "
     "10:deletionGracePeriodSeconds=int? 11:labels=map:string 12:annotations=map:string "
     "13:ownerReferences=OwnerReference* 14:finalizers=string* 17:managedFields=ManagedFieldsEntry*"},
    {"ObjectReference",
     "1:kind=string 2:namespace=string 3:name=string 4:uid=string 5:apiVersion=string 6:resourceVersion=string "
     "7:fieldPath=string"},
    {"OwnerReference",
     "1:kind=string 3:name=string 4:uid=string 5:apiVersion=string 6:controller=bool? "
     "7:blockOwnerDeletion=bool?"},
    {"PodDisruptionBudget", "1:metadata=ObjectMeta 2:spec=PodDisruptionBudgetSpec 3:status=PodDisruptionBudgetStatus"},
    {"PodDisruptionBudgetSpec",
     "1:minAvailable=intstr? 2:selector=LabelSelector? 3:maxUnavailable=intstr? "
     "4:unhealthyPodEvictionPolicy=string?"},
    {"PodSpec",
     "1:volumes=Volume* 2:containers=Container* 3:restartPolicy=string 4:terminationGracePeriodSeconds=int? "
     "5:activeDeadlineSeconds=int? 6:dnsPolicy=string 7:nodeSelector=map:string 8:serviceAccountName=string "
     "9:serviceAccount=string 10:nodeName=string 11:hostNetwork=bool 12:hostPID=bool 13:hostIPC=bool "
     "14:securityContext=PodSecurityContext? 15:imagePullSecrets=LocalObjectReference* 16:hostname=string "
     "17:subdomain=string 18:affinity=Affinity? 19:schedulerName=string 20:initContainers=Container* "
     "21:automountServiceAccountToken=bool? 22:tolerations=Toleration* 23:hostAliases=HostAlias* "
     "24:priorityClassName=string 25:priority=int? 26:dnsConfig=PodDNSConfig? 27:shareProcessNamespace=bool? "
     "28:readinessGates=PodReadinessGate* 29:runtimeClassName=string? 30:enableServiceLinks=bool? "
     "31:preemptionPolicy=string? 32:overhead=map:quantity "
     "33:topologySpreadConstraints=TopologySpreadConstraint* 34:ephemeralContainers=EphemeralContainer* "
     "35:setHostnameAsFQDN=bool? 36:os=PodOS? 37:hostUsers=bool? 38:schedulingGates=PodSchedulingGate* "
     "39:resourceClaims=PodResourceClaim* 40:resources=ResourceRequirements? 41:hostnameOverride=string?"},
    {"PodTemplateSpec", "1:metadata=ObjectMeta 2:spec=PodSpec"},
    {"Preconditions", "1:uid=string? 2:resourceVersion=string?"},
    {"Probe",
     "1:*=ProbeHandler 2:initialDelaySeconds=int 3:timeoutSeconds=int 4:periodSeconds=int "
     "5:successThreshold=int 6:failureThreshold=int 7:terminationGracePeriodSeconds=int?"},
    {"ProbeHandler", "1:exec=ExecAction? 2:httpGet=HTTPGetAction? 3:tcpSocket=TCPSocketAction? 4:grpc=GRPCAction?"},
    {"ResourceAttributes",
     "1:namespace=string 2:verb=string 3:group=string 4:version=string 5:resource=string 6:subresource=string "
     "7:name=string 8:fieldSelector=FieldSelectorAttributes? 9:labelSelector=LabelSelectorAttributes?"},
    {"ResourceFieldSelector", "1:containerName=string 2:resource=string 3:divisor=quantity"},
    {"ResourceQuota", "1:metadata=ObjectMeta 2:spec=ResourceQuotaSpec 3:status=ResourceQuotaStatus"},
    {"ResourceQuotaSpec", "1:hard=map:quantity 2:scopes=string* 3:scopeSelector=ScopeSelector?"},
    {"ResourceRequirements", "1:limits=map:quantity 2:requests=map:quantity 3:claims=ResourceClaim*"},
    {"RollingUpdateDeployment", "1:maxUnavailable=intstr? 2:maxSurge=intstr?"},
    {"SELinuxOptions", "1:user=string 2:role=string 3:type=string 4:level=string"},
    {"ScopeSelector", "1:matchExpressions=ScopedResourceSelectorRequirement*"},
    {"ScopedResourceSelectorRequirement", "1:scopeName=string 2:operator=string 3:values=string*"},
    {"SeccompProfile", "1:type=string 2:localhostProfile=string?"},
    {"Secret", "1:metadata=ObjectMeta 2:data=map:bytes 3:type=string 4:stringData=map:string 5:immutable=bool?"},
    {"SecretEnvSource", "1:*=LocalObjectReference 2:optional=bool?"},
    {"SecretKeySelector", "1:*=LocalObjectReference 2:key=string 3:optional=bool?"},
    {"SecurityContext",
     "1:capabilities=Capabilities? 2:privileged=bool? 3:seLinuxOptions=SELinuxOptions? 4:runAsUser=int? "
     "5:runAsNonRoot=bool? 6:readOnlyRootFilesystem=bool? 7:allowPrivilegeEscalation=bool? 8:runAsGroup=int? "
     "9:procMount=string? 10:windowsOptions=WindowsSecurityContextOptions? 11:seccompProfile=SeccompProfile? "
     "12:appArmorProfile=AppArmorProfile?"},
    {"SelfSubjectAccessReview",
     "1:metadata=ObjectMeta 2:spec=SelfSubjectAccessReviewSpec 3:status=SubjectAccessReviewStatus"},
    {"SelfSubjectAccessReviewSpec",
     "1:resourceAttributes=ResourceAttributes? 2:nonResourceAttributes=NonResourceAttributes?"},
    {"SelfSubjectReview", "1:metadata=ObjectMeta 2:status=SelfSubjectReviewStatus"},
    {"SelfSubjectRulesReview",
     "1:metadata=ObjectMeta 2:spec=SelfSubjectRulesReviewSpec 3:status=SubjectRulesReviewStatus"},
    {"SelfSubjectRulesReviewSpec", "1:namespace=string"},
    {"Service", "1:metadata=ObjectMeta 2:spec=ServiceSpec 3:status=ServiceStatus"},
    {"ServiceAccount",
     "1:metadata=ObjectMeta 2:secrets=ObjectReference* 3:imagePullSecrets=LocalObjectReference* "
     "4:automountServiceAccountToken=bool?"},
    {"ServiceBackendPort", "1:name=string 2:number=int"},
    {"ServicePort",
     "1:name=string 2:protocol=string 3:port=int 4:targetPort=intstr 5:nodePort=int 6:appProtocol=string?"},
    {"ServiceSpec",
     "1:ports=ServicePort* 2:selector=map:string 3:clusterIP=string 4:type=string 5:externalIPs=string* "
     "7:sessionAffinity=string 8:loadBalancerIP=string 9:loadBalancerSourceRanges=string* "
     "10:externalName=string 11:externalTrafficPolicy=string 12:healthCheckNodePort=int "
     "13:publishNotReadyAddresses=bool 14:sessionAffinityConfig=SessionAffinityConfig? "
     "17:ipFamilyPolicy=string? 18:clusterIPs=string* 19:ipFamilies=string* "
     "20:allocateLoadBalancerNodePorts=bool? 21:loadBalancerClass=string? 22:internalTrafficPolicy=string? "
     "23:trafficDistribution=string?"},
    {"SessionAffinityConfig", "1:clientIP=ClientIPConfig?"},
    {"TCPSocketAction", "1:port=intstr 2:host=string"},
    {"Toleration", "1:key=string 2:operator=string 3:value=string 4:effect=string 5:tolerationSeconds=int?"},
    {"TypedLocalObjectReference", "1:apiGroup=string? 2:kind=string 3:name=string"},
    {"Volume", "1:name=string 2:*=VolumeSource"},
    {"VolumeMount",
     "1:name=string 2:readOnly=bool 3:mountPath=string 4:subPath=string 5:mountPropagation=string? "
     "6:subPathExpr=string 7:recursiveReadOnly=string?"},
    {"VolumeSource", "1:hostPath=HostPathVolumeSource? 2:emptyDir=EmptyDirVolumeSource?"},
    {"WindowsSecurityContextOptions",
     "1:gmsaCredentialSpecName=string? 2:gmsaCredentialSpec=string? 3:runAsUserName=string? "
     "4:hostProcess=bool?"},
};

const MessageRow* find_message(std::string_view name) {
  const auto* found = std::ranges::find(kMessages, name, &MessageRow::name);
  return found == std::end(kMessages) ? nullptr : found;
}

// "NAME=TYPE" with its marks.
MessageField parse_field(std::string_view text) {
  constexpr std::string_view kMap = "map:";
  auto equals = text.find('=');
  MessageField field{text.substr(0, equals), text.substr(equals + 1)};
  field.repeated = field.type.ends_with('*');
  field.optional = field.type.ends_with('?');
  if (field.repeated || field.optional) field.type.remove_suffix(1);
  field.map = field.type.starts_with(kMap);
  if (field.map) field.type.remove_prefix(kMap.size());
  return field;
}

}  // namespace

bool is_message(std::string_view name) { return find_message(name) != nullptr; }

std::optional<MessageField> field_of(std::string_view message, std::uint64_t number) {
  const auto* row = find_message(message);
  if (row == nullptr) return std::nullopt;
  auto wanted = std::to_string(number) + ":";
  for (auto rest = row->fields; !rest.empty();) {
    auto word = rest.substr(0, rest.find(' '));
    if (word.starts_with(wanted)) return parse_field(word.substr(wanted.size()));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return std::nullopt;
}

}  // namespace demo_cluster::world
