#include "ai-ops/bundle/described_object.h"

#include <gtest/gtest.h>

#include "foundation/json/view.h"

namespace ai_ops::bundle {
namespace {

using foundation::json::View;

const foundation::WallTime kNow = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");

// What stands at "spec.containers.0.image", as text; "" for nothing.
std::string at(const json::Object& object, std::string_view path) {
  json::Value whole(object);
  boost::system::error_code error;
  std::string pointer = "/" + std::string(path);
  for (char& c : pointer)
    if (c == '.') c = '/';
  const json::Value* found = whole.find_pointer(pointer, error);
  if (found == nullptr) return {};
  return found->is_string() ? std::string(found->as_string()) : foundation::json::to_text(*found);
}

DescribedObject read(std::string_view text) {
  auto read = read_described(text, kNow);
  EXPECT_TRUE(read) << read.error().text();
  return read ? *std::move(read) : DescribedObject{};
}

constexpr std::string_view kPod = R"(Name:             checkout-5d9c-0
Namespace:        shop
Priority:         0
Service Account:  checkout
Node:             n1/10.0.0.1
Start Time:       Fri, 02 Jan 2026 12:00:00 +0100
Labels:           app=checkout
                  pod-template-hash=5d9c
Annotations:      note: a: b
Status:           Running
IP:               10.1.0.7
IPs:
  IP:           10.1.0.7
Controlled By:  ReplicaSet/checkout-5d9c
Init Containers:
  migrate:
    Image:          shop/migrate:1
    Port:           <none>
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
    Ready:          True
    Restart Count:  0
    Environment:    <none>
Containers:
  app:
    Container ID:  containerd://b71a
    Image:         shop/checkout:1
    Ports:         8080/TCP, 9090/TCP
    Command:
      sh
      -c
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    2
      Started:      Fri, 02 Jan 2026 11:58:00 +0000
      Finished:     Fri, 02 Jan 2026 11:58:01 +0000
    Ready:          False
    Restart Count:  3
    Limits:
      cpu:     200m
      memory:  128Mi
    Liveness:   http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3
    Readiness:  grpc <pod>:9090  delay=0s timeout=1s period=10s #success=1 #failure=3
    Environment Variables from:
      settings  ConfigMap  Optional: false
    Environment:
      DATABASE_URL:  postgres://db:5433
      PASSWORD:      <set to the key 'password' in secret 'db'>  Optional: false
    Mounts:
      /data from cache (rw)
      /etc/x from conf (ro)
Conditions:
  Type           Status
  PodScheduled   True 
  Ready          False 
Volumes:
  cache:
    Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:  cache
    ReadOnly:   false
  conf:
    Type:        Secret (a volume populated by a Secret)
    SecretName:  conf
    Optional:    false
QoS Class:                   Burstable
Node-Selectors:              disktype=ssd
                             zone=a
Tolerations:                 dedicated=batch:NoSchedule
                             node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:
  Type     Reason     Age                    From               Message
  ----     ------     ----                   ----               -------
  Normal   Scheduled  5m                     default-scheduler  Successfully assigned shop/checkout-5d9c-0 to n1
  Warning  BackOff    2m21s (x12 over 4m)    kubelet            Back-off restarting failed container: app in pod
)";

TEST(ReadDescribed, APodWithAllThatStandsInIt) {
  auto [pod, events] = read(kPod);
  const std::pair<const char*, const char*> kExpected[] = {
      {"kind", "Pod"},
      {"metadata.name", "checkout-5d9c-0"},
      {"metadata.namespace", "shop"},
      {"metadata.labels.pod-template-hash", "5d9c"},
      {"metadata.ownerReferences.0.kind", "ReplicaSet"},
      {"spec.nodeName", "n1"},
      {"spec.serviceAccountName", "checkout"},
      {"spec.nodeSelector.zone", "a"},
      {"spec.tolerations.0.value", "batch"},
      {"spec.tolerations.0.effect", "NoSchedule"},
      {"spec.tolerations.1.operator", "Exists"},
      {"spec.volumes.0.persistentVolumeClaim.claimName", "cache"},
      {"spec.volumes.1.secret.secretName", "conf"},
      {"spec.initContainers.0.image", "shop/migrate:1"},
      {"spec.containers.0.name", "app"},
      {"spec.containers.0.ports.1.containerPort", "9090"},
      {"spec.containers.0.command.1", "-c"},
      {"spec.containers.0.resources.limits.memory", "128Mi"},
      {"spec.containers.0.livenessProbe.httpGet.port", "8080"},
      {"spec.containers.0.livenessProbe.httpGet.path", "/healthz"},
      {"spec.containers.0.livenessProbe.failureThreshold", "3"},
      {"spec.containers.0.readinessProbe.grpc.port", "9090"},
      {"spec.containers.0.env.0.value", "postgres://db:5433"},
      {"spec.containers.0.env.1.valueFrom.secretKeyRef.name", "db"},
      {"spec.containers.0.env.1.valueFrom.secretKeyRef.key", "password"},
      {"spec.containers.0.envFrom.0.configMapRef.name", "settings"},
      {"spec.containers.0.volumeMounts.1.readOnly", "true"},
      {"status.phase", "Running"},
      {"status.podIP", "10.1.0.7"},
      {"status.startTime", "2026-01-02T11:00:00.000Z"},
      {"status.conditions.1.status", "False"},
      {"status.initContainerStatuses.0.state.terminated.exitCode", "0"},
      {"status.containerStatuses.0.ready", "false"},
      {"status.containerStatuses.0.restartCount", "3"},
      {"status.containerStatuses.0.state.waiting.reason", "CrashLoopBackOff"},
      {"status.containerStatuses.0.lastState.terminated.exitCode", "2"},
      {"status.containerStatuses.0.lastState.terminated.finishedAt", "2026-01-02T11:58:01.000Z"},
  };
  for (const auto& [path, text] : kExpected) EXPECT_EQ(at(pod, path), text) << path;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(at(events[1], "reason"), "BackOff");
  EXPECT_EQ(at(events[1], "count"), "12");
  EXPECT_EQ(at(events[1], "message"), "Back-off restarting failed container: app in pod");
  EXPECT_EQ(at(events[1], "lastTimestamp"), "2026-01-02T11:57:39.000Z");
  EXPECT_EQ(at(events[1], "firstTimestamp"), "2026-01-02T11:56:00.000Z");
  EXPECT_EQ(at(events[1], "involvedObject.name"), "checkout-5d9c-0");
}

struct Told {
  const char* text;
  std::vector<std::pair<const char*, const char*>> expected;
};

class EachKind : public testing::TestWithParam<Told> {};

TEST_P(EachKind, IsKnownByItsFieldsAndRead) {
  auto [object, events] = read(GetParam().text);
  for (const auto& [path, text] : GetParam().expected) EXPECT_EQ(at(object, path), text) << path;
}

INSTANTIATE_TEST_SUITE_P(
    ReadDescribed, EachKind,
    testing::Values(
        Told{"Name:                   web\nNamespace:              shop\nSelector:               app=web,tier=front\n"
             "Replicas:               3 desired | 2 updated | 3 total | 1 available | 2 unavailable\n"
             "StrategyType:           RollingUpdate\nPod Template:\n  Labels:  app=web\n  Containers:\n   app:\n"
             "    Image:  shop/web:1\nConditions:\n  Type           Status  Reason\n  ----           ------  ------\n"
             "  Progressing    False   ProgressDeadlineExceeded\n",
             {{"kind", "Deployment"},
              {"spec.replicas", "3"},
              {"status.availableReplicas", "1"},
              {"status.unavailableReplicas", "2"},
              {"spec.selector.matchLabels.tier", "front"},
              {"spec.template.spec.containers.0.image", "shop/web:1"},
              {"status.conditions.0.reason", "ProgressDeadlineExceeded"}}},
        Told{"Name:           web-5d9c\nNamespace:      shop\nControlled By:  Deployment/web\n"
             "Replicas:       2 current / 3 desired\nPods Status:    1 Running / 1 Waiting / 0 Succeeded / 0 Failed\n"
             "Pod Template:\n  Labels:  app=web\n",
             {{"kind", "ReplicaSet"}, {"spec.replicas", "3"}, {"status.replicas", "2"}}},
        Told{"Name:                     web\nNamespace:                shop\nSelector:                 app=web\n"
             "Type:                     NodePort\nIP:                       10.0.0.9\n"
             "Port:                     http  80/TCP\nTargetPort:               web/TCP\n"
             "NodePort:                 http  30080/TCP\nEndpoints:                10.1.0.7:8080\n"
             "Port:                     <unset>  443/TCP\nTargetPort:               8443/TCP\n"
             "Session Affinity:         None\n",
             {{"kind", "Service"},
              {"spec.ports.0.name", "http"},
              {"spec.ports.0.targetPort", "web"},
              {"spec.ports.0.nodePort", "30080"},
              {"spec.ports.1.port", "443"},
              {"spec.ports.1.targetPort", "8443"},
              {"spec.selector.app", "web"}}},
        Told{"Name:         web\nNamespace:    shop\nSubsets:\n  Addresses:          10.1.0.7,10.1.0.8\n"
             "  NotReadyAddresses:  10.1.0.9\n  Ports:\n    Name     Port  Protocol\n    ----     ----  --------\n"
             "    <unset>  8080  TCP\n",
             {{"kind", "Endpoints"},
              {"subsets.0.addresses.1.ip", "10.1.0.8"},
              {"subsets.0.notReadyAddresses.0.ip", "10.1.0.9"},
              {"subsets.0.ports.0.port", "8080"}}},
        Told{
            "Name:               n1\nRoles:              worker\nTaints:             dedicated=batch:NoSchedule\n"
            "                    node.kubernetes.io/unreachable:NoExecute\nUnschedulable:      true\nConditions:\n"
            "  Type    Status   LastHeartbeatTime                 LastTransitionTime                Reason             "
            "Message\n"
            "  ----    ------   -----------------                 ------------------                ------             "
            "-------\n"
            "  Ready   Unknown  Fri, 02 Jan 2026 11:00:00 +0000   Fri, 02 Jan 2026 11:01:00 +0000   NodeStatusUnknown  "
            "Kubelet stopped posting node status.\n"
            "Capacity:\n  cpu:  8\nAllocatable:\n  cpu:  7500m\n",
            {{"kind", "Node"},
             {"spec.taints.0.value", "batch"},
             {"spec.taints.1.key", "node.kubernetes.io/unreachable"},
             {"spec.unschedulable", "true"},
             {"status.allocatable.cpu", "7500m"},
             {"status.conditions.0.status", "Unknown"},
             {"status.conditions.0.lastTransitionTime", "2026-01-02T11:01:00.000Z"},
             {"status.conditions.0.message", "Kubelet stopped posting node status."}}},
        Told{"Name:           web\nNamespace:      shop\nMin available:  50%\nSelector:       app=web\nStatus:\n"
             "    Allowed disruptions:  0\n    Current:              1\n    Desired:              2\n"
             "    Total:                3\nEvents:                   <none>\n",
             {{"kind", "PodDisruptionBudget"},
              {"spec.minAvailable", "50%"},
              {"spec.selector.matchLabels.app", "web"},
              {"status.disruptionsAllowed", "0"},
              {"status.currentHealthy", "1"},
              {"status.desiredHealthy", "2"},
              {"status.expectedPods", "3"}}},
        Told{"Name:         web-x\nNamespace:    shop\nLabels:       app=web\nAddressType:  IPv4\nPorts:\n"
             "  Name     Port  Protocol\n  ----     ----  --------\n  <unset>  80    TCP\nEndpoints:\n"
             "  - Addresses:  10.64.0.1,10.64.0.2\n    Conditions:\n      Ready:    true\n    Hostname:   <unset>\n"
             "    TargetRef:  Pod/web-1\n    NodeName:   n1\n    Zone:       <unset>\n"
             "  - Addresses:  10.64.0.3\n    Conditions:\n      Ready:    false\nEvents:         <none>\n",
             {{"kind", "EndpointSlice"},
              {"addressType", "IPv4"},
              {"ports.0.port", "80"},
              {"endpoints.0.addresses.1", "10.64.0.2"},
              {"endpoints.0.conditions.ready", "true"},
              {"endpoints.0.targetRef.name", "web-1"},
              {"endpoints.0.nodeName", "n1"},
              {"endpoints.1.conditions.ready", "false"}}},
        Told{"Name:         nginx\nLabels:       <none>\n"
             "Annotations:  ingressclass.kubernetes.io/is-default-class: true\nController:   k8s.io/ingress-nginx\n"
             "Events:       <none>\n",
             {{"kind", "IngressClass"},
              {"spec.controller", "k8s.io/ingress-nginx"},
              {"metadata.annotations", R"({"ingressclass.kubernetes.io/is-default-class":"true"})"}}},
        Told{"Name:                  fast\nIsDefaultClass:        Yes\nProvisioner:           x/y\n"
             "ReclaimPolicy:         Delete\nVolumeBindingMode:     WaitForFirstConsumer\n",
             {{"kind", "StorageClass"},
              {"volumeBindingMode", "WaitForFirstConsumer"},
              {"metadata.annotations", R"({"storageclass.kubernetes.io/is-default-class":"true"})"}}},
        Told{"Name:             web\nNamespace:        shop\nAddress:          192.0.2.1\nIngress Class:    nginx\n"
             "Default backend:  <default>\nRules:\n  Host        Path  Backends\n  ----        ----  --------\n"
             "  a.b         \n              /   web:80 (10.64.0.1:80)\n",
             {{"kind", "Ingress"},
              {"spec.ingressClassName", "nginx"},
              {"status.loadBalancer.ingress.0.ip", "192.0.2.1"},
              {"spec.rules.0.http.paths.0.backend.service.name", "web"}}},
        Told{"Name:          data\nNamespace:     shop\nStorageClass:  fast\nStatus:        Pending\nVolume:\n"
             "Capacity:\nAccess Modes:  RWO,RWX\n",
             {{"kind", "PersistentVolumeClaim"},
              {"spec.storageClassName", "fast"},
              {"status.phase", "Pending"},
              {"spec.accessModes.1", "ReadWriteMany"}}},
        Told{"Name:            pods\nNamespace:       shop\nResource         Used  Hard\n--------         ----  ----\n"
             "requests.memory  3Gi   4Gi\n",
             {{"kind", "ResourceQuota"}, {"spec.hard.requests.memory", ""}, {"metadata.name", "pods"}}},
        Told{"Name:       limits\nNamespace:  shop\n"
             "Type        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio\n"
             "----        --------  ---  ---  ---------------  -------------  -----------------------\n"
             "Container   memory    -    1Gi  64Mi             256Mi          -\n"
             "Container   cpu       10m  -    -                -              2\n",
             {{"kind", "LimitRange"},
              {"spec.limits.0.type", "Container"},
              {"spec.limits.0.max.memory", "1Gi"},
              {"spec.limits.0.min.memory", ""},
              {"spec.limits.0.defaultRequest.memory", "64Mi"},
              {"spec.limits.0.maxLimitRequestRatio.cpu", "2"}}},
        Told{"Name:         isolate\nNamespace:    shop\nSpec:\n  PodSelector:     app=web\n"
             "  Allowing ingress traffic:\n    <none> (Selected pods are isolated for ingress connectivity)\n"
             "  Not affecting egress traffic\n  Policy Types: Ingress\n",
             {{"kind", "NetworkPolicy"},
              {"spec.podSelector.matchLabels.app", "web"},
              {"spec.policyTypes.0", "Ingress"},
              {"spec.ingress", ""}}},
        Told{"Name:         db\nNamespace:    shop\n\nType:  Opaque\n\nData\n====\npassword:  8 bytes\n",
             {{"kind", "Secret"}, {"data.password", "null"}, {"type", "Opaque"}}},
        Told{"Name:         conf\nNamespace:    shop\n\nData\n====\napp.yaml:\n----\nkey: value\n\nBinaryData\n====\n\n"
             "Events:  <none>\n",
             {{"kind", "ConfigMap"}, {"metadata.name", "conf"}}}));

TEST(ReadDescribed, AProbeThatSaysNoAddressIsReadAsFarAsItGoes) {
  auto [pod, events] = read(
      "Name:  web\nNode:  n1/1\nIP:    1\nContainers:\n  app:\n    Liveness:  http-get   delay=5s timeout=1s\n"
      "    Readiness:  tcp-socket \n    Startup:  exec  \n");
  EXPECT_EQ(at(pod, "spec.containers.0.livenessProbe"), R"({"initialDelaySeconds":5,"timeoutSeconds":1})");
}

TEST(ReadDescribed, AQuotasResourcesKeepTheirDots) {
  auto [quota, events] = read(
      "Name:   q\nNamespace:  shop\nResource         Used  Hard\n--------         ----  ----\n"
      "requests.memory  3Gi   4Gi\n");
  EXPECT_EQ(foundation::json::to_text(quota.at("status").at("hard")), R"({"requests.memory":"4Gi"})");
}

TEST(ReadDescribed, AConfigMapsValuesAreWhatStandsBelowTheirKeys) {
  auto [map, events] = read(
      "Name:  c\nNamespace:  shop\n\nData\n====\napp.yaml:\n----\nlevel: debug\n\n  port: "
      "80\n\nLEVEL:\n----\ninfo\n\nEMPTY:\n"
      "----\n\n\nBinaryData\n====\nblob: 5 bytes\n\nEvents:  <none>\n");
  EXPECT_EQ(foundation::json::to_text(map.at("data")),
            R"({"app.yaml":"level: debug\n\n  port: 80","LEVEL":"info","EMPTY":""})");
}

TEST(ReadDescribed, WhatIsNoDescriptionIsRefused) {
  for (const char* text : {"", "hello", "Name:  x\n", "Name:\n", "a: b\nc: d\n", "\n\n\n", ":::::\n:"})
    EXPECT_FALSE(read_described(text, kNow)) << text;
}

// An Event's description has a line "Type:" as a Secret's does.
TEST(ReadDescribed, WhatKubectlDescribesByNoFormOfItsKindIsRefused) {
  EXPECT_FALSE(
      read_described("Name:             web.17a\nNamespace:        shop\nLabels:           <none>\n"
                     "API Version:      v1\nInvolved Object:\n  Kind:  Pod\nKind:             Event\n"
                     "Reason:           BackOff\nType:             Warning\n\nType:  x\n",
                     kNow));
}

TEST(ReadDescribed, AnyPrefixAndAnyLineOfADescriptionReads) {
  for (std::size_t end = 0; end < kPod.size(); end += 7) (void)read_described(kPod.substr(0, end), kNow);
  for (std::size_t begin = 0; begin < kPod.size(); begin += 7) (void)read_described(kPod.substr(begin), kNow);
}

}  // namespace
}  // namespace ai_ops::bundle
