// Where the replicas of the model are. Owner: the set of replicas. Threads: one executor.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "foundation/async/task.h"
#include "foundation/base/clock.h"

namespace ai_ops::llm {

namespace async = foundation::async;

class Discovery {
 public:
  virtual ~Discovery() = default;
  // The base URL of every replica there is now, sorted, none twice. An error says nothing about them.
  virtual async::Task<std::vector<std::string>> find() = 0;
  // The pause before the next find(); none where the answer never changes.
  virtual std::optional<foundation::Milliseconds> again() const = 0;
};

// As they were given.
class FixedReplicas final : public Discovery {
 public:
  explicit FixedReplicas(std::vector<std::string> urls);
  async::Task<std::vector<std::string>> find() override { co_return urls_; }
  std::optional<foundation::Milliseconds> again() const override { return std::nullopt; }

 private:
  std::vector<std::string> urls_;
};

// Every address of a name, as a headless service lists its pods. A name that does not exist has none.
class NamedReplicas final : public Discovery {
 public:
  NamedReplicas(std::string host, std::string port, foundation::Milliseconds every)
      : host_(std::move(host)), port_(std::move(port)), every_(every) {}
  async::Task<std::vector<std::string>> find() override;
  std::optional<foundation::Milliseconds> again() const override { return every_; }

 private:
  std::string host_, port_;  // the port as digits
  foundation::Milliseconds every_;
};

}  // namespace ai_ops::llm
