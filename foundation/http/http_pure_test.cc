// The parts without I/O: messages, targets, routes, event streams.
#include <gtest/gtest.h>

#include "foundation/http/message.h"
#include "foundation/http/routes.h"
#include "foundation/http/server.h"
#include "foundation/http/sse.h"

namespace foundation::http {
namespace {

async::Task<Reply> nothing(async::Context&, Exchange&) { co_return Reply{}; }

RouteTable table(std::vector<std::pair<Method, std::string>> rows) {
  std::vector<Route> routes;
  for (auto& [method, pattern] : rows) routes.push_back({method, pattern, "anonymous", 0, Milliseconds(1), nothing});
  auto made = RouteTable::create(std::move(routes));
  EXPECT_TRUE(made.has_value());
  return std::move(*made);
}

bool refused(std::vector<std::pair<Method, std::string>> rows) {
  std::vector<Route> routes;
  for (auto& [method, pattern] : rows) routes.push_back({method, pattern, "anonymous", 0, Milliseconds(1), nothing});
  return !RouteTable::create(std::move(routes));
}

TEST(Routes, AnUnknownPathAndAnUnknownMethodDiffer) {
  auto routes = table({{Method::get, "/a/b"}, {Method::post, "/a/{x}"}});
  EXPECT_FALSE(routes.match(Method::get, "/nowhere").path_known);
  auto other = routes.match(Method::delete_, "/a/b");
  EXPECT_EQ(other.route, nullptr);
  EXPECT_TRUE(other.path_known);
  EXPECT_EQ(other.allowed, (std::vector{Method::get, Method::head, Method::post}));
}

TEST(Routes, ALiteralBeatsAParameterInAnyOrderOfRows) {
  for (bool literal_first : {true, false}) {
    std::vector<std::pair<Method, std::string>> rows{{Method::get, "/a/{x}"}, {Method::get, "/a/b"}};
    if (literal_first) std::swap(rows[0], rows[1]);
    auto routes = table(rows);
    EXPECT_EQ(routes.match(Method::get, "/a/b").route->pattern, "/a/b");
    auto other = routes.match(Method::get, "/a/c");
    EXPECT_EQ(other.route->pattern, "/a/{x}");
    EXPECT_EQ(other.values.at("x"), "c");
  }
}

TEST(Routes, ARestTakesWhatNoOtherRowTakes) {
  auto routes = table({{Method::get, "/f/{rest...}"}, {Method::get, "/f/{one}"}, {Method::get, "/{all...}"}});
  EXPECT_EQ(routes.match(Method::get, "/f/x").values.at("one"), "x");
  EXPECT_EQ(routes.match(Method::get, "/f/x/y/z").values.at("rest"), "x/y/z");
  EXPECT_EQ(routes.match(Method::get, "/g/h").values.at("all"), "g/h");
  EXPECT_EQ(routes.match(Method::get, "/f/").values.at("all"), "f/");
  EXPECT_EQ(routes.match(Method::get, "/").route, nullptr);
}

TEST(Routes, HeadIsAnsweredByGet) {
  auto routes = table({{Method::get, "/a"}, {Method::post, "/b"}});
  EXPECT_EQ(routes.match(Method::head, "/a").route->pattern, "/a");
  EXPECT_EQ(routes.match(Method::head, "/b").route, nullptr);
}

TEST(Routes, RowsThatWouldMatchTheSamePathAreRefused) {
  EXPECT_TRUE(refused({{Method::get, "/a/{x}"}, {Method::get, "/a/{y}"}}));
  EXPECT_TRUE(refused({{Method::get, "/a/{x}"}, {Method::get, "/{y}/b"}}));
  EXPECT_TRUE(refused({{Method::get, "/a"}, {Method::get, "/a"}}));
  EXPECT_FALSE(refused({{Method::get, "/a"}, {Method::post, "/a"}}));
  EXPECT_FALSE(refused({{Method::get, "/a/{x}/c"}, {Method::get, "/a/{x}/d"}}));
}

TEST(Routes, MalformedRowsAreRefused) {
  for (auto pattern : {"a", "", "/{}", "/{x}/{x}", "/{rest...}/more", "/{open"}) {
    EXPECT_TRUE(refused({{Method::get, pattern}})) << pattern;
  }
  EXPECT_FALSE(RouteTable::create({{.method = Method::get, .pattern = "/a", .access = "anonymous"}}));
}

TEST(Targets, AreDecodedOnce) {
  auto target = parse_target("/a%20b/%C3%A9?q=x%3D1+2&empty=&bare");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/\xC3\xA9");
  EXPECT_EQ(target->query, (decltype(target->query){{"q", "x=1 2"}, {"empty", ""}, {"bare", ""}}));
  EXPECT_EQ(parse_target("/%2541")->path, "/%41");
}

TEST(Targets, WhatTwoReadersCouldReadDifferentlyIsRefused) {
  for (auto target : {"",      "a",    "*",          "http://host/a", "/a/../b",  "/a/..",       "/./a",
                      "/a//b", "//a",  "/a%2Fb",     "/a%2fb",        "/a%5Cb",   "/a\\b",       "/%00",
                      "/a%",   "/a%1", "/a%zz",      "/%2e%2e/a",     "/a#b",     "/a b",        "/\xC3\xA9",
                      "/%ff",  "/%0a", "/a?x=1&x=2", "/a?x=%00",      "/a?%zz=1", "/a?x=1&%78=2"}) {
    auto parsed = parse_target(target);
    ASSERT_FALSE(parsed) << target;
    EXPECT_EQ(parsed.error().code, Code::invalid);
  }
}

TEST(Targets, EncodedTextComesBackByParsing) {
  std::string nasty = "a/b?c=d&e%f g+\xC3\xA9";
  auto parsed = parse_target("/x?v=" + percent_encode(nasty));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->query.at("v"), nasty);
}

TEST(Targets, ANumberOfTheQueryIsWholeAndWithinItsRange) {
  const NumberRange range{.otherwise = 50, .min = 1, .max = 500};
  auto number = [&](const std::string& query) { return query_number(*parse_target("/a" + query), "limit", range); };
  EXPECT_EQ(number(""), 50);
  EXPECT_EQ(number("?other=7"), 50);
  EXPECT_EQ(number("?limit=1"), 1);
  EXPECT_EQ(number("?limit=500"), 500);
  for (auto query : {"?limit", "?limit=", "?limit=0", "?limit=501", "?limit=-1", "?limit=%2B5", "?limit=5x",
                     "?limit=%205", "?limit=5.0", "?limit=0x5", "?limit=99999999999999999999"}) {
    auto refused = number(query);
    ASSERT_FALSE(refused) << query;
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_EQ(refused.error().text(), "query limit: must be a whole number from 1 to 500");
  }
}

TEST(Headers, NamesIgnoreCaseAndSetReplacesAll) {
  Headers headers{{"A", "1"}, {"a", "2"}, {"B", "3"}};
  EXPECT_EQ(headers.find("a"), "1");
  EXPECT_EQ(headers.all("A").size(), 2u);
  headers.set("a", "4");
  EXPECT_EQ(headers.all("A"), (std::vector<std::string_view>{"4"}));
  EXPECT_EQ(headers.find("C"), std::nullopt);
}

TEST(Problems, TheCauseOfAnInternalFailureIsNotShown) {
  auto shown = problem_reply(problem_of({Code::internal, "open /etc/secret", "denied"}), "id-1");
  EXPECT_EQ(shown.status, 500);
  EXPECT_FALSE(shown.body.contains("secret"));
  EXPECT_FALSE(
      problem_reply(problem_of({Code::unavailable, "ask the advisor", "10.0.0.7"}), "").body.contains("10.0.0.7"));
}

TEST(Problems, EachCodeHasItsStatus) {
  std::vector<std::pair<Code, int>> expected{
      {Code::invalid, 400},      {Code::unauthenticated, 401}, {Code::denied, 403},
      {Code::not_found, 404},    {Code::conflict, 409},        {Code::too_large, 413},
      {Code::rate_limited, 429}, {Code::unavailable, 503},     {Code::deadline, 504},
      {Code::io, 500},           {Code::corrupt, 500},         {Code::cancelled, 500}};
  for (auto [code, status] : expected) EXPECT_EQ(problem_of({code, "x", "y"}).status, status);
}

TEST(Problems, CarryTheRequestIdAndTheirOwnMembers) {
  auto reply = problem_reply({403, "denied", "no right", {{"reason", "role"}, {"status", 200}}}, "id-1");
  auto body = json::parse_strict(reply.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("request_id"), "id-1");
  EXPECT_EQ(body->at("reason"), "role");
  EXPECT_EQ(body->at("status"), 403);
  EXPECT_EQ(reply.headers.find("content-type"), "application/problem+json");
}

TEST(Problems, WhoMayTryAgainIsToldWhen) {
  for (int status : {429, 503}) EXPECT_EQ(problem_reply({status, "x", "y"}, "").headers.find("Retry-After"), "1");
  for (int status : {400, 409, 500, 504})
    EXPECT_EQ(problem_reply({status, "x", "y"}, "").headers.find("Retry-After"), std::nullopt);
}

std::vector<SseFrame> frames_of(std::string_view text, std::size_t split) {
  SseParser parser;
  std::vector<SseFrame> all;
  for (auto part : {text.substr(0, split), text.substr(split)}) {
    auto some = parser.push(part);
    EXPECT_TRUE(some.has_value());
    all.insert(all.end(), some->begin(), some->end());
  }
  EXPECT_FALSE(parser.in_frame());
  return all;
}

TEST(EventStream, ReadsTheSameHoweverItsBytesAreSplit) {
  std::string text =
      ": hi\r\n\r\nid: 1\r\nevent: delta\r\ndata: a\r\ndata:b\r\n\r\ndata: c\n\nevent: none\n\nid: 2\rdata: d\r\r";
  for (std::size_t split = 0; split <= text.size(); ++split) {
    auto frames = frames_of(text, split);
    ASSERT_EQ(frames.size(), 3u) << split;
    EXPECT_EQ(frames[0].id, "1");
    EXPECT_EQ(frames[0].event, "delta");
    EXPECT_EQ(frames[0].data, "a\nb");
    EXPECT_EQ(frames[1].event, "message");
    EXPECT_EQ(frames[1].data, "c");
    EXPECT_EQ(frames[2].id, "2");
    EXPECT_EQ(frames[2].data, "d");
  }
}

TEST(EventStream, WhatIsWrittenIsReadBack) {
  auto frames = frames_of(sse_comment("alive\nstill") + sse_frame("7", "delta", "line\n\nline"), 3);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].data, "line\n\nline");
}

