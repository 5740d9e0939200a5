// Structured log: one event name, typed fields, one line. A Log is a cheap value that carries its fields along.
// Never give it a token, a secret, an environment value or text of another tenant: Secret does not convert to a Field.
// Threads: any. Lines go to stderr.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace foundation::telemetry {

enum class LogFormat { text, json };
enum class LogLevel { debug, info, warning, error };

struct Field {
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, const std::string& v) : name(n), value(v) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(std::to_string(v)), quoted(false) {}
  Field(std::string_view n, int v) : Field(n, std::int64_t(v)) {}
  Field(std::string_view n, std::size_t v) : Field(n, std::int64_t(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v ? "true" : "false"), quoted(false) {}
  std::string name;
  std::string value;
  bool quoted = true;  // a string, not a number or a boolean
};

// Set once by main before the first line; the default is text, info.
void configure_log(LogFormat format, LogLevel at_least);

class Log {
 public:
  Log() = default;
  // The same log with more fields on every line.
  Log with(std::initializer_list<Field> fields) const;
  void debug(std::string_view event, std::initializer_list<Field> fields = {}) const;
  void info(std::string_view event, std::initializer_list<Field> fields = {}) const;
  void warning(std::string_view event, std::initializer_list<Field> fields = {}) const;
  void error(std::string_view event, std::initializer_list<Field> fields = {}) const;

 private:
  void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) const;
  std::shared_ptr<const std::vector<Field>> fields_;  // shared: immutable, copied into every child context
};

}  // namespace foundation::telemetry
