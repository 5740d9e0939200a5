// Counters, gauges and histograms in Prometheus text form. Names: hks_<noun>_<unit or total>; labels come from closed
// sets, never from user input (a label value per tenant or per object is a leak and a memory bound gone). Threads: any.
// Metrics live as long as their Metrics; main owns the one of the process.
#pragma once
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace foundation::telemetry {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  explicit Counter(void* raw) : raw_(raw) {}
  void add(double by = 1) const;
  double value() const;

 private:
  void* raw_;  // prometheus::Counter, owned by the registry
};

class Gauge {
 public:
  explicit Gauge(void* raw) : raw_(raw) {}
  void add(double by) const;
  void set(double to) const;
  double value() const;

 private:
  void* raw_;  // prometheus::Gauge, owned by the registry
};

class Histogram {
 public:
  explicit Histogram(void* raw) : raw_(raw) {}
  void observe(double seconds) const;

 private:
  void* raw_;  // prometheus::Histogram, owned by the registry
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  // The same name and labels give the same metric.
  Counter counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram histogram(std::string_view name, std::string_view help, const Labels& labels = {});
  std::string render() const;  // text/plain; version=0.0.4

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
};

// Counts something that is alive: +1 while it exists.
class LiveCount {
 public:
  explicit LiveCount(Gauge gauge) : gauge_(gauge) { gauge_.add(1); }
  ~LiveCount() { gauge_.add(-1); }
  LiveCount(const LiveCount&) = delete;
  LiveCount& operator=(const LiveCount&) = delete;

 private:
  Gauge gauge_;
};

}  // namespace foundation::telemetry
