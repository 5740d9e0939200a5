// What a tenant may give as its cluster, how it is kept, and that it is opened from there.
#include "api/app/cluster_opener.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "foundation/base/files.h"
#include "foundation/crypto/certificates.h"
#include "foundation/crypto/encoding.h"
#include "foundation/database/temp_database.h"

namespace api::app {
namespace {

namespace async = foundation::async;
using foundation::Code;
using foundation::Done;
using foundation::Secret;
using foundation::database::Session;
using tenancy::WorkspaceName;
namespace store = tenancy::store;

const tenancy::OrganizationName kDemo("demo");
const WorkspaceName kLab("lab");
const WorkspaceName kOther("other");

std::string base64(const std::string& bytes) {
  auto text = foundation::crypto::to_base64url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return text.append((4 - text.size() % 4) % 4, '=');
}

const std::string& authority() {
  static const std::string pem =
      foundation::crypto::make_authority("test", foundation::SystemClock().wall(), std::chrono::hours(1)).certificate;
  return pem;
}

Secret kubeconfig(const std::string& server = "https://127.0.0.1:1", const std::string& trust = {},
                  const std::string& user = "token: only-an-example") {
  return Secret(fmt::format(
      "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
      "clusters: [{{name: c, cluster: {{server: '{}', {}}}}}]\nusers: [{{name: u, user: {{{}}}}}]\n",
      server, trust.empty() ? "certificate-authority-data: " + base64(authority()) : trust, user));
}

struct ClusterOpenerTest : testing::Test {
  void SetUp() override {
    ASSERT_TRUE(db.write([](Session& s) { return store::add_organization(s, {kDemo, ""}); }));
  }
  void add(const WorkspaceName& name, const store::ClusterReference& cluster) {
    ASSERT_TRUE(db.write([&](Session& s) {
      return store::add_workspace(s, {.name = name,
                                      .organization = kDemo,
                                      .display = "",
                                      .cluster = cluster,
                                      .policy = {},
                                      .projects = {tenancy::ProjectName("web")}});
    }));
  }
  // Runs the task on the loop, then stops what it opened; its end.
  Done run(async::Task<void> task) {
    auto ended = async::asio::co_spawn(loop, run_and_stop(std::move(task)), async::asio::use_future);
    loop.restart();
    loop.run();
    return ended.get();
  }
  async::Task<void> run_and_stop(async::Task<void> task) {
    auto done = co_await std::move(task);
    opened = clusters.find("lab") != nullptr;
    counts = opened && clusters.find("lab")->counts_for_ready;
    co_await clusters.stop();
    co_return done;
  }
  async::asio::io_context loop{1};
  foundation::database::TempFolder folder;
  foundation::database::TempDatabase db{{store::migrations()}};
  foundation::telemetry::Metrics metrics;
  async::TaskGroup tasks{loop.get_executor(), {}};
  cluster::ClusterSet clusters;
  ClusterOpener opener{{*db,
                        clusters,
                        tasks,
                        metrics,
                        {},
                        *foundation::crypto::SealingKey::open_or_create(folder.path() / "sealing.key"),
                        folder.path() / "service-account"}};
  bool opened = false;
  bool counts = false;
};

TEST_F(ClusterOpenerTest, TakesAKubeconfigThatIsCompleteInItself) {
  auto server = opener.check(kubeconfig());
  ASSERT_TRUE(server) << server.error().text();
  EXPECT_EQ(*server, "https://127.0.0.1:1");
}

TEST_F(ClusterOpenerTest, RefusesWhatReachesForOurMachine) {
  const std::pair<const char*, Secret> all[] = {
      {"plain http speaks to what listens here", kubeconfig("http://127.0.0.1:9090")},
      {"a file of ours", kubeconfig("https://a", "certificate-authority: /etc/ssl/certs/ca-certificates.crt")},
      {"a token of ours", kubeconfig("https://a", "", "tokenFile: /var/run/secrets/kubernetes.io/token")},
      {"a program", kubeconfig("https://a", "", "exec: {command: sh}")},
      {"no check of the server", kubeconfig("https://a", "insecure-skip-tls-verify: true")},
      {"no certificate", kubeconfig("https://a", "certificate-authority-data: Q0E=")},
  };
  for (const auto& [what, text] : all) {
    auto refused = opener.check(text);
    ASSERT_FALSE(refused) << what;
    EXPECT_EQ(refused.error().code, Code::invalid) << what;
  }
}

TEST_F(ClusterOpenerTest, HostileTextIsRefusedSoon) {
  auto repeated = [](std::string_view piece) {
    std::string text;
    while (text.size() + piece.size() <= foundation::kubernetes_api::kMaxKubeconfigBytes) text += piece;
    return text;
  };
  for (std::string_view piece :
       {"[", "{", "- ", "? ", "a: &a [*a]\n", "a: {", "!!", "&a ", "\"", "%", "\xff", "---\n"}) {
    auto began = std::chrono::steady_clock::now();
    auto refused = opener.check(Secret(repeated(piece)));
    EXPECT_FALSE(refused) << piece;
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5)) << piece;
  }
}

TEST_F(ClusterOpenerTest, OpensWhatItSealed) {
  auto sealed = opener.seal(kLab, kubeconfig());
  EXPECT_EQ(sealed.bytes.find("only-an-example"), std::string::npos);
  add(kLab, sealed);
  ASSERT_TRUE(run(opener.open(kLab)));
  EXPECT_TRUE(opened);
  EXPECT_FALSE(counts) << "one tenant's dead server must not make the whole installation unready";
}

TEST_F(ClusterOpenerTest, AnotherWorkspacesSealedKubeconfigOpensNothing) {
  add(kLab, opener.seal(kOther, kubeconfig()));
  EXPECT_EQ(run(opener.open(kLab)).error().code, Code::corrupt);
  EXPECT_FALSE(opened);
}

TEST_F(ClusterOpenerTest, AtStartOnlyTheOperatorsClustersMustOpen) {
  add(kLab, opener.seal(kOther, kubeconfig()));
  EXPECT_TRUE(run(opener.open_all())) << "a tenant's own";
  add(kOther, store::KubeconfigFile{"/nonexistent"});
  EXPECT_FALSE(run(opener.open_all()));
}

TEST_F(ClusterOpenerTest, TheClusterThatWeRunInIsOpenedByOurPodsServiceAccount) {
  add(kLab, store::InCluster{});
  ::unsetenv("KUBERNETES_SERVICE_HOST");
  EXPECT_FALSE(run(opener.open_all())) << "outside a cluster";
  ::setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1", 1);
  ::setenv("KUBERNETES_SERVICE_PORT", "1", 1);
  EXPECT_FALSE(run(opener.open_all())) << "without an account";
  auto account = folder.path() / "service-account";
  ASSERT_TRUE(foundation::make_private_folder(account));
  ASSERT_TRUE(foundation::replace_file(account / "ca.crt", authority()));
  ASSERT_TRUE(foundation::replace_file(account / "token", "only-an-example\n"));
  EXPECT_TRUE(run(opener.open_all()));
  EXPECT_TRUE(opened && counts);
}

TEST_F(ClusterOpenerTest, OfTwoThatCrossTheLaterStands) {
  add(kLab, opener.seal(kLab, kubeconfig()));
  auto first = async::asio::co_spawn(loop, opener.open(kLab), async::asio::use_future);
  ASSERT_TRUE(run(opener.open(kLab)));
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(opened);
}

}  // namespace
}  // namespace api::app
