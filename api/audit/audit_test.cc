#include "api/audit/audit.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "foundation/database/temp_database.h"
#include "foundation/json/view.h"

namespace api::audit {
namespace {

namespace json = foundation::json;
using foundation::Code;
using foundation::database::TempDatabase;

const WallTime kAt = foundation::parse_rfc3339("2026-01-02T03:04:05.006Z").value();

AuditEntry login(std::string subject = "erin") {
  AuditEntry entry;
  entry.kind = Kind::login_succeeded;
  entry.organization = "demo";
  entry.subject = std::move(subject);
  return entry;
}

AuditEntry intent() {
  AuditEntry entry = login();
  entry.kind = Kind::operation_intent;
  entry.workspace = "shop";
  entry.turn = "t1";
  entry.token_digest = "sha256:aa";
  entry.actor = "spiffe://hks/ai-ops";
  entry.roles_seen = {{"editor", std::nullopt}, {"viewer", "web"}};
  entry.bindings_revision = 7;
  entry.operation_id = "o1";
  entry.operation = "scale";
  entry.arguments = json::parse_strict(R"({"replicas":5,"name":"web"})").value();
  entry.op_hash = "sha256:bb";
  entry.decision = DecisionSeen{"allow", "command", "commanded", "You said so."};
  entry.approval = "a1";
  entry.target = Target{"web", "Deployment", "web", "u1"};
  entry.before = ObjectState{"u1", "41", json::Value(3)};
  entry.after = ObjectState{std::nullopt, "42", std::nullopt};
  entry.outcome = "executed";
  entry.reason = "none";
  entry.origin = "cli";
  return entry;
}

TEST(AuditKindTest, EveryKindHasATextThatReadsBack) {
  for (int i = 0; i <= int(Kind::workspace_changed); ++i) {
    auto text = to_string(Kind(i));
    ASSERT_FALSE(text.empty()) << i;
    EXPECT_EQ(parse_kind(text), Kind(i));
  }
  EXPECT_EQ(parse_kind("operation.unknown"), std::nullopt);
}

TEST(AuditLeafTest, ADenyIsSeenAsOneAndNothingElseIs) {
  auto entry = intent();
  entry.roles_seen = {{"admin", std::nullopt}, {"editor", "web", true}};
  auto leaf = leaf_of(entry, 2, leaf_hash("x"), kAt).value();
  EXPECT_NE(leaf.find(R"("roles_seen":[{"role":"admin"},{"effect":"deny","project":"web","role":"editor"}])"),
            std::string::npos)
      << leaf;
}

// The stored format is final: if this test fails, the code is wrong, not the test.
TEST(AuditLeafTest, IsExactlyTheDocumentedText) {
  EXPECT_EQ(leaf_of(intent(), 2, leaf_hash("x"), kAt).value(),
            R"({"actor":"spiffe://hks/ai-ops","after":{"resource_version":"42"},"approval":"a1",)"
            R"("arguments":{"name":"web","replicas":5},"at":"2026-01-02T03:04:05.006Z",)"
            R"("before":{"resource_version":"41","uid":"u1","value":3},"bindings_revision":7,)"
            R"("decision":{"code":"commanded","effect":"allow","rule":"command","text":"You said so."},)"
            R"("format":1,"kind":"operation.intent","op_hash":"sha256:bb","operation":"scale","operation_id":"o1",)"
            R"("organization":"demo","origin":"cli","outcome":"executed",)"
            R"("previous":"sha256:3c7e9bc930dc93f01fa69985ef242d9f9e861f3c5355aa24ce5ef4b4b8a70ccb",)"
            R"("reason":"none","roles_seen":[{"role":"editor"},{"project":"web","role":"viewer"}],"seq":2,)"
            R"("subject":"erin","target":{"kind":"Deployment","name":"web","project":"web","uid":"u1"},)"
            R"("token_digest":"sha256:aa","turn":"t1","workspace":"shop"})");
}

// The example of docs/audit-format.md, its hash made by sha256sum(1).
TEST(AuditLeafTest, WhatIsNotSetIsNotThere) {
  AuditEntry entry;
  entry.kind = Kind::login_failed;
  entry.organization = kInstallation;
  auto leaf = leaf_of(entry, 1, kGenesis, kAt).value();
  EXPECT_EQ(leaf,
            R"({"at":"2026-01-02T03:04:05.006Z","format":1,"kind":"login.failed","organization":"-","previous":")" +
                std::string(kGenesis) + R"(","seq":1})");
  EXPECT_EQ(leaf_hash(leaf), "sha256:ef88f840c856cd2f3ca1a0f5177961ec802c3234adc39f57343260ce1d537e7a");
}

