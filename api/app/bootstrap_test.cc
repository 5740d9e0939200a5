#include "api/app/bootstrap.h"

#include <gtest/gtest.h>

#include "api/audit/audit.h"
#include "api/tenancy/store/store.h"
#include "foundation/database/temp_database.h"

namespace api::app {
namespace {

using foundation::Code;
using foundation::database::Session;
using foundation::database::TempDatabase;
using foundation::database::wait_for;
using tenancy::OrganizationName;
using tenancy::UserName;

const OrganizationName kAcme("acme");
const UserName kAnn("ann");

struct BootstrapTest : testing::Test {
  foundation::Result<identity::Invitation> made(const std::string& organization = "acme",
                                                const std::string& user = "ann") {
    return wait_for(bootstrap_admin(*db, {OrganizationName(organization), UserName(user)}));
  }
  identity::User ann() {
    return db.read([](Session& s) { return identity::find_user(s, kAnn); }).value();
  }
  bool good(const identity::Invitation& invitation) {
    return db.write([&](Session& s) { return identity::try_invitation(s, invitation.token, "192.0.2.1"); }).value();
  }
  TempDatabase db{{tenancy::store::migrations(), identity::migrations(), audit::migrations()}};
};

TEST_F(BootstrapTest, MakesWhatIsMissing) {
  auto invitation = made();
  ASSERT_TRUE(invitation) << invitation.error().text();
  EXPECT_TRUE(good(*invitation));
  EXPECT_TRUE(ann().manager);
  EXPECT_EQ(db.read(tenancy::store::organizations).value().at(0).name, kAcme);
  auto records = db.read([](Session& s) { return audit::list(s, "acme", {}, 0, 10); }).value();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_NE(records[0].leaf.find("user.added"), std::string::npos);
  EXPECT_EQ(records[0].leaf.find(invitation->token.reveal()), std::string::npos);
}

TEST_F(BootstrapTest, AgainGivesANewLinkAndMakesADemotedOneManagerAgain) {
  auto first = made();
  ASSERT_TRUE(first);
  ASSERT_TRUE(db.write([](Session& s) {
    return s.execute("UPDATE users SET manager = 0, disabled = 1, password_hash = 'old' WHERE name = 'ann'");
  }));
  auto second = made();
  ASSERT_TRUE(second);
  EXPECT_TRUE(ann().manager);
  EXPECT_FALSE(ann().disabled);
  EXPECT_TRUE(good(*second));
  EXPECT_FALSE(good(*first));
}

TEST_F(BootstrapTest, RefusesWhatIsNoNameAndSomebodyElsesUser) {
  EXPECT_EQ(made("../x").error().code, Code::invalid);
  EXPECT_EQ(made("acme", "Ann").error().code, Code::invalid);
  EXPECT_TRUE(db.read(tenancy::store::organizations)->empty()) << "all of it, or nothing";
  ASSERT_TRUE(made());
  EXPECT_EQ(made("globex", "ann").error().code, Code::conflict);
}

}  // namespace
}  // namespace api::app
