#include "foundation/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace foundation::telemetry {
namespace {

// From a table look-up to a whole turn.
const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                                 0.5,   1,      2.5,   5,    10,    30,   60,  300};

prometheus::Counter& raw_counter(void* raw) { return *static_cast<prometheus::Counter*>(raw); }
prometheus::Gauge& raw_gauge(void* raw) { return *static_cast<prometheus::Gauge*>(raw); }

}  // namespace

struct Metrics::Registry {
  prometheus::Registry families;  // its default merges: the same name is the same family
};

void Counter::add(double by) const { raw_counter(raw_).Increment(by); }
double Counter::value() const { return raw_counter(raw_).Value(); }
void Gauge::add(double by) const { raw_gauge(raw_).Increment(by); }
void Gauge::set(double to) const { raw_gauge(raw_).Set(to); }
double Gauge::value() const { return raw_gauge(raw_).Value(); }
void Histogram::observe(double seconds) const { static_cast<prometheus::Histogram*>(raw_)->Observe(seconds); }

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  auto& family =
      prometheus::BuildCounter().Name(std::string(name)).Help(std::string(help)).Register(registry_->families);
  return Counter(&family.Add(labels));
}

Gauge Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(std::string(name)).Help(std::string(help)).Register(registry_->families);
  return Gauge(&family.Add(labels));
}

Histogram Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels) {
  auto& family =
      prometheus::BuildHistogram().Name(std::string(name)).Help(std::string(help)).Register(registry_->families);
  return Histogram(&family.Add(labels, kSecondsBuckets));
}

std::string Metrics::render() const { return prometheus::TextSerializer().Serialize(registry_->families.Collect()); }

}  // namespace foundation::telemetry
