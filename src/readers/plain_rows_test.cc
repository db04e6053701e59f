#include "readers/plain_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace thalweg {
namespace {

using Table = std::vector<std::vector<std::string>>;   // columns

Table TableOf(const std::shared_ptr<const PlainRows::Cells>& cells) {
  Table columns;
  if (cells == nullptr) return columns;
  for (const PlainRows::Column& column : cells->columns) {
    std::vector<std::string>& to = columns.emplace_back();
    const std::string_view text(column.text.span().data(), column.text.size());
    for (std::size_t row = 0; row < cells->rows; ++row) {
      to.emplace_back(text.substr(column.offsets[row], column.offsets[row + 1] - column.offsets[row]));
    }
  }
  return columns;
}

std::shared_ptr<const PlainRows::Cells> Take(std::string_view text, std::size_t num_columns, std::vector<std::int32_t> wanted,
                                             std::size_t max_rows = 4096, bool trim = false) {
  return PlainRows(',', num_columns, std::move(wanted), trim).Take(text, max_rows);
}

TEST(PlainRows, CutsRowsOfAnyLengthIntoTheColumnsWanted) {
  std::mt19937 random(1);
  for (const std::size_t num_columns : {2u, 3u, 40u, 5000u}) {
    Table expected(num_columns);
    std::string text;
    for (int row = 0; row < 150; ++row) {
      for (std::size_t c = 0; c < num_columns; ++c) {
        expected[c].emplace_back(random() % 40 == 0 ? random() % 200 : random() % 9, static_cast<char>('a' + random() % 26));
        text += expected[c].back() + (c + 1 < num_columns ? "," : "\n");
      }
    }
    std::vector<std::int32_t> all(num_columns);
    for (std::size_t c = 0; c < num_columns; ++c) all[c] = static_cast<std::int32_t>(c);
    const auto cells = Take(text, num_columns, all);
    EXPECT_EQ(TableOf(cells), expected);
    EXPECT_EQ(cells->used, text.size());
    EXPECT_EQ(TableOf(Take(text, num_columns, {1})), Table{expected[1]});
  }
}

TEST(PlainRows, TakesWholeRowsOnlyAndNoMoreThanAskedFor) {
  const auto cells = Take("a,b\nc,d\ne,f", 2, {0, 1});
  EXPECT_EQ(TableOf(cells), (Table{{"a", "c"}, {"b", "d"}}));
  EXPECT_EQ(cells->used, 8u);
  EXPECT_EQ(TableOf(Take("a,b\nc,d\n", 2, {0, 1}, 1)), (Table{{"a"}, {"b"}}));
  EXPECT_EQ(Take("a,b", 2, {0}), nullptr);
  EXPECT_EQ(Take("", 2, {0}), nullptr);
  EXPECT_EQ(TableOf(Take("a,b\n\"c\",d\n", 2, {0}, 1)), Table{{"a"}});   // what comes later is not looked at
}

TEST(PlainRows, LeavesWhatIsNotPlainToOthers) {
  const std::string plain(100, 'x');
  for (const std::string& bad : {"a,\"b\"\n", "a,b\r\n", "\n", "a\n", "a,b,c\n", "a,b,c,d\n", "a,b,\n"}) {
    EXPECT_EQ(Take(bad, 2, {0}), nullptr) << bad;
    EXPECT_EQ(Take("a," + plain + "\n" + bad + "a,b\n", 2, {0}), nullptr) << bad;
  }
  EXPECT_EQ(Take("a\nb\n", 1, {0}), nullptr);   // of one column, an empty line may be a row or none
}

TEST(PlainRows, BlanksGoWhereTheyAreTrimmed) {
  EXPECT_EQ(TableOf(Take(" a ,\tb b\n , \n", 2, {0, 1}, 9, true)), (Table{{"a", ""}, {"b b", ""}}));
  EXPECT_EQ(TableOf(Take(" a , b\n", 2, {0, 1})), (Table{{" a "}, {" b"}}));
  // Nothing behind the text is looked at.
  const std::string_view blanks = "a,                  b\n";
  const std::vector<char> exact(blanks.begin(), blanks.end());
  EXPECT_EQ(TableOf(Take({exact.data(), exact.size()}, 2, {1}, 9, true)), Table{{"b"}});
}

}  // namespace
}  // namespace thalweg
