#include "cli/events/event.h"

#include <gtest/gtest.h>

namespace cli::events {
namespace {

using foundation::Code;

TEST(Event, AFrameAndItsLineAreTheSameEvent) {
  auto of_frame = from_frame("delta", R"({"seq":4,"text":"hi"})");
  ASSERT_TRUE(of_frame) << of_frame.error().text();
  EXPECT_EQ(to_line(*of_frame), R"({"event":"delta","seq":4,"text":"hi"})");
  auto of_line = from_line(to_line(*of_frame));
  ASSERT_TRUE(of_line) << of_line.error().text();
  EXPECT_EQ(of_line->name, "delta");
  EXPECT_EQ(of_line->data, of_frame->data);
}

TEST(Event, TheFrameNamesTheEventWhateverItsDataSay) {
  auto event = from_frame("delta", R"({"event":"done","outcome":"executed"})");
  ASSERT_TRUE(event);
  EXPECT_FALSE(event->is_terminal());
  EXPECT_EQ(to_line(*event), R"({"event":"delta","outcome":"executed"})");
}

TEST(Event, OnlyDoneAndErrorEndAStream) {
  for (const char* name : {"turn", "agent", "tool", "finding", "delta", "usage", "proposal", "operation", "later"})
    EXPECT_FALSE((Event{name, {}}).is_terminal()) << name;
  EXPECT_TRUE((Event{"done", {}}).is_terminal());
  EXPECT_TRUE((Event{"error", {}}).is_terminal());
}

TEST(Event, WhatIsNoObjectIsRefused) {
  for (const char* data : {"", "[]", "1", "\"x\"", "{", R"({"a":1}{"b":2})", R"({"a":1,"a":2})"}) {
    EXPECT_FALSE(from_frame("delta", data)) << data;
    EXPECT_FALSE(from_line(data)) << data;
  }
  EXPECT_EQ(from_line(R"({"event":7})").error().code, Code::corrupt);
  EXPECT_EQ(from_frame("delta", "[]").error().code, Code::corrupt);
}

}  // namespace
}  // namespace cli::events
