// Typing on a real pseudo-terminal: keys go in on its other side, what is shown comes out there.
#include "cli/terminal/lines.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "cli/terminal/completion.h"
#include "cli/terminal/history.h"
#include "foundation/base/files.h"

// Of every terminal but the last, libtinfo forgets one small string; the program has one. By the library, not by the
// function: that needs a symbolizer, which a machine may not have.
extern "C" const char* __lsan_default_suppressions() { return "leak:libtinfo"; }

namespace cli::terminal {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr const char* kUp = "\x1b[A";
constexpr int kPatienceMs = 10'000;

class Terminal : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TERM", "xterm", 1);
    winsize size{.ws_row = 24, .ws_col = 60, .ws_xpixel = 0, .ws_ypixel = 0};
    ASSERT_EQ(::openpty(&master_, &slave_, nullptr, nullptr, &size), 0) << "is /dev/pts mounted?";
    file_ = ::fdopen(slave_, "r+");
    std::string name = "/tmp/hks-lines-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    history_ = folder_ / "session.history";
  }
  ~Terminal() override {
    lines_.reset();
    if (file_ == nullptr) return;
    std::fclose(file_);
    ::close(master_);
    fs::remove_all(folder_);
  }
  Lines& lines() {
    if (!lines_)
      lines_ = edited_lines(file_, file_, {.history_file = history_, .complete = [this](auto before, auto word) {
                                             asked_ = std::string(before) + "|" + std::string(word);
                                             return offered_;
                                           }});
    return *lines_;
  }
  void type(std::string_view keys) {
    EXPECT_EQ(::write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  // What a person types once the prompt is there: before it, the kernel would take the keys for its own line editing.
  std::optional<std::string> message(std::string_view keys) {
    std::string prompt = "shop " + std::to_string(++asked_for_) + "> ";
    std::jthread fingers([this, prompt, keys] {
      shown(prompt);
      type(keys);
    });
    return lines().message(prompt);
  }
  std::optional<std::string> answer(std::string_view keys) {
    std::jthread fingers([this, keys] {
      shown("[y]? ");
      type(keys);
    });
    return lines().answer("[y]? ");
  }
  // What has been shown, read until it has `wanted`.
  std::string shown(std::string_view wanted) {
    std::string text;
    pollfd readable{.fd = master_, .events = POLLIN, .revents = 0};
    while (!text.contains(wanted) && ::poll(&readable, 1, kPatienceMs) == 1) {
      char bytes[4096];
      ssize_t got = ::read(master_, bytes, sizeof bytes);
      if (got <= 0) break;
      text.append(bytes, static_cast<std::size_t>(got));
    }
    return text;
  }

  int master_ = -1, slave_ = -1;
  std::FILE* file_ = nullptr;
  fs::path folder_, history_;
  Words offered_;
  int asked_for_ = 0;
  std::string asked_;
  std::unique_ptr<Lines> lines_;
};
using EditedLines = Terminal;

TEST_F(EditedLines, ALineCanBeEdited) {
  EXPECT_EQ(message("scalx\x7f"
                    "e web\r"),
            "scale web");
  EXPECT_EQ(message("web\x01"
                    "scale \r"),
            "scale web")
      << "Ctrl-A goes to the beginning";
  EXPECT_EQ(message("\r"), "");
}

TEST_F(EditedLines, TextIsUtf8WhateverTheLocale) {
  ::setenv("LC_ALL", "C", 1);
  EXPECT_EQ(message("größe “web” 集群 🙂\r"), "größe “web” 集群 🙂");
  EXPECT_EQ(message("ü\x7fx\r"), "x") << "a character is deleted, not a byte";
  EXPECT_EQ(message("a\xffz\r"), "a\xef\xbf\xbdz");
  ::unsetenv("LC_ALL");
}

TEST_F(EditedLines, ThePromptAndItsColoursAreShown) {
  std::jthread fingers([this] {
    shown("\x1b[1mshop ❯\x1b[0m ");
    type("hi\r");
  });
  EXPECT_EQ(lines().message("\x1b[1mshop ❯\x1b[0m "), "hi");
}

TEST_F(EditedLines, TheEndOfTheInputIsNoLine) { EXPECT_EQ(message("\x04"), std::nullopt); }

TEST_F(EditedLines, EarlierMessagesComeBackWithTheUpKey) {
  EXPECT_EQ(message("scale web to 5\r"), "scale web to 5");
  EXPECT_EQ(message(" a secret\r"), " a secret");
  EXPECT_EQ(answer("y\r"), "y");
  EXPECT_EQ(message(std::string(kUp) + "\r"), "scale web to 5") << "neither what begins with a space nor an answer";
  lines_.reset();
  EXPECT_EQ(message(std::string(kUp) + "0\r"), "scale web to 50") << "of the conversation before";
}

TEST_F(EditedLines, CtrlCOnAnEmptyLineEndsAndElseBeginsAnew) {
  auto reader = ::pthread_self();
  std::thread fingers([&] {
    shown("shop> ");
    type("half a li");
    shown("half a li");
    ::pthread_kill(reader, SIGINT);
    EXPECT_THAT(shown("shop> "), HasSubstr("^C"));
    type("whole\r");
  });
  EXPECT_EQ(lines().message("shop> "), "whole");
  fingers.join();
  std::thread again([&] {
    shown("till> ");
    ::pthread_kill(reader, SIGINT);
  });
  EXPECT_EQ(lines().message("till> "), std::nullopt);
  again.join();
}

TEST_F(EditedLines, AReturnFromTheBackgroundAndANewSizeDisturbNothing) {
  auto reader = ::pthread_self();
  std::thread fingers([&] {
    shown("shop> ");
    type("scale ");
    shown("scale ");
    ::pthread_kill(reader, SIGWINCH);
    ::pthread_kill(reader, SIGCONT);
    type("web\r");
  });
  EXPECT_EQ(lines().message("shop> "), "scale web");
  fingers.join();
}

TEST_F(EditedLines, TabCompletesTheWordAtTheCursor) {
  offered_ = {"web", "web-7d9f6c5b8-x2x4k", "postgres"};
  EXPECT_EQ(message("scale pos\tto 5\r"), "scale postgres to 5");
  EXPECT_EQ(asked_, "scale |pos");
  EXPECT_EQ(message("why w\t\r"), "why web") << "as far as they agree";
  EXPECT_EQ(message("why web\t\r"), "why web");
  EXPECT_THAT(shown("web-7d9f6c5b8-x2x4k"), HasSubstr("web                  web-7d9f6c5b8-x2x4k"));
}

TEST_F(EditedLines, AnAnswerIsNotCompleted) {
  offered_ = {"yellow"};
  EXPECT_EQ(answer("y\t\r"), "y");
  EXPECT_EQ(asked_, "");
}

TEST_F(EditedLines, TheTerminalIsLeftAsItWas) {
  termios before{}, after{};
  ::tcgetattr(master_, &before);
  message("hi\r");
  ::tcgetattr(master_, &after);
  EXPECT_EQ(before.c_lflag, after.c_lflag);
  EXPECT_EQ(before.c_iflag, after.c_iflag);
}

TEST_F(EditedLines, HistoryIsForItsOwnerOnlyAndKeepsNoSpacedLine) {
  message("scale web to 5\r");
  message(" --token abc\r");
  message("scale web to 5\r");
  EXPECT_EQ(foundation::read_file(history_), "scale web to 5\n");
  struct stat status{};
  ASSERT_EQ(::stat(history_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(EditedLines, AHistoryThatOthersCouldReadIsTakenFromThem) {
  std::ofstream(history_) << "old\n";
  ::chmod(history_.c_str(), 0644);
  EXPECT_TRUE(History(history_).add("new"));
  struct stat status{};
  ASSERT_EQ(::stat(history_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_THAT(History(history_).load(), ElementsAre("old", "new"));
}

TEST_F(EditedLines, HistoryIsBoundedAndPassesOverWhatIsNoMessage) {
  History history(history_);
  std::string long_line(kMaxHistoryLineBytes + 1, 'x');
  for (const std::string& line :
       {std::string(), std::string(" x"), long_line, std::string("a\nb"), std::string("\x1b[2J"), std::string("\xff")})
    EXPECT_FALSE(history.add(line)) << line;
  std::ofstream file(history_);
  for (std::size_t i = 0; i < kMaxHistoryLines + 5; ++i) file << i << "\n";
  file.close();
  EXPECT_TRUE(history.add("last"));
  EXPECT_EQ(history.load().size(), kMaxHistoryLines);
  EXPECT_EQ(history.load().front(), "6");
  EXPECT_FALSE(History("/no/such/folder/x").add("line")) << "a conversation goes on without";
}

TEST(PlainLines, ReadsAStreamAndPromptsOnlyWhereSomebodySees) {
  std::istringstream in("one\r\ntwo");
  std::ostringstream out;
  auto seen = plain_lines(in, out, true);
  EXPECT_EQ(seen->message("> "), "one");
  EXPECT_EQ(seen->answer("? "), "two");
  EXPECT_EQ(seen->message("> "), std::nullopt);
  EXPECT_EQ(out.str(), "> ? > \n");
  std::istringstream pipe("one\n");
  std::ostringstream nobody;
  EXPECT_EQ(plain_lines(pipe, nobody, false)->message("> "), "one");
  EXPECT_EQ(nobody.str(), "");
}

TEST(Completion, GoesAsFarAsAllAgreeThenShowsThem) {
  EXPECT_EQ(complete("w", {"web"}).insert, "eb ");
  EXPECT_EQ(complete("w", {"web", "web"}).insert, "eb ");
  EXPECT_EQ(complete("w", {"web-a", "web-b", "cart"}).insert, "eb-");
  EXPECT_THAT(complete("web-", {"web-b", "web-a"}).choices, ElementsAre("web-a", "web-b"));
  EXPECT_EQ(complete("web", {"web"}).insert, " ");
  auto none = complete("x", {"web"});
  EXPECT_TRUE(none.insert.empty() && none.choices.empty());
}

TEST(Completion, ChoicesStandInColumnsAndAreBounded) {
  EXPECT_EQ(choices_text({"a", "bb", "c"}, 8), "a   bb\nc\n");
  EXPECT_EQ(choices_text({"a", "b"}, 1), "a\nb\n");
  auto many = choices_text(Words(kMaxChoices + 7, "x"), 80);
  EXPECT_TRUE(many.ends_with("and 7 more\n"));
}

}  // namespace
}  // namespace cli::terminal
