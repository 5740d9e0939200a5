// A bundle is somebody's text: no reader takes more than in proportion to it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "ai-ops/bundle/bundle.h"

namespace ai_ops::bundle {
namespace {

constexpr double kMaxSeconds = 20;  // of the CPU, with sanitizers on a busy machine; what is quadratic takes minutes
constexpr int kMany = 40'000;

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string pod_of(int containers) {
  std::string all;
  for (int i = 0; i < containers; ++i) all += fmt::format(R"({}{{"name":"c{}"}})", i == 0 ? "" : ",", i);
  return R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop","uid":"u"},"spec":{"containers":[)" + all + "]}}";
}

struct Large {
  const char* name;
  std::function<std::vector<File>()> files;
};

class EachReader : public testing::TestWithParam<Large> {};

TEST_P(EachReader, TakesNoLongerThanItsTextIsLong) {
  auto files = GetParam().files();
  std::clock_t began = std::clock();
  Bundle bundle = read_bundle(files, {});
  double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  EXPECT_LT(seconds, kMaxSeconds);
  EXPECT_LE(bundle.objects.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Bounds, EachReader,
    testing::Values(
        Large{"columns",
              [] {
                return std::vector<File>{
                    {"t", "NAME" + repeated("  A", kMany / 2) + "\n" + repeated("x\n", kMany / 2)}};
              }},
        Large{"colons",
              [] { return std::vector<File>{{"t", "Name:  x\nNamespace:  d\n" + repeated("a:", 50 * kMany) + "\n"}}; }},
        Large{"names_told_twice", [] { return std::vector<File>{{"a", pod_of(kMany)}, {"b", pod_of(kMany)}}; }},
        Large{"one_object_told_often",
              [] {
                std::string more = repeated("," + pod_of(1), kMany);
                return std::vector<File>{{"a", R"({"kind":"List","items":[)" + pod_of(kMany / 4) + more + "]}"}};
              }},
        Large{"endpoints_of_a_row",
              [] {
                std::string all;
                for (int i = 0; i < kMany; ++i)
                  all += fmt::format("{}10.1.{}.{}:{}", i == 0 ? "" : ",", i / 256, i % 256, i);
                return std::vector<File>{{"t", "NAME  ENDPOINTS\nweb   " + all + "\n"}};
              }}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace ai_ops::bundle
