// What each Arrow type means, through Arrow IPC files and Parquet files written by Arrow itself.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <arrow/util/float16.h>
#include <gmock/gmock.h>
#include <parquet/arrow/writer.h>

#include "readers/rows_for_test.h"

namespace thalweg {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ArrowTypesTest : public RowsTest {
 protected:
  std::string WriteStream(const std::shared_ptr<arrow::Table>& table) {
    auto out = arrow::io::FileOutputStream::Open(Path("rows.arrow")).ValueOrDie();
    auto writer = arrow::ipc::MakeStreamWriter(out, table->schema()).ValueOrDie();
    EXPECT_TRUE(writer->WriteTable(*table).ok());
    EXPECT_TRUE(writer->Close().ok());
    EXPECT_TRUE(out->Close().ok());
    return Path("rows.arrow");
  }
  std::string WriteParquet(const std::shared_ptr<arrow::Table>& table) {
    auto out = arrow::io::FileOutputStream::Open(Path("rows.parquet")).ValueOrDie();
    EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), out, 2).ok());
    EXPECT_TRUE(out->Close().ok());
    return Path("rows.parquet");
  }
  static std::shared_ptr<arrow::Table> Table(const std::shared_ptr<arrow::Array>& array,
                                             const std::string& name = "x") {
    return arrow::Table::Make(arrow::schema({arrow::field(name, array->type())}), {array});
  }
  template <class Builder, class Value>
  static std::shared_ptr<arrow::Array> Array(const std::shared_ptr<arrow::DataType>& type,
                                             const std::vector<Value>& values) {
    Builder builder(type, arrow::default_memory_pool());
    for (const Value& value : values) EXPECT_TRUE(builder.Append(value).ok());
    EXPECT_TRUE(builder.AppendNull().ok());
    return builder.Finish().ValueOrDie();
  }
  // As text, by IPC.
  std::string Texts(const std::shared_ptr<arrow::Array>& array) {
    return Read({WriteStream(Table(array))}, {Text("x")});
  }
};

TEST_F(ArrowTypesTest, IntegersOfAllWidths) {
  EXPECT_EQ(Texts(Array<arrow::Int8Builder, std::int8_t>(arrow::int8(), {-5, 42})), "|-5|\n|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::Int16Builder, std::int16_t>(arrow::int16(), {-5, 42})), "|-5|\n|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::Int32Builder, std::int32_t>(arrow::int32(), {-5, 42})), "|-5|\n|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::Int64Builder, std::int64_t>(arrow::int64(), {-5, 42})), "|-5|\n|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::UInt8Builder, std::uint8_t>(arrow::uint8(), {255})), "|255|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::UInt16Builder, std::uint16_t>(arrow::uint16(), {42})), "|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::UInt32Builder, std::uint32_t>(arrow::uint32(), {4000000000u})), "|4000000000|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::UInt64Builder, std::uint64_t>(arrow::uint64(), {~0ull})), "|18446744073709551615|\n-\n");
}

TEST_F(ArrowTypesTest, FloatsOfAllWidths) {
  EXPECT_EQ(Texts(Array<arrow::FloatBuilder, float>(arrow::float32(), {0.1f, 42})), "|0.1|\n|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::DoubleBuilder, double>(arrow::float64(), {0.1, 42})), "|0.1|\n|42|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::HalfFloatBuilder, std::uint16_t>(arrow::float16(), {arrow::util::Float16(1.5f).bits()})),
            "|1.5|\n-\n");
  EXPECT_EQ(Read({WriteStream(Table(Array<arrow::DoubleBuilder, double>(arrow::float64(), {1.5})))}, {Number("x")}),
            "1.5\n-\n");
  EXPECT_THAT(Read({WriteStream(Table(Array<arrow::DoubleBuilder, double>(arrow::float64(), {NAN})))}, {Number("x")}),
              HasSubstr("found nan, expected a finite number"));
}

TEST_F(ArrowTypesTest, Booleans) {
  const auto array = Array<arrow::BooleanBuilder, bool>(arrow::boolean(), {true, false});
  EXPECT_EQ(Texts(array), "|true|\n|false|\n-\n");
  EXPECT_EQ(Read({WriteStream(Table(array))}, {Number("x")}), "1\n0\n-\n");
}

