#include "tests/eval/planning.h"

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "ai-ops/agents/model_plan.h"
#include "ai-ops/conversations/conversations.h"
#include "ai-ops/reader/recent.h"
#include "api/operations/command_reader.h"
#include "foundation/json/fields.h"

namespace eval {
namespace {

namespace agents = ai_ops::agents;
namespace conversations = ai_ops::conversations;
namespace json = foundation::json;
namespace reader = ai_ops::reader;
using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::Snapshot;
using reader::Intent;

constexpr std::size_t kMaxText = 64 << 10, kMaxItems = 500;
constexpr std::size_t kMaxHistoryBytes = 6 << 10;

struct Question {
  std::string message;
  Snapshot snapshot;
  std::vector<ObjectRef> objects;
  std::vector<conversations::Entry> history;
};

// "Deployment/shop/web"; a Node has no project: "Node//node-1".
ObjectRef ref_of(std::string_view text) {
  std::size_t kind = std::min(text.find('/'), text.size());
  std::size_t name = std::min(text.rfind('/'), text.size());
  if (name <= kind) return {.kind = std::string(text.substr(0, kind)), .namespace_name = {}, .name = {}, .uid = {}};
  return {.kind = std::string(text.substr(0, kind)),
          .namespace_name = std::string(text.substr(kind + 1, name - kind - 1)),
          .name = std::string(text.substr(name + 1)),
          .uid = {}};
}

void add(Question& question, std::string_view text) {
  std::size_t end = std::min(text.find('='), text.size());
  ObjectRef ref = ref_of(text.substr(0, end));
  json::Object spec;
  if (end < text.size()) {
    int replicas = 0;
    std::from_chars(text.data() + end + 1, text.data() + text.size(), replicas);
    spec["replicas"] = replicas;
  }
  json::Object metadata{{"name", ref.name}};
  if (!ref.namespace_name.empty()) metadata["namespace"] = ref.namespace_name;
  question.snapshot.add(json::Object{{"kind", ref.kind}, {"metadata", metadata}, {"spec", spec}});
  question.objects.push_back(std::move(ref));
}

Intent intent_of(std::string_view text) {
  for (Intent intent : {Intent::overview, Intent::diagnose, Intent::status, Intent::events, Intent::logs,
                        Intent::operate, Intent::help})
    if (reader::to_string(intent) == text) return intent;
  return Intent::unknown;
}

reader::Became became_of(std::string_view text) {
  for (reader::Became became : {reader::Became::executed, reader::Became::waiting, reader::Became::refused})
    if (reader::to_string(became) == text) return became;
  return reader::Became::unknown;
}

std::vector<ObjectRef> refs_in(json::Fields& fields, std::string_view name) {
  std::vector<ObjectRef> out;
  for (const std::string& text : fields.texts(name, kMaxItems, kMaxText)) out.push_back(ref_of(text));
  return out;
}

json::Object object_in(json::Fields& fields, std::string_view name) {
  const json::Value& value = fields.any(name);
  return value.is_object() ? value.get_object() : json::Object();
}

conversations::Entry entry_of(json::Fields& fields) {
  conversations::Entry out;
  out.message = fields.text("message", kMaxText);
  out.intent = intent_of(fields.text("intent", kMaxText));
  out.subjects = refs_in(fields, "subjects");
  out.mentioned = refs_in(fields, "mentioned");
  for (json::Fields& done : fields.objects("done", kMaxItems))
    out.done.push_back({.operation = done.text("operation", kMaxText),
                        .arguments = object_in(done, "arguments"),
                        .before = object_in(done, "before"),
                        .undoable = done.boolean("undoable"),
                        .became = became_of(done.text("became", kMaxText))});
  return out;
}

Result<Question> question_of(const json::Value& line) {
  Question out;
  json::Fields fields(line);
  out.message = fields.text("message", kMaxText);
  for (const std::string& text : fields.texts("objects", kMaxItems, kMaxText)) add(out, text);
  for (json::Fields& entry : fields.objects("history", kMaxItems)) out.history.push_back(entry_of(entry));
  fields.ignore_unknown();
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return out;
}

struct Plan {
  reader::Reading reading;
  std::string_view by = "reader";  // "model"; "no answer": the model gave none that could be taken
};

Plan plan_for(const Question& question, Asker* model) {
  reader::Recent recent = conversations::recent_of(question.history);
  auto follow_up = reader::read_follow_up(question.message, recent, question.snapshot);
  Plan out{follow_up ? *std::move(follow_up) : reader::read(question.message, question.snapshot)};
  bool is_unread = out.reading.intent == Intent::unknown && out.reading.missing.empty();
  if (model == nullptr || !is_unread) return out;
  out.by = "no answer";
  auto choices = agents::choices_for(question.message, question.snapshot, recent.subjects);
  choices.history = conversations::history_text(question.history, kMaxHistoryBytes);
  auto prompt = agents::plan_prompt(choices, model->traits());
  if (!prompt) return out;
  auto reply = model->ask(*std::move(prompt));
  auto reading = reply ? agents::plan_of(*reply, choices) : std::nullopt;
  if (!reading) return out;
  return {*std::move(reading), "model"};
}

json::Array commands_in(const Question& question) {
  json::Array out;
  for (const auto& text : api::operations::read_commands(question.message)) {
    auto command = api::operations::resolve(text, question.objects);
    if (!command) return {};
    out.push_back(json::Object{{"operation", command->operation->name}, {"arguments", command->arguments}});
  }
  return out;
}

}  // namespace

Result<json::Value> plan(const json::Value& line, Asker* model) {
  auto question = question_of(line);
  if (!question) return std::unexpected(question.error());
  auto [reading, by] = plan_for(*question, model);
  json::Array targets, operations;
  for (const ObjectRef& ref : reading.targets)
    targets.emplace_back(ref.kind + "/" + ref.namespace_name + "/" + ref.name);
  for (auto& wanted : reading.operations)
    operations.push_back(json::Object{{"operation", wanted.operation}, {"arguments", std::move(wanted.arguments)}});
  return json::Value(json::Object{{"intent", reader::to_string(reading.intent)},
                                  {"targets", std::move(targets)},
                                  {"kind", reading.kind},
                                  {"project", reading.project},
                                  {"operations", std::move(operations)},
                                  {"missing", reading.missing},
                                  {"by", by},
                                  {"commands", commands_in(*question)}});
}

}  // namespace eval
