#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "cli/render/approvals.h"
#include "cli/render/findings.h"
#include "cli/render/operations.h"
#include "cli/render/renderer.h"

namespace cli::render {
namespace {

// Prose is the advisor's: it stands right of the column of the marks, so that no answer can look like a record.
constexpr std::string_view kProseMargin = "   ";
constexpr std::string_view kWipeLine = "\r\x1b[2K";

struct Silence {
  std::string_view outcome, words;
};
// What is said when a stream ends and nothing of it was printed.
constexpr std::array kSilences{Silence{"answered", "No answer came; ask in other words."}, Silence{"executed", "Done."},
                               Silence{"refused", "Refused. Nothing was changed."},
                               Silence{"waiting", "It waits for an approval."}};

class ForPeople final : public Renderer {
 public:
  ForPeople(const Look& look, Proposals proposals) : look_(look), proposals_(proposals) {}
  std::string event(const events::Event& event) override;
  std::string end() override;

 private:
  using Teller = void (ForPeople::*)(View);
  struct Row {
    std::string_view event;
    Teller tell;
    bool ends_findings;  // what is shown for a moment only may come between findings
  };
  static const std::array<Row, 10> kRows;

  void turn(View) { status("working"); }
  void agent(View event) { status(one_line(event["name"].text()) + ": " + one_line(event["task"].text())); }
  void tool(View event);
  void finding(View event) { findings_.push_back(event.object()); }
  void delta(View event);
  void usage(View event);
  void proposal(View event);
  void operation(View event) { block(operation_text(look_, event)); }
  void done(View event);
  void error(View event);

  bool on_terminal() const { return look_.columns > 0; }
  void status(std::string text);
  void print(std::string text);
  void block(std::string text);
  void end_findings();
  void end_prose();

  const Look look_;
  const Proposals proposals_;
  std::vector<json::Object> findings_;  // not yet printed: the tree needs those that follow
  std::optional<Flow> prose_;
  bool prose_half_printed_ = false;
  bool status_shown_ = false;
  bool printed_ = false;
  bool findings_printed_ = false;
  std::string out_;
};

const std::array<ForPeople::Row, 10> ForPeople::kRows{{
    {"turn", &ForPeople::turn, false},
    {"agent", &ForPeople::agent, false},
    {"tool", &ForPeople::tool, false},
    {"finding", &ForPeople::finding, false},
    {"delta", &ForPeople::delta, true},
    {"usage", &ForPeople::usage, true},
    {"proposal", &ForPeople::proposal, true},
    {"operation", &ForPeople::operation, true},
    {"done", &ForPeople::done, true},
    {"error", &ForPeople::error, true},
}};

std::string ForPeople::event(const events::Event& event) {
  json::Value data(event.data);
  for (const Row& row : kRows) {
    if (row.event != event.name) continue;
    if (row.ends_findings) end_findings();
    (this->*row.tell)(View(data));
  }
  return std::exchange(out_, {});
}

std::string ForPeople::end() {
  end_findings();
  end_prose();
  print("");
  return std::exchange(out_, {});
}

void ForPeople::status(std::string text) {
  if (!on_terminal() || prose_half_printed_) return;
  Flow flow({.color = look_.color, .columns = 0}, " ", "");
  std::string line = flow.add(shortened(one_line(text), look_.columns - 4) + " …", Ink::dim).end();
  line.pop_back();  // the cursor stays in the line, which is wiped
  if (std::exchange(status_shown_, true)) out_ += kWipeLine;
  out_ += line;
}

void ForPeople::print(std::string text) {
  if (std::exchange(status_shown_, false)) out_ += kWipeLine;
  printed_ = printed_ || !text.empty();
  out_ += text;
}

void ForPeople::block(std::string text) {
  end_prose();
  print(std::move(text));
}

void ForPeople::end_findings() {
  if (findings_.empty()) return;
  block(findings_text(look_, std::exchange(findings_, {})));
  findings_printed_ = true;
}

void ForPeople::end_prose() {
  if (!prose_) return;
  print(prose_->end());
  prose_.reset();
  prose_half_printed_ = false;
}

void ForPeople::tool(View event) {
  bool started = event["state"].text() == "started";
  status(one_line(event["name"].text()) + (started ? "" : ": " + one_line(event["summary"].text("done"))));
}

void ForPeople::delta(View event) {
  std::string_view said = event["text"].text();
  if (!prose_) {
    said.remove_prefix(std::min(said.find_first_not_of("\r\n"), said.size()));
    if (said.empty()) return;
    if (std::exchange(findings_printed_, false)) print("\n");
    prose_.emplace(look_, std::string(kProseMargin), std::string(kProseMargin));
  }
  std::string text = prose_->add(said).take();
  if (text.empty()) return;
  prose_half_printed_ = true;
  print(std::move(text));
}

// A pipe's text is the same whenever it is asked for: how long it took is for the eye.
void ForPeople::usage(View event) {
  if (!on_terminal()) return;
  double seconds = static_cast<double>(event["duration_ms"].integer_or(0)) / 1000;
  std::string text = fmt::format("{:.1f} s, ", seconds);
  if (event["model"].is_null()) {
    text += "no model used";
  } else {
    text += fmt::format("{}, {} tokens in, {} out", one_line(event["model"].text()),
                        event["input_tokens"].integer_or(0), event["output_tokens"].integer_or(0));
  }
  Flow flow(look_, std::string(kProseMargin), std::string(kProseMargin));
  block(flow.add(text, Ink::dim).end());
}

void ForPeople::proposal(View event) {
  block(proposals_ == Proposals::told ? proposal_text(look_, event) : "");
  printed_ = true;  // or will be, by whoever asks for the decision
}

void ForPeople::done(View event) {
  end_prose();
  if (printed_) return;
  for (const Silence& silence : kSilences)
    if (silence.outcome == event["outcome"].text()) print(fmt::format(" {}\n", silence.words));
}

void ForPeople::error(View event) {
  Flow flow(look_, " ", std::string(kProseMargin));
  flow.add("✗", Ink::bad).add(" " + one_line(event["text"].text()));
  flow.add(fmt::format("   request {}", one_line(event["request_id"].text())), Ink::dim);
  block(flow.end());
}

}  // namespace

std::unique_ptr<Renderer> for_people(const Look& look, Proposals proposals) {
  return std::make_unique<ForPeople>(look, proposals);
}

}  // namespace cli::render
