#include "ai-ops/bundle/node_services.h"

#include <gtest/gtest.h>

namespace ai_ops::bundle {
namespace {

const foundation::WallTime kNow = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");

std::string told(std::string_view text, std::string_view node = "") {
  std::string out;
  for (const auto& object : read_node_services(text, node, kNow).objects)
    out += foundation::json::to_text(json::Value(object)) + "\n";
  return out;
}

TEST(NodeServices, AFailedOneWithItsJournal) {
  EXPECT_EQ(
      told("× kubelet.service - Kubernetes Kubelet\n"
           "     Loaded: loaded (/etc/systemd/system/kubelet.service; enabled; vendor preset: enabled)\n"
           "     Active: failed (Result: exit-code) since Fri 2026-01-02 19:29:00 CST; 1h 31min ago\n"
           "    Process: 3766 ExecStart=/bin/kubelet (code=exited, status=1/FAILURE)\n\n"
           "Jan 02 10:28:58 n1 kubelet[3767]: E0102 cannot read its configuration\n"
           "Jan 02 10:28:59 n1 systemd[1]: kubelet.service: Failed with result 'exit-code'.\n"),
      R"({"kind":"NodeService","metadata":{"name":"n1.kubelet"},"spec":{"node":"n1","unit":"kubelet"},)"
      R"("status":{"active":"failed","unit_file":"enabled","result":"exit-code","since":"2026-01-02T10:29:00.000Z",)"
      R"("lines":["Jan 02 10:28:58 n1 kubelet[3767]: E0102 cannot read its configuration",)"
      R"("Jan 02 10:28:59 n1 systemd[1]: kubelet.service: Failed with result 'exit-code'."]}})"
      "\n");
}

TEST(NodeServices, TheNodeIsToldBeforeThemOrByTheFolder) {
  constexpr std::string_view kTwo =
      "Service: kubelet\nNode: n1\nStatus: ● kubelet.service - Kubelet\n   Active: active (running) since x; 2 days "
      "ago\n"
      "Service: containerd\nNode: n2\nStatus: * containerd.service - containerd\n   Active: inactive (dead)\n";
  EXPECT_EQ(told(kTwo),
            R"({"kind":"NodeService","metadata":{"name":"n1.kubelet"},"spec":{"node":"n1","unit":"kubelet"},)"
            R"("status":{"active":"active","since":"2025-12-31T12:00:00.000Z"}})"
            "\n"
            R"({"kind":"NodeService","metadata":{"name":"n2.containerd"},"spec":{"node":"n2","unit":"containerd"},)"
            R"("status":{"active":"inactive"}})"
            "\n");
  constexpr std::string_view kPlain = "● crio.service - CRI-O\n   Active: active (running)\n";
  EXPECT_NE(told(kPlain, "n3").find(R"("name":"n3.crio")"), std::string::npos);
  NodeServices unplaced = read_node_services(kPlain, "", kNow);
  EXPECT_TRUE(unplaced.objects.empty());
  EXPECT_EQ(unplaced.unplaced, 1u);
}

TEST(NodeServices, WhetherOneIsMeantToRunAndWhoStartsIt) {
  EXPECT_EQ(
      told("○ logrotate.service - Rotate log files\n"
           "     Loaded: loaded (/lib/systemd/system/logrotate.service; static)\n"
           "     Active: inactive (dead) since Fri 2026-01-02 00:00:03 UTC; 12h ago\n"
           "TriggeredBy: ● logrotate.timer\n"
           "○ kube-proxy.service\n"
           "     Loaded: masked (Reason: Unit kube-proxy.service is masked.)\n"
           "     Active: inactive (dead)\n",
           "n1"),
      R"({"kind":"NodeService","metadata":{"name":"n1.logrotate"},"spec":{"node":"n1","unit":"logrotate"},)"
      R"("status":{"active":"inactive","unit_file":"static","triggered":true,"since":"2026-01-02T00:00:00.000Z"}})"
      "\n"
      R"({"kind":"NodeService","metadata":{"name":"n1.kube-proxy"},"spec":{"node":"n1","unit":"kube-proxy"},)"
      R"("status":{"active":"inactive","unit_file":"masked"}})"
      "\n");
  for (const char* odd : {"loaded", "loaded (", "loaded ()", "loaded (/x)", "loaded (;;)"})
    EXPECT_EQ(told(std::string("● a.service\nLoaded: ") + odd + "\nActive: active\n", "n1").find("unit_file"),
              std::string::npos)
        << odd;
}

TEST(NodeServices, AnAgeThatNoTimeHoldsIsNone) {
  for (const char* age : {"9223372036854775807 years", "1000000 years", "150 years 150 years"}) {
    std::string said = told(std::string("● kubelet.service - K\n   Active: failed since x; ") + age + " ago\n", "n1");
    EXPECT_NE(said.find(R"("active":"failed")"), std::string::npos) << said;
    EXPECT_EQ(said.find("since"), std::string::npos) << said;
  }
}

TEST(NodeServices, WhatIsNoneIsNone) {
  for (const char* text :
       {"", "●", "● ", "● kubelet", "● kubelet.service", "Active: active", "Node:", "● x.service\nActive:"})
    EXPECT_EQ(told(text, "n1"), "") << text;
}

}  // namespace
}  // namespace ai_ops::bundle