TEST(AuditLeafTest, IsHashedAsRfc9162HashesALeaf) {
  EXPECT_EQ(leaf_hash(""), "sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(AuditLeafTest, ValuesWithoutACanonicalFormAreRefused) {
  auto code_of = [](const AuditEntry& entry) {
    auto leaf = leaf_of(entry, 1, kGenesis, kAt);
    return leaf ? Code{} : leaf.error().code;
  };
  auto fraction = intent();
  fraction.arguments = json::Value(1.5);
  auto broken = login("\xff");
  auto nowhere = login();
  nowhere.organization.clear();
  for (const auto& entry : {fraction, broken, nowhere}) {
    auto leaf = leaf_of(entry, 1, kGenesis, kAt);
    ASSERT_FALSE(leaf);
    EXPECT_EQ(leaf.error().code, Code::invalid);
  }
  EXPECT_EQ(code_of(login(std::string(kMaxLeafBytes, 'x'))), Code::too_large);
}

std::vector<std::string> chain(std::size_t length) {
  std::vector<std::string> leaves;
  auto previous = std::string(kGenesis);
  for (std::size_t i = 0; i < length; ++i) {
    leaves.push_back(leaf_of(login("user-" + std::to_string(i)), std::int64_t(i + 1), previous, kAt).value());
    previous = leaf_hash(leaves.back());
  }
  return leaves;
}

TEST(AuditVerifyTest, AWholeChainEndsAtItsHead) {
  auto leaves = chain(5);
  auto head = verify(leaves);
  ASSERT_TRUE(head);
  EXPECT_EQ(*head, (ChainHead{5, leaf_hash(leaves[4])}));
  EXPECT_TRUE(verify(leaves, {0, std::string(kGenesis)}, *head));
  EXPECT_TRUE(verify(std::span(leaves).subspan(2), ChainHead{2, leaf_hash(leaves[1])}, *head)) << "a part of it";
  EXPECT_EQ(verify({})->seq, 0);
}

TEST(AuditVerifyTest, FlippingDroppingSwappingOrCuttingIsFoundAtItsPlace) {
  auto leaves = chain(6);
  auto head = verify(leaves).value();
  auto bad_index = [&](std::vector<std::string> forged) {
    auto verdict = verify(forged, {0, std::string(kGenesis)}, head);
    return verdict ? std::size_t(999) : verdict.error().index;
  };
  auto dropped = leaves;
  dropped.erase(dropped.begin() + 2);
  EXPECT_EQ(bad_index(dropped), 2u);
  auto swapped = leaves;
  std::swap(swapped[1], swapped[2]);
  EXPECT_EQ(bad_index(swapped), 1u);
  auto cut = leaves;
  cut.pop_back();
  EXPECT_EQ(bad_index(cut), 5u);
  auto doubled = leaves;
  doubled.insert(doubled.begin() + 3, doubled[3]);
  EXPECT_EQ(bad_index(doubled), 4u);
  auto last = leaves;
  last[5].replace(last[5].find("user-5"), 6, "user-6");
  EXPECT_EQ(bad_index(last), 5u);
  auto longer = chain(7);
  EXPECT_EQ(bad_index(longer), 6u);
  EXPECT_EQ(bad_index({}), 0u);
}

TEST(AuditVerifyTest, AnyChangedByteIsFoundAtOrRightAfterItsEntry) {
  auto leaves = chain(4);
  auto head = verify(leaves).value();
  rc::check([&] {
    auto forged = leaves;
    auto entry = *rc::gen::inRange<std::size_t>(0, forged.size());
    auto at = *rc::gen::inRange<std::size_t>(0, forged[entry].size());
    auto flip = *rc::gen::inRange(1, 256);
    forged[entry][at] = char(forged[entry][at] ^ flip);
    auto verdict = verify(forged, {0, std::string(kGenesis)}, head);
    RC_ASSERT(!verdict);
    RC_ASSERT(verdict.error().index == entry || verdict.error().index == entry + 1);
  });
}

TEST(AuditVerifyTest, AnotherSpellingOfAnEntryIsRefused) {
  auto leaves = chain(1);
  for (std::string forged : {" " + leaves[0], leaves[0] + "\n", std::string("{}"), std::string("[]"), std::string()})
    EXPECT_EQ(verify(std::vector{forged}).error().index, 0u) << forged;
}

class AuditLogTest : public testing::Test {
 protected:
  Result<AuditRecord> append_one(const AuditEntry& entry) {
    return db.write([=](Session& s) { return append(s, entry, kAt); });
  }
  void append_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(append_one(login("user-" + std::to_string(i))));
  }
  std::expected<ChainHead, BadEntry> verified() {
    return db.read([](Session& s) { return verify_chain(s, "demo"); }).value();
  }
  // As somebody with the file in hand would.
  Done tamper(std::string sql) {
    return db.write([=](Session& s) -> Done {
      for (auto trigger : {"audit_entries_never_change", "audit_entries_never_go", "audit_entries_in_order"})
        if (auto dropped = s.execute("DROP TRIGGER IF EXISTS " + std::string(trigger)); !dropped)
          return std::unexpected(dropped.error());
      auto done = s.execute(sql);
      return done ? Done{} : Done(std::unexpected(done.error()));
    });
  }
  TempDatabase db{{migrations()}};
};