TEST_F(ArrowTypesTest, StringsOfAllKinds) {
  const std::vector<std::string> values = {"", "short", "longer than twelve bytes"};
  const std::string rows = "||\n|short|\n|longer than twelve bytes|\n-\n";
  EXPECT_EQ(Texts(Array<arrow::StringBuilder>(arrow::utf8(), values)), rows);
  EXPECT_EQ(Texts(Array<arrow::LargeStringBuilder>(arrow::large_utf8(), values)), rows);
  EXPECT_EQ(Texts(Array<arrow::StringViewBuilder>(arrow::utf8_view(), values)), rows);
  EXPECT_EQ(Texts(Array<arrow::BinaryBuilder>(arrow::binary(), values)), rows);
  EXPECT_EQ(Texts(Array<arrow::LargeBinaryBuilder>(arrow::large_binary(), values)), rows);
  EXPECT_EQ(Texts(Array<arrow::BinaryViewBuilder>(arrow::binary_view(), values)), rows);
  EXPECT_EQ(Texts(Array<arrow::FixedSizeBinaryBuilder, std::string>(arrow::fixed_size_binary(2), {"ab"})), "|ab|\n-\n");
}

TEST_F(ArrowTypesTest, BinaryThatIsNotTextIsABadRow) {
  EXPECT_THAT(Texts(Array<arrow::BinaryBuilder, std::string>(arrow::binary(), {"\xff\xfe"})),
              StartsWith("rows.arrow row 1: field \"x\": found \"\\xff\\xfe\", which is not UTF-8"));
}

TEST_F(ArrowTypesTest, DatesTimesAndTimestampsAreIsoText) {
  EXPECT_EQ(Texts(Array<arrow::Date32Builder, std::int32_t>(arrow::date32(), {0, 19782, -1, -719468})),
            "|1970-01-01|\n|2024-02-29|\n|1969-12-31|\n|0000-03-01|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::Date64Builder, std::int64_t>(arrow::date64(), {86400000})), "|1970-01-02|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::Time32Builder, std::int32_t>(arrow::time32(arrow::TimeUnit::SECOND), {47109})),
            "|13:05:09|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::Time64Builder, std::int64_t>(arrow::time64(arrow::TimeUnit::MICRO), {1500000})),
            "|00:00:01.5|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::TimestampBuilder, std::int64_t>(arrow::timestamp(arrow::TimeUnit::MILLI),
                                                               {1709211909250, -1})),
            "|2024-02-29T13:05:09.25|\n|1969-12-31T23:59:59.999|\n-\n");
  EXPECT_EQ(Texts(Array<arrow::TimestampBuilder, std::int64_t>(arrow::timestamp(arrow::TimeUnit::SECOND, "Europe/Oslo"),
                                                               {0})),
            "|1970-01-01T00:00:00Z|\n-\n");
}

TEST_F(ArrowTypesTest, DurationsAreSeconds) {
  const auto array = Array<arrow::DurationBuilder, std::int64_t>(arrow::duration(arrow::TimeUnit::MILLI), {1500});
  EXPECT_EQ(Read({WriteStream(Table(array))}, {Number("x")}), "1.5\n-\n");
}

TEST_F(ArrowTypesTest, DecimalsAreTheirShortestText) {
  const auto array = Array<arrow::Decimal128Builder, arrow::Decimal128>(
      arrow::decimal128(9, 2), {arrow::Decimal128(4200), arrow::Decimal128(-4250), arrow::Decimal128(5)});
  EXPECT_EQ(Texts(array), "|42|\n|-42.5|\n|0.05|\n-\n");
  EXPECT_EQ(Read({WriteStream(Table(array))}, {Number("x")}), "42\n-42.5\n0.05\n-\n");
  EXPECT_EQ(
      Texts(Array<arrow::Decimal256Builder, arrow::Decimal256>(arrow::decimal256(40, 1), {arrow::Decimal256(425)})),
      "|42.5|\n-\n");
}

TEST_F(ArrowTypesTest, DictionariesAreTheirValues) {
  arrow::StringDictionaryBuilder texts;
  for (const char* text : {"a", "b", "a"}) ASSERT_TRUE(texts.Append(text).ok());
  ASSERT_TRUE(texts.AppendNull().ok());
  const auto array = texts.Finish().ValueOrDie();
  EXPECT_EQ(Texts(array), "|a|\n|b|\n|a|\n-\n");
  EXPECT_EQ(Read({WriteParquet(Table(array))}, {Text("x")}), "|a|\n|b|\n|a|\n-\n");
  arrow::DictionaryBuilder<arrow::Int32Type> numbers(arrow::int32());
  for (const std::int32_t number : {7, 9, 7}) ASSERT_TRUE(numbers.Append(number).ok());
  EXPECT_EQ(Read({WriteStream(Table(numbers.Finish().ValueOrDie()))}, {Number("x")}), "7\n9\n7\n");
}

