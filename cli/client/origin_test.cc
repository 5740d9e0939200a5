#include "cli/client/origin.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cli::client {
namespace {

using foundation::Code;

TEST(Origin, PlainHttpIsForLoopbackOnly) {
  for (const char* server : {"http://127.0.0.1:8080", "http://127.1.2.3", "http://localhost:1", "http://[::1]:8080"})
    EXPECT_TRUE(origin_options(server)) << server;
  for (const char* server :
       {"http://10.0.0.1:8080", "http://hks.example", "http://127.0.0.1.evil.example", "http://localhost.evil.example",
        "http://127.0.0.1@evil.example", "http://[::2]", "http://0.0.0.0:8080", "http://127.0.0.1:80\\@evil.example"}) {
    auto options = origin_options(server);
    ASSERT_FALSE(options) << server;
    EXPECT_EQ(options.error().code, Code::invalid);
  }
}

TEST(Origin, WhatIsNoUrlIsRefused) {
  for (const char* server : {"", "127.0.0.1:8080", "ftp://127.0.0.1", "http://", "https://", "http:///x"})
    EXPECT_FALSE(origin_options(server)) << server;
}

TEST(Origin, SlashesAtTheEndDoNotCount) {
  EXPECT_EQ(normal_server("http://127.0.0.1:8080//"), "http://127.0.0.1:8080");
  EXPECT_EQ(origin_options("http://127.0.0.1:8080/")->base_url, "http://127.0.0.1:8080");
}

TEST(Origin, HttpsWithoutAuthoritiesNamesTheFile) {
  ::setenv("SSL_CERT_FILE", "/nonexistent/authorities.pem", 1);
  auto options = origin_options("https://hks.example");
  ::unsetenv("SSL_CERT_FILE");
  ASSERT_FALSE(options);
  EXPECT_NE(options.error().cause.find("/nonexistent/authorities.pem"), std::string::npos);
}

TEST(Origin, HttpsWithAFileWithoutCertificatesIsRefused) {
  ::setenv("SSL_CERT_FILE", "/etc/passwd", 1);
  EXPECT_FALSE(origin_options("https://hks.example"));
  ::unsetenv("SSL_CERT_FILE");
}

}  // namespace
}  // namespace cli::client
