#include "demo-cluster/world/protobuf.h"

#include <gtest/gtest.h>

namespace demo_cluster::world {
namespace {

std::string field(int number, std::string_view bytes) {
  return std::string{char(number << 3 | 2), char(bytes.size())} + std::string(bytes);
}
std::string varint(int number, int value) { return {char(number << 3), char(value)}; }
std::string enveloped(std::string_view version, std::string_view kind, std::string_view message) {
  return std::string("k8s\0", 4) + field(1, field(1, version) + field(2, kind)) + field(2, message);
}
std::string text_of_body(std::string_view body) {
  auto value = from_protobuf(body);
  return value ? json::to_text(*value) : std::to_string(value.error().code) + " " + value.error().message;
}

TEST(Protobuf, ReadsANamespaceAsKubectlSendsIt) {
  auto metadata =
      field(1, "shop") + field(2, "") + varint(7, 0) + field(8, "") + field(11, field(1, "a") + field(2, "b"));
  EXPECT_EQ(text_of_body(enveloped("v1", "Namespace", field(1, metadata) + field(2, "") + field(3, field(1, "")))),
            R"({"metadata":{"name":"shop","labels":{"a":"b"}},"apiVersion":"v1","kind":"Namespace"})");
}

TEST(Protobuf, KeepsAZeroThatSomebodyWrote) {
  auto spec = varint(1, 0) + varint(5, 0) + field(4, field(2, field(1, varint(1, 1) + field(3, "25%"))));
  EXPECT_EQ(text_of_body(enveloped("apps/v1", "Deployment", field(2, spec))),
            R"({"spec":{"replicas":0,"strategy":{"rollingUpdate":{"maxUnavailable":"25%"}}},)"
            R"("apiVersion":"apps/v1","kind":"Deployment"})");
}

TEST(Protobuf, BytesAreBase64AndQuantitiesText) {
  EXPECT_EQ(text_of_body(enveloped("v1", "Secret", field(2, field(1, "a") + field(2, "x")))),
            R"({"data":{"a":"eA=="},"apiVersion":"v1","kind":"Secret"})");
  auto hard = field(1, field(1, "pods") + field(2, field(1, "10")));
  EXPECT_EQ(text_of_body(enveloped("v1", "ResourceQuota", field(2, hard))),
            R"({"spec":{"hard":{"pods":"10"}},"apiVersion":"v1","kind":"ResourceQuota"})");
}

TEST(Protobuf, WhatItDoesNotKnowIsRefusedNotDropped) {
  EXPECT_EQ(text_of_body(enveloped("v1", "Binding", "")), "415 Binding is not read from protobuf here: send JSON");
  EXPECT_EQ(text_of_body(enveloped("v1", "Namespace", field(9, "x"))),
            "415 field 9 of Namespace is not read from protobuf here: send JSON");
}

TEST(Protobuf, AStatusThatNobodySetIsNone) {
  EXPECT_EQ(text_of_body(enveloped("apps/v1", "Deployment", field(3, varint(1, 0) + field(2, field(1, ""))))),
            R"({"apiVersion":"apps/v1","kind":"Deployment"})");
}

TEST(Protobuf, TextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(from_protobuf(enveloped("v1", "Namespace", field(1, field(1, "\xeb")))).error().code, 400);
  EXPECT_EQ(from_protobuf(enveloped("v\xeb", "Namespace", "")).error().code, 400);
  EXPECT_EQ(from_protobuf(enveloped("v1", "Namespace", field(1, field(11, field(1, "\xeb"))))).error().code, 400);
  auto hard = field(1, field(1, "pods") + field(2, field(1, "\xeb")));
  EXPECT_EQ(from_protobuf(enveloped("v1", "ResourceQuota", field(2, hard))).error().code, 400);
  EXPECT_EQ(text_of_body(enveloped("v1", "B\xebnding", "")),
            "415 B\xef\xbf\xbdnding is not read from protobuf here: send JSON");
}

TEST(Protobuf, NoBytesWhateverBreakIt) {
  auto good = enveloped("apps/v1", "Deployment", field(1, field(1, "web")) + field(2, varint(1, 3)));
  ASSERT_TRUE(from_protobuf(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    auto cut = from_protobuf(std::string_view(good).substr(0, size));
    EXPECT_TRUE(cut || cut.error().code == 400 || cut.error().code == 415) << size;
  }
  for (std::size_t at = 0; at < good.size(); ++at)
    for (int bits : {0x00, 0x7F, 0xFF}) {
      auto bad = good;
      bad[at] = char(bits);
      auto read = from_protobuf(bad);
      EXPECT_TRUE(read || read.error().code == 400 || read.error().code == 415) << at;
    }
  EXPECT_EQ(from_protobuf("{}").error().code, 400);
}

}  // namespace
}  // namespace demo_cluster::world
