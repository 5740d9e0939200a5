#include "ai-ops/bundle/bundle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "foundation/json/view.h"

namespace ai_ops::bundle {
namespace {

using foundation::json::View;

const foundation::WallTime kAt = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");

// "Deployment/shop/web Pod/shop/web-1"
std::string names(const Bundle& bundle) {
  std::string out;
  for (const auto& object : bundle.objects.all())
    out += fmt::format("{}{}/{}/{}", out.empty() ? "" : " ", object.kind(), object.namespace_name(), object.name());
  return out;
}

std::string unread(const Bundle& bundle) {
  std::string out;
  for (const auto& each : bundle.unread) out += each.path + ": " + each.why + "\n";
  return out;
}

Bundle read(const std::vector<File>& files) { return read_bundle(files, {.at = kAt}); }

constexpr const char* kPodJson =
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"u"},
  "spec":{"containers":[{"name":"app","env":[{"name":"DB_PASSWORD","value":"hunter2"}]}]},"status":{"phase":"Running"}})";
constexpr const char* kPodTable =
    "NAME    READY   STATUS    RESTARTS   AGE   NODE\nweb-1   1/1     Running   0          5m    n1\n";

TEST(ReadBundle, EveryFormUnderAnyNameTellsOfTheSameObjects) {
  Bundle bundle = read(
      {{"a", kPodJson},
       {"b.json",
        R"({"kind":"List","items":[{"kind":"Service","metadata":{"name":"web","namespace":"shop","uid":"s"}}]})"},
       {"c.txt", kPodTable},
       {"d.log",
        "Name:         web-1\nNamespace:    shop\nNode:         n1/10.0.0.1\nStatus:       Running\n"
        "IP:           10.1.0.7\nContainers:\n  app:\n    Image:  shop/web:1\n"},
       {"e", "apiVersion: v1\nkind: PodList\nitems:\n- metadata:\n    name: db-0\n    namespace: shop\n    uid: x\n"},
       {"f",
        "● kubelet.service - Kubelet\n   Active: failed (Result: exit-code)\nJan 02 10:28:59 n1 kubelet[1]: bye\n"},
       {"g", R"({"kind":"Alert","metadata":{"name":"slow"},"spec":{"kind":"Node","name":"n1"}})"}});
  EXPECT_EQ(names(bundle), "Alert//slow NodeService//n1.kubelet Pod/shop/db-0 Pod/shop/web-1 Service/shop/web");
  EXPECT_EQ(unread(bundle), "");
  auto pod = bundle.objects.find("Pod", "shop", "web-1");
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->spec()["nodeName"].text(), "n1") << "of the description, or the table";
  EXPECT_EQ(pod->spec()["containers"][0]["image"].text(), "shop/web:1") << "of the description";
  EXPECT_EQ(foundation::json::to_text(*pod->root().value()).find("hunter2"), std::string::npos);
}

// `kubectl get events.v1.events.k8s.io`: the API's other form of the same thing.
TEST(ReadBundle, EventsOfEitherFormAreReadAlike) {
  constexpr const char* kEvent = R"({"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"x",
    "namespace":"shop"},"regarding":{"kind":"Pod","namespace":"shop","name":"web-1"},"reason":"Failed","type":"Warning",
    "note":"not found","deprecatedLastTimestamp":"2026-01-02T11:58:00Z"})";
  Bundle bundle = read_bundle({{"events.json", kEvent}}, {});
  EXPECT_EQ(foundation::to_rfc3339(bundle.objects.at()), "2026-01-02T11:58:00.000Z")
      << "its time is a time of the bundle";
  auto event = bundle.objects.find("Event", "shop", "x");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->root()["message"].text(), "not found");
  EXPECT_EQ(event->root()["involvedObject"]["name"].text(), "web-1");
}

TEST(ReadBundle, AClusterInfoDumpIsAFolderOrOneText) {
  constexpr const char* kPods =
      R"({"kind":"PodList","items":[{"metadata":{"name":"web-1","namespace":"shop","uid":"u"}}]})";
  constexpr const char* kLogs =
      "==== START logs for container app of pod shop/web-1 ====\nlistening\nerror\n"
      "==== END logs for container app of pod shop/web-1 ====\n";
  Bundle folder = read({{"shop/pods.json", kPods}, {"shop/web-1/logs.txt", kLogs}});
  Bundle text = read({{"", std::string(kPods) + "\n" + kLogs + kPods}});
  for (const Bundle* bundle : {&folder, &text}) {
    EXPECT_EQ(names(*bundle), "Pod/shop/web-1");
    ASSERT_EQ(bundle->logs.size(), 1u);
    EXPECT_EQ(bundle->logs[0].of, (diagnosis::LogWanted{"shop", "web-1", "app", false}));
    ASSERT_EQ(bundle->logs[0].lines.size(), 2u);
    EXPECT_EQ(bundle->logs[0].lines[0].text + "/" + bundle->logs[0].lines[1].text, "listening/error");
  }
}

