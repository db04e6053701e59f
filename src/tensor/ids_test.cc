#include "tensor/ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GroupedIdsTest, EachIdIsListedOnceWithWhereItOccurs) {
  GroupedIds grouped;
  grouped.Group(std::vector<std::int32_t>{7, 2, 7, -1, 0, 2, 7});
  EXPECT_THAT(grouped.ids(), ElementsAre(0, 2, 7));
  EXPECT_THAT(grouped.starts(), ElementsAre(0, 1, 3, 6));
  EXPECT_THAT(grouped.positions(), ElementsAre(4, 1, 5, 0, 2, 6));
  EXPECT_THAT(grouped.occurrences(2), ElementsAre(0, 2, 6));
}

TEST(GroupedIdsTest, NoIdsOrOnlyUnknownOnesGiveNoGroups) {
  GroupedIds grouped;
  EXPECT_THAT(grouped.starts(), ElementsAre(0));
  grouped.Group(std::vector<std::int32_t>{3, 3});
  grouped.Group({});
  EXPECT_THAT(grouped.ids(), IsEmpty());
  EXPECT_THAT(grouped.starts(), ElementsAre(0));
  grouped.Group(std::vector<std::int32_t>{-1, -1});
  EXPECT_THAT(grouped.ids(), IsEmpty());
  EXPECT_THAT(grouped.positions(), IsEmpty());
}

TEST(GroupedIdsTest, AgreesWithASortedMapForBatchesOfAllSizesAndRanges) {
  std::mt19937 random(3);
  GroupedIds grouped;  // one object: what an earlier batch left must not show
  for (const std::uint32_t range : {1u, 2u, 100u, 2048u, 70'000u, 5'000'000u, 0x80000000u}) {
    for (const std::size_t n : {1, 2, 3, 33, 500, 9000, 64}) {
      std::vector<std::int32_t> ids(n);
      std::map<std::int32_t, std::vector<std::uint32_t>> expected;
      for (std::uint32_t i = 0; i < n; ++i) {
        ids[i] = random() % 10 == 0 ? -1 : static_cast<std::int32_t>(random() % range);
        if (ids[i] >= 0) expected[ids[i]].push_back(i);
      }
      grouped.Group(ids);
      ASSERT_EQ(grouped.ids().size(), expected.size());
      std::size_t group = 0;
      for (const auto& [id, where] : expected) {
        ASSERT_EQ(grouped.ids()[group], id);
        ASSERT_THAT(grouped.occurrences(group), testing::ElementsAreArray(where));
        ++group;
      }
    }
  }
}

TEST(GroupedIdsTest, SmallIdsWithAFewLargeOnesAmongThemComeInOrderToo) {
  std::mt19937 random(4);
  GroupedIds grouped;
  for (const std::int32_t large : {1'000'000, 0x7fffffff}) {
    std::vector<std::int32_t> ids(700);
    std::map<std::int32_t, std::vector<std::uint32_t>> expected;
    for (std::uint32_t i = 0; i < ids.size(); ++i) {
      ids[i] = i % 100 == 7 ? large : static_cast<std::int32_t>(random() % 500);
      expected[ids[i]].push_back(i);
    }
    grouped.Group(ids);
    ASSERT_EQ(grouped.ids().size(), expected.size());
    std::size_t group = 0;
    for (const auto& [id, where] : expected) {
      ASSERT_EQ(grouped.ids()[group], id);
      ASSERT_THAT(grouped.occurrences(group++), testing::ElementsAreArray(where));
    }
  }
}

}  // namespace
}  // namespace thalweg