TEST(EventStream, AValueCannotBeginAFieldOrAFrame) {
  auto frames = frames_of(sse_frame("1\ndata: x", "a\r\nevent: done", "ok\r\revent: done\n\n"), 0);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].id, "1data: x");
  EXPECT_EQ(frames[0].event, "aevent: done");
  EXPECT_EQ(frames[0].data, "ok\n\nevent: done\n\n");
}

TEST(EventStream, AnOversizedFrameIsRefused) {
  SseParser one_line(10);
  EXPECT_FALSE(one_line.push("data: 123456789"));
  SseParser many_lines(10);
  EXPECT_FALSE(many_lines.push("data: 123\ndata: 456\ndata: 789\ndata: 0"));
  SseParser comment(10);
  EXPECT_FALSE(comment.push(": 1234567890"));
  SseParser fits(16);
  EXPECT_TRUE(fits.push("data: 12345\n\ndata: 12345\n\ndata: 12345\n\n"));
}

TEST(EventStream, AnUnfinishedFrameIsSeen) {
  SseParser parser;
  ASSERT_TRUE(parser.push("data: x\n"));
  EXPECT_TRUE(parser.in_frame());
}

TEST(Lines, AreBoundedAndKeepTheirRest) {
  LineSplitter lines(5);
  EXPECT_EQ(*lines.push("ab\n\ncd"), (std::vector<std::string>{"ab"}));
  EXPECT_EQ(lines.rest(), "cd");
  EXPECT_EQ(*lines.push("e\n12345\n"), (std::vector<std::string>{"cde", "12345"}));
  EXPECT_FALSE(lines.push("123456"));
}

}  // namespace
}  // namespace foundation::http
