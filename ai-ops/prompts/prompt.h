// What a model is asked and what it says, as values. Pure. The words of the cluster stand in `data` blocks only
// (parts.h), never among the instructions.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "foundation/json/value.h"

namespace ai_ops::prompts {

namespace json = foundation::json;

enum class Author { system, user, assistant };

struct Message {
  Author author = Author::user;
  std::string text;
  friend bool operator==(const Message&, const Message&) = default;
};

// A function that the model may call, for those that can.
struct ToolOffer {
  std::string name;
  std::string description;
  json::Value parameters;  // JSON Schema of an object
};

struct Prompt {
  std::vector<Message> messages;
  json::Value answer_schema = nullptr;  // null: free text
  std::vector<ToolOffer> tools = {};    // never beside an answer_schema: servers then call nothing
  int max_tokens = 512;
};

struct ToolCall {
  std::string name;
  json::Object arguments;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

// A whole answer.
struct Reply {
  std::string text;
  std::vector<ToolCall> calls = {};
  bool cut_off = false;  // by max_tokens: text and JSON end anywhere
  Usage usage = {};
};

// What a model can do, as its server says (or as we are told).
struct Traits {
  std::string model;
  std::int64_t context_tokens = 4096;
  bool calls_tools = false;  // native tool calling
  bool keeps_schema = true;  // its server constrains the answer to a JSON schema
};

}  // namespace ai_ops::prompts
