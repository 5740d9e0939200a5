#include "ai-ops/app/identity.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "foundation/base/clock.h"
#include "foundation/base/files.h"
#include "foundation/crypto/certificates.h"

namespace ai_ops::app {
namespace {

using foundation::SystemClock;
using foundation::crypto::make_authority;
using foundation::crypto::make_leaf;
using std::chrono_literals::operator""h;

const std::string kControlPlane = "spiffe://hks/control-plane";

class IdentityFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "hks-pki-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const char* file, const std::string& text) { ASSERT_TRUE(foundation::replace_file(folder_ / file, text)); }

  std::filesystem::path folder_;
};

TEST_F(IdentityFiles, OpensWhenAllThreeFilesAreThereAndFitTogether) {
  auto now = SystemClock().wall();
  auto authority = make_authority("test", now, 24h);
  foundation::crypto::LeafNames names{"ai-ops-svc", {"localhost"}, {"127.0.0.1"}, "spiffe://hks/ai-ops"};
  auto leaf = make_leaf(authority, names, now, 24h), other = make_leaf(authority, names, now, 24h);
  ASSERT_TRUE(leaf && other);
  EXPECT_FALSE(open_identity(folder_, kControlPlane));
  write("ca.crt", authority.certificate);
  EXPECT_FALSE(open_identity(folder_, kControlPlane));
  write("ai-ops.key", other->key.reveal());
  write("ai-ops.crt", leaf->certificate);
  EXPECT_FALSE(open_identity(folder_, kControlPlane)) << "a certificate with another's key";
  write("ai-ops.key", leaf->key.reveal());
  auto opened = open_identity(folder_, kControlPlane);
  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_EQ(opened->thumbprint, foundation::crypto::certificate_thumbprint(leaf->certificate).value());
}

TEST_F(IdentityFiles, AnErrorNamesTheFileAndNothingOfTheKey) {
  write("ca.crt", "not a certificate");
  write("ai-ops.crt", "not a certificate");
  write("ai-ops.key", "a very secret key");
  auto opened = open_identity(folder_, kControlPlane);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().text().find("secret"), std::string::npos);
  std::filesystem::remove(folder_ / "ai-ops.key");
  EXPECT_NE(open_identity(folder_, kControlPlane).error().text().find("ai-ops.key"), std::string::npos);
}

}  // namespace
}  // namespace ai_ops::app
