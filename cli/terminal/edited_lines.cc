#include <histedit.h>
#include <langinfo.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cwchar>
#include <string_view>
#include <utility>

#include "cli/terminal/completion.h"
#include "cli/terminal/history.h"
#include "cli/terminal/lines.h"
#include "cli/terminal/signals.h"

namespace cli::terminal {
namespace {

constexpr char kInvisible = '\1';         // brackets what a prompt says without moving the cursor
constexpr wchar_t kReplacement = 0xfffd;  // in place of a malformed byte
constexpr std::size_t kUsualColumns = 80;

struct Binding {
  const char* keys;
  const char* command;
};
constexpr Binding kBindings[] = {
    {"^I", "hks-complete"},       {"^R", "em-inc-search-prev"}, {"\\e[3~", "ed-delete-next-char"},
    {"\\e[1~", "ed-move-to-beg"}, {"\\e[H", "ed-move-to-beg"},  {"\\e[4~", "ed-move-to-end"},
    {"\\e[F", "ed-move-to-end"},  {"\\e[1;5C", "em-next-word"}, {"\\e[1;5D", "ed-prev-word"},
};

// libedit takes characters apart by the locale of the process; our text is UTF-8 whatever that says.
void speak_utf8() {
  const char* chosen = std::setlocale(LC_CTYPE, "");
  if (chosen == nullptr || std::string_view(::nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::string with_bracketed_colours(std::string_view prompt) {
  std::string out;
  while (!prompt.empty()) {
    bool is_colour = prompt.starts_with("\x1b[");
    auto end = is_colour ? prompt.find('m') + 1 : prompt.find('\x1b');
    auto piece = prompt.substr(0, end == 0 ? prompt.npos : end);
    out += is_colour ? kInvisible + std::string(piece) + kInvisible : std::string(piece);
    prompt.remove_prefix(piece.size());
  }
  return out;
}

class EditedLines final : public Lines {
 public:
  EditedLines(std::FILE* in, std::FILE* out, Editing editing)
      : in_(::fileno(in)), out_(out), complete_(std::move(editing.complete)), file_(std::move(editing.history_file)) {
    speak_utf8();
    editor_.reset(::el_init("hks", in, out, out));
    if (editor_) set_up();
  }
  bool works() const { return editor_ != nullptr; }

  std::optional<std::string> message(const std::string& prompt) override {
    auto line = read(prompt, true);
    if (line && is_kept(*line)) remember(*line);
    if (line) file_.add(*line);
    return line;
  }
  std::optional<std::string> answer(const std::string& question) override { return read(question, false); }

 private:
  static EditedLines& of(EditLine* editor) {
    void* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<EditedLines*>(self);
  }
  static char* prompt(EditLine* editor) { return of(editor).prompt_.data(); }
  static int next_character(EditLine* editor, wchar_t* c) { return of(editor).next_character(c); }
  static unsigned char complete(EditLine* editor, int) { return of(editor).complete(); }

  void set_up();
  void remember(const std::string& line);
  std::optional<std::string> read(const std::string& prompt, bool completes);
  std::optional<std::string> edit();
  int next_character(wchar_t* c);
  void after_signal();
  unsigned char complete();

  int in_;
  std::FILE* out_;
  Completer complete_;
  History file_;
  std::unique_ptr<::History, decltype(&::history_end)> history_{::history_init(), ::history_end};
  std::unique_ptr<EditLine, decltype(&::el_end)> editor_{nullptr, ::el_end};
  std::optional<NotedSignals> signals_;  // while a line is being read
  std::string prompt_;
  bool completes_ = false;
  bool interrupted_ = false;
  bool half_typed_ = false;  // when it was interrupted
};

void EditedLines::set_up() {
  EditLine* editor = editor_.get();
  ::el_set(editor, EL_CLIENTDATA, this);
  ::el_set(editor, EL_PROMPT_ESC, &EditedLines::prompt, kInvisible);
  ::el_set(editor, EL_EDITOR, "emacs");
  ::el_set(editor, EL_GETCFN, static_cast<int (*)(EditLine*, wchar_t*)>(&EditedLines::next_character));
  // The wide form: the other one leaks copies of the two texts.
  ::el_wset(editor, EL_ADDFN, L"hks-complete", L"complete a name",
            static_cast<unsigned char (*)(EditLine*, int)>(&EditedLines::complete));
  for (const Binding& binding : kBindings) ::el_set(editor, EL_BIND, binding.keys, binding.command, nullptr);
  HistEvent event;
  ::history(history_.get(), &event, H_SETSIZE, static_cast<int>(kMaxHistoryLines));
  ::el_set(editor, EL_HIST, ::history, history_.get());
  for (const auto& line : file_.load()) remember(line);
}

void EditedLines::remember(const std::string& line) {
  HistEvent event;
  ::history(history_.get(), &event, H_ENTER, line.c_str());
}

std::optional<std::string> EditedLines::read(const std::string& prompt, bool completes) {
  prompt_ = with_bracketed_colours(prompt);
  completes_ = completes;
  for (;;) {
    interrupted_ = half_typed_ = false;
    signals_.emplace();
    auto line = edit();
    signals_.reset();
    if (line) return line;
    std::fputs(interrupted_ ? "^C\n" : "\n", out_);
    std::fflush(out_);
    if (!half_typed_) return std::nullopt;
  }
}

std::optional<std::string> EditedLines::edit() {
  ::el_resize(editor_.get());
  ::el_set(editor_.get(), EL_PREP_TERM, 1);  // before the prompt: what is typed at once is ours to edit, too
  int count = 0;
  const char* typed = ::el_gets(editor_.get(), &count);
  if (typed == nullptr || count <= 0 || interrupted_) return std::nullopt;
  std::string line(typed);
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  return line;
}

// 1: a character; 0: the end of the input; -1: nothing more of this line.
int EditedLines::next_character(wchar_t* c) {
  std::mbstate_t state{};
  for (;;) {
    if (!signals_->wait(in_)) {
      after_signal();
      if (interrupted_) return -1;
      continue;
    }
    char byte = 0;
    ssize_t got = ::read(in_, &byte, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return static_cast<int>(got);
    std::size_t size = std::mbrtowc(c, &byte, 1, &state);
    if (size == static_cast<std::size_t>(-2)) continue;  // a character of several bytes
    if (size == static_cast<std::size_t>(-1)) *c = kReplacement;
    return 1;
  }
}

void EditedLines::after_signal() {
  EditLine* editor = editor_.get();
  if (signals_->take(SIGINT)) {
    const LineInfo* line = ::el_line(editor);
    half_typed_ = line->lastchar > line->buffer;
    interrupted_ = true;
  }
  if (signals_->take(SIGWINCH)) {
    ::el_resize(editor);
    ::el_set(editor, EL_REFRESH);
  }
  if (signals_->take(SIGCONT)) {  // the shell has had the terminal meanwhile
    ::el_set(editor, EL_PREP_TERM, 0);
    ::el_set(editor, EL_PREP_TERM, 1);
    ::el_set(editor, EL_REFRESH);
  }
}

unsigned char EditedLines::complete() {
  if (!completes_ || !complete_) return CC_ERROR;
  const LineInfo* line = ::el_line(editor_.get());
  std::string before(line->buffer, line->cursor);
  auto begin = before.find_last_of(" \t") + 1;  // npos + 1 is 0
  std::string word = before.substr(begin);
  before.resize(begin);
  signals_.reset();  // Ctrl-C is for the completer, if it takes long
  auto [insert, choices] = terminal::complete(word, complete_(before, word));
  signals_.emplace();
  if (!insert.empty()) return ::el_insertstr(editor_.get(), insert.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  if (choices.empty()) return CC_ERROR;
  int columns = 0;
  char name[] = "co";
  if (::el_get(editor_.get(), EL_GETTC, name, &columns) != 0 || columns <= 0) columns = kUsualColumns;
  std::fputs(("\n" + choices_text(choices, static_cast<std::size_t>(columns))).c_str(), out_);
  return CC_REDISPLAY;
}

}  // namespace

std::unique_ptr<Lines> edited_lines(std::FILE* in, std::FILE* out, Editing editing) {
  auto lines = std::make_unique<EditedLines>(in, out, std::move(editing));
  if (!lines->works()) return nullptr;
  return lines;
}

}  // namespace cli::terminal
