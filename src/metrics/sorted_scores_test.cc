#include "metrics/sorted_scores.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <vector>

#include "base/random.h"

namespace thalweg {
namespace {

std::vector<std::pair<float, std::uint64_t>> Read(SortedScores* scores) {
  std::vector<std::pair<float, std::uint64_t>> all;
  EXPECT_TRUE(scores->ForEach([&](const SortedScores::Entry& e) { all.emplace_back(e.score(), e.row()); }).ok());
  return all;
}

TEST(SortedScores, ComeHighestFirstAndEqualOnesByRow) {
  SortedScores scores(100, "/tmp");
  const std::vector<float> given = {0.5f, -1, 2, 0, -0.0f, 0.5f, -3};
  for (std::size_t row = 0; row < given.size(); ++row) ASSERT_TRUE(scores.Add(given[row], true, 1, row).ok());
  const std::vector<std::pair<float, std::uint64_t>> expected = {{2, 2}, {0.5f, 0}, {0.5f, 5}, {0, 3},
                                                                 {0, 4}, {-1, 1},   {-3, 6}};
  EXPECT_EQ(Read(&scores), expected);
}

TEST(SortedScores, AreTheSameWhenTheySpillToDisk) {
  SortedScores memory(100'000, "/tmp"), disk(37, "/tmp"), first(10, "/tmp"), second(50, "/tmp");
  Random random(1, 1);
  for (std::uint64_t row = 0; row < 5000; ++row) {
    const float score = static_cast<float>(random.Below(500)) / 500;
    for (SortedScores* scores : {&memory, &disk, row < 2000 ? &first : &second}) {
      ASSERT_TRUE(scores->Add(score, row % 3 == 0, 1, row).ok());
    }
  }
  const auto expected = Read(&memory);
  EXPECT_EQ(expected.size(), 5000u);
  EXPECT_EQ(Read(&disk), expected);
  EXPECT_EQ(Read(&disk), expected);  // and again
  ASSERT_TRUE(first.Merge(&second).ok());
  EXPECT_EQ(Read(&first), expected);
}

TEST(SortedScores, SayWhereNoTemporaryFileCanBeMade) {
  SortedScores scores(1, "/no/such/folder");
  ASSERT_TRUE(scores.Add(1, true, 1, 0).ok());
  const Status status = scores.Add(1, true, 1, 1);
  EXPECT_EQ(status.code(), StatusCode::kCannotWrite);
  EXPECT_NE(status.message().find("/no/such/folder"), std::string::npos);
}

TEST(SortedScores, FailOnAFullDisk) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  SortedScores scores(1000, "/tmp");
  Status status;
  for (std::uint64_t row = 0; status.ok() && row < 2000; ++row) status = scores.Add(1, true, 1, row);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(status.code(), StatusCode::kIoError) << status.message();
}

}  // namespace
}  // namespace thalweg