TEST_F(AuditLogTest, EntriesOfAnOrganizationFormOneChain) {
  auto first = append_one(login());
  auto foreign = login();
  foreign.organization = "globex";
  ASSERT_TRUE(append_one(foreign));
  auto second = append_one(intent());
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->seq, 1);
  EXPECT_EQ(second->seq, 2);
  EXPECT_EQ(json::View(json::parse_strict(second->leaf).value())["previous"].text(), first->hash);
  EXPECT_EQ(verified(), (ChainHead{2, second->hash}));
}

TEST_F(AuditLogTest, AnEntryIsKeptOnlyWithItsTransaction) {
  auto undone = db.write([](Session& s) -> Done {
    EXPECT_TRUE(append(s, login(), kAt));
    EXPECT_EQ(append(s, login(), kAt)->seq, 2);
    return foundation::fail(Code::denied, "no");
  });
  EXPECT_FALSE(undone);
  EXPECT_EQ(append_one(login())->seq, 1);
  EXPECT_EQ(verified()->seq, 1);
}

TEST_F(AuditLogTest, ListsNewestFirstInPagesAndByWorkspace) {
  append_many(3);
  ASSERT_TRUE(append_one(intent()));
  auto seqs = [&](std::optional<std::string> workspace, std::int64_t before, std::size_t limit) {
    std::vector<std::int64_t> found;
    auto records = db.read([=](Session& s) { return list(s, "demo", workspace, before, limit); });
    for (const auto& record : records.value()) {
      EXPECT_EQ(leaf_hash(record.leaf), record.hash);
      found.push_back(record.seq);
    }
    return found;
  };
  EXPECT_EQ(seqs(std::nullopt, 0, 2), (std::vector<std::int64_t>{4, 3}));
  EXPECT_EQ(seqs(std::nullopt, 3, 100'000), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(seqs("shop", 0, 10), std::vector<std::int64_t>{4});
  EXPECT_TRUE(seqs("vault", 0, 10).empty());
  EXPECT_TRUE(db.read([](Session& s) { return list(s, "globex", std::nullopt, 0, 10); })->empty());
}

TEST_F(AuditLogTest, TheDatabaseRefusesToChangeDropOrReplaceEntries) {
  append_many(2);
  for (std::string sql :
       {"UPDATE audit_entries SET kind = 'x' WHERE seq = 1", "DELETE FROM audit_entries",
        "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE seq = 1",
        "UPDATE audit_heads SET seq = 1", "UPDATE audit_heads SET hash = 'x'", "DELETE FROM audit_heads"}) {
    auto done = db.write([=](Session& s) { return s.execute(sql); });
    ASSERT_FALSE(done) << sql;
    EXPECT_EQ(done.error().code, Code::invalid) << sql;
  }
  EXPECT_EQ(verified()->seq, 2);
}

TEST_F(AuditLogTest, VerificationReadsPageAfterPage) {
  ASSERT_TRUE(db.write([](Session& s) -> Done {
    for (int i = 0; i < 2'100; ++i)
      if (auto done = append(s, login(std::to_string(i)), kAt); !done) return std::unexpected(done.error());
    return {};
  }));
  EXPECT_EQ(verified()->seq, 2'100);
  ASSERT_TRUE(tamper("UPDATE audit_entries SET leaf = leaf || ' ' WHERE seq = 2050"));
  EXPECT_EQ(verified().error().index, 2'049u);
}

struct Forgery {
  const char* claim;
  const char* sql;
  std::size_t index;
};

class ForgeryTest : public AuditLogTest, public testing::WithParamInterface<Forgery> {};

TEST_P(ForgeryTest, IsFoundAtItsPlace) {
  append_many(5);
  ASSERT_TRUE(tamper(GetParam().sql));
  auto verdict = verified();
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().index, GetParam().index);
}

INSTANTIATE_TEST_SUITE_P(
    Audit, ForgeryTest,
    testing::Values(
        Forgery{"flipped", "UPDATE audit_entries SET leaf = replace(leaf, 'user-2', 'user-9') WHERE seq = 3", 2},
        Forgery{"flipped_last", "UPDATE audit_entries SET leaf = replace(leaf, 'user-4', 'user-9') WHERE seq = 5", 4},
        Forgery{"hash_changed", "UPDATE audit_entries SET hash = 'sha256:00' WHERE seq = 2", 1},
        Forgery{"dropped", "DELETE FROM audit_entries WHERE seq = 3", 2},
        Forgery{"dropped_first", "DELETE FROM audit_entries WHERE seq = 1", 0},
        Forgery{"cut", "DELETE FROM audit_entries WHERE seq >= 4", 3},
        Forgery{"emptied", "DELETE FROM audit_entries", 0},
        Forgery{"forked",
                "INSERT INTO audit_entries SELECT organization, 6, workspace, kind, at, leaf, hash "
                "FROM audit_entries WHERE seq = 5",
                5}),
    [](const auto& info) { return std::string(info.param.claim); });

TEST_F(AuditLogTest, ASealedForkBehindTheHeadIsFound) {
  append_many(2);
  auto head_now = db.read([](Session& s) { return head(s, "demo"); }).value();
  auto forged = leaf_of(login("mallory"), 3, head_now.hash, kAt).value();
  ASSERT_TRUE(db.write([=](Session& s) {
    return s.execute("INSERT INTO audit_entries VALUES ('demo', 3, '', 'login.succeeded', 0, $1, $2)",
                     {forged, leaf_hash(forged)});
  }));
  auto verdict = verified();
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().index, 2u);
}

}  // namespace
}  // namespace api::audit
