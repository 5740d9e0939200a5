// Documents of the contract as people see them, as golden files: testdata/contract_documents.txt (a pipe) and .tty (60
// columns with colours, at a fixed time). HKS_WRITE_GOLDEN=1 writes them anew.
#include <gtest/gtest.h>

#include "cli/render/approvals.h"
#include "cli/render/audit.h"
#include "cli/render/conversations.h"
#include "cli/render/findings.h"
#include "cli/render/golden.h"
#include "cli/render/moments.h"
#include "cli/render/operations.h"
#include "cli/render/rollout.h"
#include "cli/render/tables.h"

namespace cli::render {
namespace {

using namespace std::chrono_literals;
namespace json = foundation::json;

constexpr Look kTerminal{.color = true, .columns = 60};
const WallTime kNow = *foundation::parse_rfc3339("2026-01-02T03:05:05.310Z");

using Teller = std::string (*)(const Look& look, View document);
struct Document {
  const char* example;
  Teller tell;
};

std::string with_details(const Look& look, View approval) {
  return approval_text(look, approval, kNow) + approval_details_text(look, approval, kNow);
}
std::string followed(const Look& look, View record) {
  return rollout_progress(look, record, 1500ms) + rollout_end(look, record, 3100ms, true);
}

const Document kDocuments[] = {
    {"approvals.reply", [](const Look& look, View page) { return approvals_text(look, page, kNow); }},
    {"approval.open", with_details},
    {"approval.approved", with_details},
    {"operation_records.reply", [](const Look& look, View page) { return operations_text(look, page, kNow); }},
    {"operation_record.settled",
     [](const Look& look, View record) { return operation_record_text(look, record, kNow) + followed(look, record); }},
    {"operation_record.following", followed},
    {"undo.reply", operation_text},
    {"conversations.reply", [](const Look& look, View page) { return conversations_text(look, page, kNow); }},
    {"findings.reply",
     [](const Look& look, View page) {
       return findings_page_text(look, page, Evidence::left_out) + findings_page_text(look, page, Evidence::shown);
     }},
    {"findings.healthy", [](const Look& look, View page) { return findings_page_text(look, page, Evidence::shown); }},
    {"conversation.reply", [](const Look& look, View one) { return conversation_text(look, one, kNow); }},
    {"audit_verification.reply", verification_text},
    {"audit_verification.broken", verification_text},
    {"workspaces.reply", workspaces_text},
    {"organization_workspaces.reply", workspaces_text},
    {"members.reply", members_text},
    {"users.reply", users_text},
};

TEST(DocumentsGolden, AreTheSameInAPipeAndFitATerminal) {
  std::string pipe, terminal;
  for (const Document& document : kDocuments) {
    auto value = json::parse_strict(read(fs::path("contracts/examples") / (std::string(document.example) + ".json")));
    ASSERT_TRUE(value) << document.example;
    std::string plain = document.tell({}, View(*value));
    EXPECT_EQ(plain.find_first_of("\x1b\r\t\b"), std::string::npos) << plain;
    pipe += std::string(document.example) + "\n" + plain;
    terminal += std::string(document.example) + "\n" + document.tell(kTerminal, View(*value));
  }
  expect_golden("cli/render/testdata/contract_documents.txt", pipe);
  expect_golden("cli/render/testdata/contract_documents.tty", terminal);
}

// Every string of a document that is hostile from end to end.
json::Value hostile(const json::Value& value) {
  if (value.is_string()) return json::Value("\x1b[2J\n ✓ web\u202e\u200b" + std::string(300, 'x'));
  if (value.is_array()) {
    json::Array all;
    for (const auto& item : value.get_array()) all.push_back(hostile(item));
    return all;
  }
  if (!value.is_object()) return value;
  json::Object all;
  for (const auto& [name, member] : value.get_object()) all[name] = hostile(member);
  return all;
}

TEST(Documents, WhateverTheyHoldNothingSteersTheTerminalOrFakesALine) {
  for (const Document& document : kDocuments) {
    auto value = json::parse_strict(read(fs::path("contracts/examples") / (std::string(document.example) + ".json")));
    ASSERT_TRUE(value);
    for (Look look : {Look{}, Look{.color = false, .columns = 60}}) {
      std::string text = document.tell(look, View(hostile(*value)));
      EXPECT_EQ(text.find("\x1b[2J"), std::string::npos) << document.example;
      EXPECT_EQ(text.find("\u202e"), std::string::npos) << document.example;
      EXPECT_EQ(text.find("\n ✓ web x"), std::string::npos) << text;
    }
  }
}

TEST(Moment, IsRelativeForAnEyeAndAbsoluteForAPipe) {
  struct Row {
    const char* at;
    const char* words;
  };
  for (const Row& row : {Row{"2026-01-02T03:05:05.310Z", "now"}, Row{"2026-01-02T03:05:00Z", "5 s ago"},
                         Row{"2026-01-02T03:02:00Z", "3 min ago"}, Row{"2026-01-01T03:02:00Z", "24 h ago"},
                         Row{"2025-12-02T03:02:00Z", "31 days ago"}, Row{"2026-01-02T03:19:05.310Z", "in 14 min"},
                         Row{"no time", "no time"}})
    EXPECT_EQ(moment(kTerminal, row.at, kNow), row.words);
  EXPECT_EQ(moment({}, "2026-01-02T03:05:00.123Z", kNow), "2026-01-02 03:05:00 UTC");
}

TEST(ShortId, TellsEachOfAListFromTheOthers) {
  auto items = json::parse_strict(R"([{"id":"019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10"},
      {"id":"019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10"},{"id":"019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a11"},
      {"id":"019b7d5b-0c1e-7002-8a3f-5d2c9e4b7a10"},{"id":"x"}])");
  ASSERT_TRUE(items);
  std::vector<std::string> ids;
  for (const auto& item : items->as_array()) ids.push_back(short_id(View(item)["id"].text(), View(*items), "id"));
  EXPECT_EQ(ids, (std::vector<std::string>{"019b7d5a-0c1e-7001…", "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10",
                                           "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a11", "019b7d5b-0c1e…", "x"}));
}

TEST(Table, ColumnsThatNobodyFillsAreNone) {
  EXPECT_EQ(table_text({}, {{"a", "", "x"}, {"bbb", "", "y"}}), " a    x\n bbb  y\n");
  EXPECT_EQ(table_text({}, {{"a", "", "x"}, {"bbb", "集群", ""}}), " a          x\n bbb  集群\n");
  EXPECT_EQ(table_text({}, {}), "");
}

TEST(Rollout, OnlyATerminalSeesTheLineOfTheMoment) {
  auto record = json::parse_strict(read("contracts/examples/operation_record.following.json"));
  ASSERT_TRUE(record);
  EXPECT_EQ(rollout_progress({}, View(*record), 1s), "");
  EXPECT_EQ(rollout_end({}, View(*record), 60s, false), "   not ready after 60 s; it goes on, /operations shows it\n");
  EXPECT_LE(width(rollout_progress({.color = false, .columns = 20}, View(*record), 1s)), 20u + 5u);
}

}  // namespace
}  // namespace cli::render
