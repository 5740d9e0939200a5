#include "tests/eval/telling.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ai-ops/agents/narration.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/json/fields.h"
#include "tests/eval/clusters.h"

namespace eval {
namespace {

namespace agents = ai_ops::agents;
namespace diagnosis = ai_ops::diagnosis;
namespace grounding = ai_ops::grounding;
namespace json = foundation::json;

constexpr std::size_t kMaxText = 64 << 10;

// What the advisor knows of a troubled cluster. Not moved: its parts borrow from each other.
class Known {
 public:
  explicit Known(const Troubled& troubled) : objects_(troubled.make()), graph_(objects_.snapshot()) {
    std::vector<diagnosis::LogExcerpt> logs;
    for (const auto& wanted : diagnosis::logs_wanted(graph_))
      logs.push_back({wanted, {troubled.log.begin(), troubled.log.end()}});
    findings_ = diagnosis::diagnose({&graph_, std::move(logs), sample::kNow});
    facts_ = agents::facts_of(graph_, findings_);
    for (const auto& workload : graph_.workloads()) live_.push_back(workload.ref.name);
  }
  Known(const Known&) = delete;
  Known& operator=(const Known&) = delete;

  const std::vector<grounding::Fact>& facts() const { return facts_; }
  agents::Narration narration(std::string_view answer) const {
    return agents::narration_of(answer, graph_, findings_, facts_);
  }
  grounding::Check check(std::string_view answer) const { return grounding::check(answer, facts_, live_); }

 private:
  sample::Cluster objects_;
  diagnosis::Cluster graph_;
  std::vector<diagnosis::Finding> findings_;
  std::vector<grounding::Fact> facts_;
  std::vector<std::string> live_;
};

json::Object try_of(std::string answer, const grounding::Check& check) {
  json::Array statements;
  for (const grounding::Statement& statement : check.statements) {
    json::Array ungrounded;
    for (const std::string& what : statement.ungrounded) ungrounded.emplace_back(what);
    statements.push_back(
        json::Object{{"text", statement.text}, {"holds", statement.holds()}, {"ungrounded", std::move(ungrounded)}});
  }
  return {{"answer", std::move(answer)}, {"statements", std::move(statements)}};
}

json::Value told(const Known& known, const std::string& question, Asker& model, int most_tries) {
  json::Array tries;
  json::Object out{{"shown", ""}};
  std::vector<std::string> not_there;
  for (int i = 0; i < most_tries && out["shown"].get_string().empty(); ++i) {
    auto prompt = agents::narration_prompt(question, known.facts(), model.traits(), not_there);
    auto reply = prompt ? model.ask(*std::move(prompt)) : std::unexpected(prompt.error());
    if (!reply) {
      out["error"] = reply.error().text();
      break;
    }
    agents::Narration narration = known.narration(reply->text);
    tries.push_back(try_of(reply->text, known.check(reply->text)));
    not_there = std::move(narration.not_there);
    out["shown"] = narration.text;
  }
  out["tries"] = std::move(tries);
  return json::Value(std::move(out));
}

}  // namespace

Result<json::Value> tell(const json::Value& line, Asker* model) {
  json::Fields fields(line);
  auto name = fields.text("cluster", kMaxText);
  auto question = fields.text("question", kMaxText);
  auto answer = fields.optional_text("answer", kMaxText);
  fields.ignore_unknown();
  auto row = std::ranges::find(kClusters, name, &Troubled::name);
  if (row == kClusters.end()) fields.refuse("cluster", "is none of clusters.h");
  if (!answer && model == nullptr) fields.refuse("answer", "is needed without a model");
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  Known known(*row);
  if (!answer) return told(known, question, *model, agents::kNarrationTries);
  return told(known, question, *Asker::scripted(*std::move(answer)), 1);
}

json::Array all_facts() {
  json::Array out;
  for (const Troubled& troubled : kClusters) {
    json::Array facts;
    for (const grounding::Fact& fact : Known(troubled).facts())
      facts.push_back(json::Object{{"id", fact.id}, {"text", fact.text}, {"quoted", fact.quoted}});
    out.push_back(json::Object{{"cluster", troubled.name}, {"facts", std::move(facts)}});
  }
  return out;
}

}  // namespace eval
