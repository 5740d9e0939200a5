#include "ai-ops/grounding/vocabulary.h"

#include <algorithm>
#include <span>

namespace ai_ops::grounding {
namespace {

struct Row {
  Sense sense;
  std::string_view idea;
  std::string_view words;
};
constexpr Row kMeanings[] = {
    {Sense::state, "ready", "ready|readiness|available|unready|unavailable"},
    {Sense::state, "running", "running|runs|ran"},
    {Sense::state, "restart", "restart|restarts|restarted|restarting"},
    {Sense::state, "exit", "exit|exits|exited|exiting"},
    {Sense::state, "completed", "completed|completes|complete|finished|succeeded|succeeds"},
    {Sense::state, "suspended", "suspended|paused"},
    {Sense::state, "scheduled", "scheduled|schedulable|unschedulable|unscheduled|scheduling"},
    {Sense::problem, "pending", "pending"},
    {Sense::problem, "crash",
     "crash|crashes|crashed|crashing|crashloopbackoff|crashloop|crash-loop|crash-looping|panic|panics|panicked"},
    {Sense::problem, "oom", "oomkilled|oom|out-of-memory"},
    {Sense::problem, "killed", "killed|kills|kill"},
    {Sense::problem, "evicted", "evicted|eviction|preempted"},
    {Sense::problem, "pull", "imagepullbackoff|errimagepull|pull|pulled|pulls|pulling"},
    {Sense::problem, "back-off", "backoff|back-off|backing"},
    {Sense::problem, "refused", "refused|refuses|refusing|refuse|rejected|rejects"},
    {Sense::problem, "timeout", "timeout|timeouts|timed|time-out|times-out"},
    {Sense::problem, "unreachable", "unreachable|unresponsive|disconnected"},
    {Sense::problem, "missing", "missing|absent|lacks|lacking"},
    {Sense::problem, "forbidden", "forbidden|unauthorized|denied|permission|permissions|unauthenticated"},
    {Sense::problem, "expired", "expired|expires|expiry"},
    {Sense::problem, "full", "full|exhausted|exceeded|exceeds"},
    {Sense::problem, "throttled", "throttled|throttling|slow|latency|overloaded|overload"},
    {Sense::problem, "corrupt", "corrupt|corrupted|corruption"},
    {Sense::problem, "terminated", "terminated|terminating"},
    {Sense::topic, "memory", "memory|ram"},
    {Sense::topic, "leak", "leak|leaks|leaking"},
    {Sense::topic, "cpu", "cpu|cpus|core|cores|processor"},
    {Sense::topic, "disk", "disk|disks|storage|volume|volumes|filesystem"},
    {Sense::topic, "network", "network|networking|firewall|networkpolicy"},
    {Sense::topic, "dns", "dns|resolve|resolves|resolved-by"},
    {Sense::topic, "certificate", "certificate|certificates|tls|ssl"},
    {Sense::topic, "quota", "quota|quotas"},
    {Sense::topic, "probe", "probe|probes|liveness"},
    {Sense::topic, "password",
     "password|passwords|credential|credentials|login|authentication|token|tokens|kubeconfig|passcode|pin|otp"},
    {Sense::topic, "secret", "secret|secrets"},
    {Sense::topic, "image", "image|images|registry"},
    {Sense::topic, "traffic", "traffic|load|requests-per-second"},
    {Sense::topic, "bug",
     "bug|bugs|typo|regression|deadlock|exploit|attack|attacked|hacked|compromised|breach|breached|malware|intruder"},
    {Sense::topic, "autoscaler", "autoscaler|autoscaling|hpa"},
    {Sense::topic, "migration", "migration|migrations|backup|backups|schema"},
    {Sense::bad, "bad",
     "fail|fails|failed|failing|failure|failures|unhealthy|broken|down|wrong|problem|problems|issue|issues|error|"
     "errors|"
     "trouble|stuck|degraded|affected|faulty|misconfigured|incorrect|mismatch"},
    {Sense::good, "good",
     "healthy|fine|ok|okay|well|good|stable|normal|normally|operational|successful|successfully|works|working|correct|"
     "correctly|resolved|recovered|solved|safe|perfect|perfectly|great|alright|smoothly|flawlessly"},
    {Sense::action, "fixed", "fixed|repaired|corrected|mitigated"},
    {Sense::action, "scaled", "scale|scales|scaled|scaling|upscaled|downscaled"},
    {Sense::action, "deleted", "deleted|delete|deletes|removed|remove|wiped|drop|destroy|destroyed|erased"},
    {Sense::action, "changed",
     "changed|updated|upgraded|reduced|increased|raised|lowered|stopped|started|moved|migrated|rescheduled|edited|"
     "applied|deployed|patched|reverted|created|modified|redeployed"},
    {Sense::action, "rolled", "rolled|rollback|rollout"},
};

struct Sort {
  std::string_view sort;
  std::string_view words;
};
constexpr Sort kCounted[] = {
    {"replica", "replica|replicas|pod|pods|instance|instances|copy|copies"},
    {"restart", "restart|restarts|restarted|restarting|time|times"},
    {"node", "node|nodes"},
    {"container", "container|containers"},
    {"cpu", "cpu|cpus|core|cores"},
    {"memory", "memory"},
    {"endpoint", "endpoint|endpoints"},
    {"problem", "problem|problems|issue|issues"},
    {"cause", "cause|causes"},
    {"workload", "workload|workloads|deployment|deployments|service|services|application|applications|app|apps"},
    {"event", "event|events"},
    {"line", "line|lines"},
    {"request", "request|requests"},
    {"error", "error|errors|failure|failures"},
    {"port", "port|ports|listens|listen|listening"},
    {"exit", "exit|exits|exited|code"},
    {"%", "percent"},
    {"Mi", "mi|mib|mebibytes"},
    {"Gi", "gi|gib|gibibytes"},
    {"MB", "mb|megabytes"},
    {"GB", "gb|gigabytes"},
    {"ms", "ms|milliseconds"},
    {"s", "s|sec|second|seconds"},
    {"min", "min|minute|minutes"},
    {"h", "h|hour|hours"},
    {"d", "day|days"},
    {"m", "millicores|millicpu|millicpus"},
};

constexpr std::string_view kNegations =
    "not|no|never|none|neither|nor|cannot|without|nothing|unable|fail|fails|failed|failing|instead|zero|nobody|hardly";
constexpr std::string_view kUniversals =
    "all|every|everything|everyone|nothing|none|no|each|both|always|never|anything|any|only|nobody";
constexpr std::string_view kBackReferences = "it|its|this|that|they|their|these|he|she";
constexpr std::string_view kKinds =
    "pod|pods|deployment|deployments|service|services|statefulset|statefulsets|daemonset|daemonsets|replicaset|"
    "replicasets|job|jobs|cronjob|cronjobs|node|nodes|configmap|configmaps|secret|secrets|ingress|namespace|project|"
    "container|containers|workload|workloads|database|app|application|cluster";
constexpr Sort kKindsByThemselves[] = {
    {"service", "service|services"},    {"node", "node|nodes"}, {"configmap", "configmap|configmaps"},
    {"secret", "secret|secrets"},       {"ingress", "ingress"}, {"persistentvolumeclaim", "persistentvolumeclaim"},
    {"namespace", "namespace|project"},
};
constexpr std::string_view kDeterminers =
    "the|a|an|this|that|these|those|no|any|each|every|all|some|both|either|neither|another|other|one";
constexpr std::string_view kOutOfPlace =
    "i|i'm|i've|i'll|i'd|we|we've|we'll|my|our|kubectl|helm|curl|wget|sudo|rm|click|visit|download|ignore|ignored|"
    "instruction|instructions|prompt|obey|password|passwords|passphrase|execute|execution|run|half|double|twice|dozens|"
    "hundreds|thousands|millions|majority|several|pay|pwned|urgent|please|hello|congratulations|sorry|paste|browser|"
    "website|webpage|link|links|email|e-mail|phone|money|payment|invoice|bitcoin|wallet|attachment|captcha";
constexpr std::string_view kSoftware =
    "redis|kafka|mysql|mariadb|mongodb|mongo|rabbitmq|nats|elasticsearch|opensearch|nginx|envoy|istio|vault|consul|"
    "etcd|memcached|cassandra|zookeeper|postgres|postgresql|oracle|prometheus|grafana|keycloak|traefik|haproxy|minio|"
    "spark|airflow|java|python|node.js|golang|jvm|docker|containerd|aws|gcp|azure|s3|stripe|cloudflare";
constexpr std::string_view kPlain =
    "a|an|the|this|that|these|those|it|its|their|his|her|your|each|every|all|any|some|no|none|another|other|same|"
    "which|who|what|where|when|why|how|and|or|but|so|because|since|as|while|if|than|then|there|here|also|only|just|"
    "still|now|"
    "of|in|on|at|to|for|from|by|with|about|under|over|into|behind|after|before|during|between|against|within|"
    "is|are|was|were|be|been|being|has|have|had|does|do|did|will|would|can|could|may|might|must|should|cannot|"
    "not|never|however|therefore|currently|again|repeatedly|continuously|immediately|shortly|both|more|most|many|few|"
    "new|old|first|second|last|next|largest|biggest|smallest|single|affected|failing|failed|broken|crashing|unhealthy|"
    "ready|running|pending|waiting|own|main|whole|entire|right|correct|wrong|expected|actual|configured|available|"
    "reason|cause|problem|issue|error|result|evidence|fact|facts|finding|log|logs|line|message|event|events|status|"
    "state|configuration|config|setting|value|variable|environment|port|ports|address|host|url|endpoint|endpoints|"
    "connection|connections|request|requests|limit|limits|amount|resource|resources|memory|cpu|image|images|name|"
    "process|startup|start|command|probe|volume|replica|replicas|instance|instances|code|number|capacity|size|target|"
    "spec|template|account|scheduler|kubernetes|kubelet|system|workspace|user|users|caller|callers|dependency|"
    "backend|upstream|downstream|application|applications|apps|server|client|"
    "listens|listen|listening|points|asks|needs|wants|keeps|gets|tries|starts|stops|exits|crashes|fails|runs|uses|"
    "calls|says|shows|expects|requires|waits|stays|remains|seems|appears|means|logs|restarts|exists|mounts|"
    "restarting|restarted|listening|starting|trying|called|named|itself|one|two|three|point|try|keep|get|crash|"
    "receives|enters|reports|returns|depends|connects|reaches|belongs|contains|provides|serves|accepts|responds|"
    "attempts|tried|becomes|become|loses|opens|writes|reads|sends|loads|takes|leads|exposes|blocks|prevents|because|"
    "something|nothing|everything|anything|small|smaller|larger|big|bigger|enough|too|large|such|like";
constexpr std::string_view kVerbsOfState =
    "is|are|was|were|has|have|isn't|aren't|cannot|can't|crashes|fails|keeps|seems|remains|stays|went|goes|needs|asks|"
    "listens|doesn't|does|will|restarts|exits|refuses";
constexpr std::string_view kLeftDepends =
    "calls|call|calling|called|uses|use|using|used|needs|need|requires|require|depends|depend|depending|reaches|reach|"
    "connects|connect|contacts|because|due|affected|broken-by|blocked|caused-by|relies";
constexpr std::string_view kRightDepends = "causes|cause|caused|causing|breaks|blocks|affects|stops|prevents";

std::string_view sort_in(std::span<const Sort> sorts, std::string_view word) {
  auto row = std::ranges::find_if(sorts, [&](const Sort& r) { return is_one_of(r.words, word); });
  return row == sorts.end() ? std::string_view() : row->sort;
}

}  // namespace

bool is_one_of(std::string_view list, std::string_view word) {
  if (word.empty()) return false;  // found everywhere, it would be looked for without end
  for (std::size_t at = 0; (at = list.find(word, at)) != std::string_view::npos; at += word.size()) {
    bool begins = at == 0 || list[at - 1] == '|';
    bool ends = at + word.size() == list.size() || list[at + word.size()] == '|';
    if (begins && ends) return true;
  }
  return false;
}

Meaning meaning_of(std::string_view word) {
  auto row = std::ranges::find_if(kMeanings, [&](const Row& r) { return is_one_of(r.words, word); });
  return row == std::end(kMeanings) ? Meaning{} : Meaning{row->sense, row->idea};
}

std::string_view counted_by(std::string_view word) { return sort_in(kCounted, word); }
std::string_view kind_by_itself(std::string_view word) { return sort_in(kKindsByThemselves, word); }
bool is_determiner(std::string_view word) { return is_one_of(kDeterminers, word); }

bool is_negation(std::string_view word) { return word.ends_with("n't") || is_one_of(kNegations, word); }
bool is_universal(std::string_view word) { return is_one_of(kUniversals, word); }
bool is_back_reference(std::string_view word) { return is_one_of(kBackReferences, word); }
bool is_kind(std::string_view word) { return is_one_of(kKinds, word); }
bool is_out_of_place(std::string_view word) {
  return is_one_of(kOutOfPlace, word) || word.starts_with("http:") || word.starts_with("https:") ||
         word.starts_with("www.");
}
bool is_software(std::string_view word) { return is_one_of(kSoftware, word); }
bool is_plain_word(std::string_view word) { return is_one_of(kPlain, word); }
bool is_verb_of_state(std::string_view word) { return is_one_of(kVerbsOfState, word); }

Relation relation_of(std::string_view word) {
  if (is_one_of(kLeftDepends, word)) return Relation::left_depends;
  return is_one_of(kRightDepends, word) ? Relation::right_depends : Relation::none;
}

}  // namespace ai_ops::grounding