TEST(ReadBundle, WhatNamesNoNamespaceIsInThatOfItsFolder) {
  Bundle bundle =
      read({{"a.json", kPodJson},
            {"b.json", R"({"kind":"Pod","metadata":{"name":"x","namespace":"other","uid":"u"}})"},
            {"dump/other/services.txt",
             "NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
             "db     ClusterIP   10.0.0.1     <none>        80/TCP    5m\n"},
            {"namespaces/third/core/sa.txt", "NAME      SECRETS   AGE\ndefault   0         5m\n"},
            {"shop/web.yaml", "kind: ConfigMap\nmetadata:\n  name: conf\n"},
            {"nodes.txt", "NAME   STATUS   ROLES    AGE   VERSION\nn1     Ready    <none>   5d   v1.31.0\n"}});
  EXPECT_EQ(names(bundle),
            "ConfigMap/shop/conf Node//n1 Pod/other/x Pod/shop/web-1 Service/other/db ServiceAccount/third/default");
  EXPECT_EQ(names(read({{"pods.txt", kPodTable}})), "Pod/default/web-1");
}

TEST(ReadBundle, AManifestFillsInButMakesNoObjectOfItsOwn) {
  Bundle bundle = read({{"pods.txt", kPodTable},
                        {"applied.yaml",
                         "kind: Pod\nmetadata:\n  name: web-1\nspec:\n  nodeName: wrong\n  schedulerName: ours\n"
                         "---\nkind: Pod\nmetadata:\n  name: never-applied\n  creationTimestamp: null\n"
                         "status: {}\n"}});
  EXPECT_EQ(names(bundle), "Pod/default/web-1");
  auto pod = bundle.objects.find("Pod", "default", "web-1");
  EXPECT_EQ(pod->spec()["nodeName"].text(), "n1");
  EXPECT_EQ(pod->spec()["schedulerName"].text(), "ours");
}

TEST(ReadBundle, ItWasTakenWhenTheLastThingInItHappened) {
  constexpr const char* kEvent =
      R"({"kind":"Event","metadata":{"name":"e","namespace":"shop"},"lastTimestamp":"2026-01-02T11:00:00Z"})";
  constexpr const char* kLater =
      R"({"kind":"Certificate","metadata":{"name":"c"},"status":{"notAfter":"2036-01-01T00:00:00Z",
    "conditions":[{"lastTransitionTime":"2036-01-01T00:00:00Z"}]}})";
  auto at = [](const std::vector<File>& files, Taken taken) {
    return foundation::to_rfc3339(read_bundle(files, taken).objects.at());
  };
  EXPECT_EQ(at({{"a", kEvent}, {"b", kLater}}, {.files_at = kAt}), "2026-01-02T11:00:00.000Z");
  EXPECT_EQ(at({{"a", kEvent}}, {.at = kAt}), "2026-01-02T12:00:00.000Z");
  EXPECT_EQ(at({{"a", kPodTable}}, {.files_at = kAt}), "2026-01-02T12:00:00.000Z");
  EXPECT_EQ(at({{"a", kPodJson}, {"web-1.log", "2026-01-02T11:30:00.5Z listening\nbye\n"}}, {.files_at = kAt}),
            "2026-01-02T11:30:00.500Z");
  EXPECT_EQ(
      at({{"a",
           "Name:        web-1\nNode:        n1/1\nIP:\nStart Time:  Fri, 02 Jan 2026 12:00:00 +0100\nContainers:\n"}},
         {}),
      "2026-01-02T11:00:00.000Z");
}

TEST(ReadBundle, ACutListGivesWhatStandsBeforeTheCut) {
  Bundle bundle =
      read({{"cut.json", std::string(R"({"kind":"PodList","items":[)") + kPodJson + R"(,{"metadata":{"name":"b")"},
            {"cut.yaml",
             "kind: List\nitems:\n- kind: Node\n  metadata:\n    name: n1\n    uid: u\n- kind: Node\n"
             "  metadata: {name: \"n2\n"}});
  EXPECT_EQ(names(bundle), "Node//n1 Pod/shop/web-1");
  EXPECT_NE(unread(bundle).find("cut.json: the text ends within an object\n"), std::string::npos) << unread(bundle);
  EXPECT_NE(unread(bundle).find("cut.yaml: read manifests"), std::string::npos) << unread(bundle);
}