TEST_F(ArrowTypesTest, ListsOfAllKinds) {
  const auto build = [](auto& list, auto& values) {
    for (const int size : {2, 2, 2}) {
      EXPECT_TRUE(list.Append().ok());
      for (int i = 0; i < size; ++i) EXPECT_TRUE(values.Append(i).ok());
    }
    EXPECT_TRUE(list.AppendNull().ok());
    return list.Finish().ValueOrDie();
  };
  const std::string rows = "[0 1]\n[0 1]\n[0 1]\n[]\n";
  for (const std::size_t chunk_rows : {1, 4096}) {
    open_.chunk_rows = chunk_rows;
    auto values = std::make_shared<arrow::Int32Builder>();
    arrow::ListBuilder list(arrow::default_memory_pool(), values);
    const auto array = build(list, *values);
    EXPECT_EQ(Read({WriteStream(Table(array))}, {Numbers("x")}), rows);
    EXPECT_EQ(Read({WriteParquet(Table(array))}, {Numbers("x")}), rows);
    arrow::LargeListBuilder large(arrow::default_memory_pool(), values);
    EXPECT_EQ(Read({WriteStream(Table(build(large, *values)))}, {Numbers("x")}), rows);
    arrow::FixedSizeListBuilder fixed(arrow::default_memory_pool(), values, 2);
    EXPECT_EQ(Read({WriteStream(Table(build(fixed, *values)))}, {Numbers("x")}), rows);
  }
}

TEST_F(ArrowTypesTest, NullColumnsAreMissing) { EXPECT_EQ(Texts(std::make_shared<arrow::NullArray>(2)), "-\n-\n"); }

TEST_F(ArrowTypesTest, OtherTypesAreAnErrorByName) {
  auto values = std::make_shared<arrow::Int32Builder>();
  arrow::StructBuilder builder(arrow::struct_({arrow::field("a", arrow::int32())}), arrow::default_memory_pool(),
                               {values});
  ASSERT_TRUE(builder.Append().ok() && values->Append(1).ok());
  const auto address = builder.Finish().ValueOrDie();
  const auto age = Array<arrow::Int32Builder, std::int32_t>(arrow::int32(), {});
  const auto table = arrow::Table::Make(
      arrow::schema({arrow::field("age", age->type()), arrow::field("address", address->type())}), {age, address});
  for (const std::string& path : {WriteStream(table), WriteParquet(table)}) {
    EXPECT_THAT(Read({path}, {Number("age")}),
                HasSubstr("field \"address\" is of the type \"struct<a: int32>\", which has no meaning here"));
    open_.columns = {"age"};
    EXPECT_EQ(Read({path}, {Number("age")}), "-\n") << "a field that is not used";
    open_.columns.clear();
  }
}

TEST_F(ArrowTypesTest, EqualNamesAreAnError) {
  const auto array = Array<arrow::Int32Builder, std::int32_t>(arrow::int32(), {1});
  const auto table = arrow::Table::Make(
      arrow::schema({arrow::field("x", array->type()), arrow::field("x", array->type())}), {array, array});
  EXPECT_THAT(Read({WriteStream(table)}, {Number("x")}), HasSubstr("two fields have the name \"x\""));
}

TEST_F(ArrowTypesTest, RowsWithoutColumnsOfTheirOwnAreNoRows) {
  const auto array = arrow::Int32Builder().Finish().ValueOrDie();
  EXPECT_EQ(Read({WriteStream(Table(array))}, {Number("x")}), "rows.arrow: has no rows");
  EXPECT_EQ(Read({WriteParquet(Table(array))}, {Number("x")}), "rows.parquet: has no rows");
}

TEST_F(ArrowTypesTest, FilesCutShortAreErrors) {
  const auto table = Table(Array<arrow::StringBuilder, std::string>(arrow::utf8(), {"a", "b", "c"}));
  for (const std::string& path : {WriteStream(table), WriteParquet(table)}) {
    std::ifstream in(path, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), {});
    for (std::size_t size = 0; size + 1 < whole.size(); size += 7) {
      const std::string rows =
          Read({File(std::filesystem::path(path).filename(), std::string_view(whole).substr(0, size))}, {Text("x")});
      // A stream may end after any batch, its end mark is a courtesy; a Parquet file may not.
      EXPECT_TRUE(rows.find("|a|\n|b|\n|c|\n-\n") == 0 ? path.ends_with(".arrow") : rows.find("rows.") == 0)
          << size << " " << rows;
    }
  }
}

TEST_F(ArrowTypesTest, ChangedBytesNeverCrash) {
  const auto texts = Array<arrow::StringBuilder, std::string>(arrow::utf8(), {"a", "bb", "ccc"});
  const auto views =
      Array<arrow::StringViewBuilder, std::string>(arrow::utf8_view(), {"a", "longer than twelve bytes", "ccc"});
  const auto table = arrow::Table::Make(
      arrow::schema({arrow::field("x", texts->type()), arrow::field("y", views->type())}), {texts, views});
  const std::string path = WriteStream(table);
  std::ifstream in(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  for (std::size_t at = whole.size() / 2; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x81);
    EXPECT_NE(Read({File("rows.arrow", changed)}, {Text("x"), Text("y")}), "");
  }
}

}  // namespace
}  // namespace thalweg
