#include "foundation/kubernetes/quantity.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace foundation::kubernetes {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Quantity, ReadsEveryFormOfKubernetes) {
  const std::pair<std::string_view, std::int64_t> rows[] = {
      {"0", 0},
      {"-0", 0},
      {"64", 64000},
      {"500m", 500},
      {"1500m", 1500},
      {"1.5", 1500},
      {".5", 500},
      {"5.", 5000},
      {"+2", 2000},
      {"-500m", -500},
      {"007", 7000},
      {"1k", 1'000'000},
      {"1Ki", 1'024'000},
      {"1.5Gi", 1'610'612'736'000},
      {"1Gi", (std::int64_t{1} << 30) * 1000},
      {"128Mi", (std::int64_t{128} << 20) * 1000},
      {"1M", 1'000'000'000},
      {"1G", 1'000'000'000'000},
      {"1T", 1'000'000'000'000'000},
      {"1P", 1'000'000'000'000'000'000},
      {"1Ti", (std::int64_t{1} << 40) * 1000},
      {"1Pi", (std::int64_t{1} << 50) * 1000},
      {"1e3", 1'000'000},
      {"1E3", 1'000'000},
      {"1e+3", 1'000'000},
      {"1E-3", 1},
      {"12.5e1", 125'000},
      {"0.001E", 1'000'000'000'000'000'000},
      {"0E", 0},
      {"0e40", 0},
      {"0.0000000000000000000000000", 0},
      {"123456789n", 124},
      {"1n", 1},
      {"-1n", -1},
      {"1u", 1},
      {"0.5m", 1},
      {"1.0001", 1001},
      {"1.0000000000000000", 1000},
      {"1e-40", 1},
      {"9223372036854775807m", kMax},
      {"-9223372036854775807m", -kMax},
      {"9223372036854775.807", kMax},
  };
  for (auto [text, milli] : rows) {
    auto read = parse_quantity_milli(text);
    ASSERT_TRUE(read) << text << ": " << read.error().text();
    EXPECT_EQ(*read, milli) << text;
  }
}

TEST(Quantity, RefusesWhatKubernetesRefusesAndWhatDoesNotFit) {
  for (std::string_view text : {"",
                                "-",
                                "+",
                                ".",
                                "m",
                                "Gi",
                                "1 ",
                                " 1",
                                "1 Gi",
                                "1gi",
                                "1GI",
                                "1K",
                                "1mi",
                                "1Mib",
                                "1B",
                                "0x10",
                                "1e",
                                "1e+",
                                "1e-",
                                "1e+-3",
                                "1e1.5",
                                "1e3Gi",
                                "1e41",
                                "1e-41",
                                "1e99999999999",
                                "--1",
                                "+-1",
                                "1.2.3",
                                "1,5",
                                "1_000",
                                "NaN",
                                "inf",
                                "1\n",
                                "١",
                                "9223372036854775808m",
                                "-9223372036854775808m",
                                "9223372036854775.8071",
                                "9Ei",
                                "10P",
                                "1e40",
                                "99999999999999999999",
                                "9999999999999999999Ei"}) {
    auto read = parse_quantity_milli(text);
    ASSERT_FALSE(read) << text << " = " << *read;
    EXPECT_EQ(read.error().code, Code::invalid);
  }
}

TEST(Quantity, WritesCpuTheShortWay) {
  EXPECT_EQ(cpu_text(64000), "64");
  EXPECT_EQ(cpu_text(500), "500m");
  EXPECT_EQ(cpu_text(1500), "1500m");
  EXPECT_EQ(cpu_text(0), "0");
  EXPECT_EQ(cpu_text(-500), "-500m");
}

TEST(Quantity, WritesMemoryInTheLargestUnitThatDividesIt) {
  EXPECT_EQ(memory_text(std::int64_t{512} << 20), "512Mi");
  EXPECT_EQ(memory_text(std::int64_t{3} << 29), "1536Mi");
  EXPECT_EQ(memory_text(std::int64_t{1} << 40), "1Ti");
  EXPECT_EQ(memory_text(500'000'000), "500M");
  EXPECT_EQ(memory_text(1024), "1Ki");
  EXPECT_EQ(memory_text(1000), "1k");
  EXPECT_EQ(memory_text(7), "7");
  EXPECT_EQ(memory_text(0), "0");
}

RC_GTEST_PROP(QuantityProperty, MemoryTextReadsBackAsWritten, ()) {
  auto bytes = *rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 53), std::int64_t{1} << 53);
  RC_ASSERT(*parse_quantity_milli(memory_text(bytes)) == bytes * 1000);
}

RC_GTEST_PROP(QuantityProperty, CpuTextReadsBackAsWritten, (std::int64_t milli)) {
  RC_PRE(milli != std::numeric_limits<std::int64_t>::min());
  RC_ASSERT(*parse_quantity_milli(cpu_text(milli)) == milli);
}

RC_GTEST_PROP(QuantityProperty, AnyTextIsReadOrRefused, ()) {
  auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789.eE+-mkKMGi")));
  auto read = parse_quantity_milli(text);
  RC_ASSERT(read.has_value() || read.error().code == Code::invalid);
}

}  // namespace
}  // namespace foundation::kubernetes