TEST(ReadBundle, WhatDoesNotReadIsNamedAndTheRestIsRead) {
  std::string bomb = "kind: Pod\nmetadata: {name: bomb}\na0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  Bundle bundle = read({{"pod.json", kPodJson},
                        {"photo.png", std::string("\x89PNG\0\0\0\x01", 8)},
                        {"bomb.yaml", bomb},
                        {"deep.yaml", "kind: Pod\na: " + std::string(100, '[') + std::string(100, ']')},
                        {"deep.json", "{\"kind\":\"Pod\",\"a\":" + std::string(10'000, '[')},
                        {"notes.txt", "call bob\n"},
                        {"colours.txt", "NAME   COLOUR\nweb    red\n"},
                        {"thing.txt", "Name:  thing\nColour:  red\n"},
                        {"empty.txt", " \n"},
                        {"gone.log", "==== START logs for container a of pod shop/gone ====\nx\n"}});
  EXPECT_EQ(names(bundle), "Pod/shop/web-1");
  EXPECT_EQ(unread(bundle),
            "bomb.yaml: read manifests: too many values\n"
            "deep.yaml: read manifests: nested too deep\n"
            "deep.json: the text ends within an object\n"
            "thing.txt: 1 descriptions are of kinds that are not known\n"
            "colours.txt: 1 tables are of kinds that are not known\n"
            "photo.png: neither objects of a cluster nor the log of a pod that is known\n"
            "notes.txt: neither objects of a cluster nor the log of a pod that is known\n"
            "gone.log: a log of the pod gone, of which nothing else tells\n");
}

TEST(ReadBundle, AMarkBeforeATextIsNoPartOfIt) {
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_EQ(names(read({{"pod.json", mark + kPodJson}})), "Pod/shop/web-1");
  EXPECT_EQ(names(read({{"pods.txt", mark + kPodTable}})), "Pod/default/web-1");
  EXPECT_EQ(unread(read({{"empty", mark}})), "");
}

TEST(ReadBundle, ATextInUtf16IsSaidToBe) {
  const std::string little("\xff\xfe{\0}\0", 6), big("\xfe\xff\0{\0}", 6);
  EXPECT_EQ(unread(read({{"little.json", little}, {"big.json", big}})),
            "little.json: it is written in UTF-16; only UTF-8 is read\n"
            "big.json: it is written in UTF-16; only UTF-8 is read\n");
}

TEST(ReadBundle, AYamlObjectThatIsTooLongIsNotReadAndThoseBesideItAre) {
  constexpr std::string_view kHead =
      "---\nkind: ConfigMap\nmetadata: {name: large, namespace: shop, uid: u}\ndata:\n  a: ";
  std::string largest(kMaxYamlBytes - kHead.size() - 1, 'x');
  auto text = [&](std::string_view value) {
    return fmt::format("{}{}\n---\nkind: Node\nmetadata: {{name: n1, uid: u}}\n", kHead, value);
  };
  EXPECT_EQ(names(read({{"a.yaml", text(largest)}})), "ConfigMap/shop/large Node//n1");
  Bundle bundle = read({{"a.yaml", text(largest + "x")}});
  EXPECT_EQ(names(bundle), "Node//n1");
  EXPECT_EQ(unread(bundle), "a.yaml: an object is too long\n");
}

TEST(ReadBundle, ManyUnreadFilesAreCountedRatherThanNamed) {
  std::vector<File> files(kMaxUnread + 5, File{"x.txt", "nothing"});
  Bundle bundle = read(files);
  ASSERT_EQ(bundle.unread.size(), kMaxUnread + 1);
  EXPECT_EQ(bundle.unread.back().why, "and 5 more");
}

TEST(ReadBundle, ALogIsItsPodsEvenWhenItIsWrittenAsJson) {
  Bundle bundle = read({{"pod.json", kPodJson},
                        {"web-1.log", "{\"level\":\"error\",\"kind\":\"x\"}\n{\"level\":\"info\"}\n"},
                        {"shop/web-1/app-previous.log", std::string("a\0b\n", 4)}});
  ASSERT_EQ(bundle.logs.size(), 2u);
  EXPECT_EQ(bundle.logs[0].lines.size(), 2u);
  EXPECT_TRUE(bundle.logs[1].of.previous);
  EXPECT_EQ(unread(bundle), "");
}

Pieces pieces_of(std::string_view text, std::size_t bytes) {
  return [text, bytes] mutable -> foundation::Result<std::string_view> {
    std::string_view piece = text.substr(0, bytes);
    text.remove_prefix(piece.size());
    return piece;
  };
}

// Of all that comes there is never more than a piece.
Pieces repeated(std::string_view first, std::string_view piece, std::size_t times) {
  return [=, given = std::size_t{0}] mutable -> foundation::Result<std::string_view> {
    if (given > times) return std::string_view();
    return given++ == 0 ? first : piece;
  };
}

TEST(ReadBundle, ATextThatComesInPiecesIsReadAsOneThatIsWhole) {
  for (std::size_t bytes : {1, 7, 1000}) {
    BundleReader reader({.at = kAt});
    reader.add("a", pieces_of(kPodJson, bytes));
    reader.add("shop/pods.txt", pieces_of(kPodTable, bytes));
    reader.add("web-1.log", pieces_of("listening\nbye\n", bytes));
    Bundle bundle = std::move(reader).finish();
    EXPECT_EQ(names(bundle), "Pod/shop/web-1") << bytes;
    EXPECT_EQ(bundle.objects.find("Pod", "shop", "web-1")->spec()["nodeName"].text(), "n1");
    ASSERT_EQ(bundle.logs.size(), 1u);
    EXPECT_EQ(bundle.logs[0].lines.size(), 2u);
  }
}

TEST(ReadBundle, ALogOfAnySizeIsTakenAsItComes) {
  std::string chatter;
  while (chatter.size() < 1 << 20) chatter += "GET /health\n";
  BundleReader reader({.at = kAt});
  reader.add("a", std::string_view(kPodJson));
  reader.add("web-1.log", repeated("starting\nbind: address already in use\n", chatter, 8));
  Bundle bundle = std::move(reader).finish();
  EXPECT_EQ(unread(bundle), "");
  ASSERT_EQ(bundle.logs.size(), 1u);
  const diagnosis::LogExcerpt& log = bundle.logs[0];
  ASSERT_EQ(log.earlier, 1u);
  EXPECT_EQ(log.lines[0].text, "bind: address already in use");
  EXPECT_EQ(log.lines[0].number, 2u);
  EXPECT_EQ(log.lines.back().number, 2 + 8 * std::ranges::count(chatter, '\n'));
}

// kubectl writes `data` before `kind`; what follows was lost with it.
TEST(ReadBundle, AnObjectThatSaysItsKindAfterAMebibyteIsNoLog) {
  std::string text =
      fmt::format(R"({{"apiVersion":"v1","data":{{"a":"{}"}},"kind":"ConfigMap",)", std::string(2 << 20, 'x'));
  text += R"("metadata":{"name":"large","namespace":"shop","uid":"l"}})";
  BundleReader reader({.at = kAt});
  reader.add("all.json", pieces_of(text + "\n" + kPodJson, 1 << 16));
  EXPECT_EQ(names(std::move(reader).finish()), "ConfigMap/shop/large Pod/shop/web-1");
}

TEST(ReadBundle, OfATextThatIsNoLogTheBeginningIsReadAndThatIsSaid) {
  const std::string blank = std::string(1 << 20, ' ') + "\n";
  BundleReader reader({.at = kAt});
  reader.add("a", repeated(kPodJson, blank, (kMaxTextBytes >> 20) + 1));
  Bundle bundle = std::move(reader).finish();
  EXPECT_EQ(names(bundle), "Pod/shop/web-1");
  EXPECT_EQ(unread(bundle), "a: it is too large: only its beginning is read\n");
}

TEST(ReadBundle, OfALogThatCannotBeReadToItsEndWhatCameTells) {
  auto breaks_off = [given = 0] mutable -> foundation::Result<std::string_view> {
    static const std::string kPiece = "1\n2\n3\n4\n5\n6\n7\n8\n9\n" + std::string(2 << 20, 'x') + "\n";
    if (++given == 1) return kPiece;
    if (given == 2) return "panic: nil map\n";
    return foundation::fail(foundation::Code::io, "read a file", "it cannot be read");
  };
  BundleReader reader({.at = kAt});
  reader.add("a", std::string_view(kPodJson));
  reader.add("web-1.log", Pieces(breaks_off));
  Bundle bundle = std::move(reader).finish();
  EXPECT_EQ(unread(bundle), "web-1.log: it cannot be read\n");
  ASSERT_EQ(bundle.logs.size(), 1u);
  EXPECT_EQ(bundle.logs[0].lines.back().text, "panic: nil map");
}

// Whoever owns whom: the engine must end.
TEST(ReadBundle, OwnersInACircleAreRead) {
  auto set = [](const char* name, const char* owner) {
    return fmt::format(
        R"({{"kind":"ReplicaSet","metadata":{{"name":"{}","namespace":"shop","uid":"{}","ownerReferences":[
      {{"kind":"ReplicaSet","name":"{}","uid":"{}","controller":true}}]}},"spec":{{"replicas":1}}}})",
        name, name, owner, owner);
  };
  Bundle bundle = read({{"a", set("a", "b")}, {"b", set("b", "a")}});
  diagnosis::Cluster cluster(bundle.objects);
  (void)diagnosis::diagnose({.cluster = &cluster, .logs = {}, .now = kAt});
  EXPECT_EQ(bundle.objects.size(), 2u);
}

}  // namespace
}  // namespace ai_ops::bundle
