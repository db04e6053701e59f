// The same rows from every format, compression, cut and pipe.
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <thread>

#include "readers/row_writer.h"
#include "readers/rows_for_test.h"

namespace thalweg {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kCsv[] = "age,city,id\n42,Oslo,7\n0.5,\"San Jos\xc3\xa9, CR\",8\n,x,9\n-3,y,10\n";
constexpr char kTsv[] = "age\tcity\tid\n42\tOslo\t7\n0.5\tSan Jos\xc3\xa9, CR\t8\n\tx\t9\n-3\ty\t10\n";
constexpr char kJsonl[] =
    "{\"age\": 42, \"city\": \"Oslo\", \"id\": 7}\n{\"age\": 0.5, \"city\": \"San Jos\\u00e9, CR\", \"id\": 8}\n"
    "{\"city\": \"x\", \"id\": 9}\n{\"id\": 10, \"age\": -3.0, \"city\": \"y\"}\n";
constexpr char kRows[] = "42 |42| |Oslo| 7\n0.5 |0.5| |San Jos\xc3\xa9, CR| 8\n- - |x| 9\n-3 |-3| |y| 10\n";

class OpenTest : public RowsTest {
 protected:
  std::string ReadAll(const std::vector<std::string>& paths) {
    const std::string rows = Read(paths, {Number("age"), Text("age"), Text("city"), Integer("id")});
    fingerprint_ = source_ == nullptr ? 0 : source_->fingerprint();
    return rows;
  }
  std::string Compress(const std::string& name, std::string_view bytes, arrow::Compression::type type) {
    auto codec = arrow::util::Codec::Create(type).ValueOrDie();
    auto out = arrow::io::FileOutputStream::Open(Path(name)).ValueOrDie();
    auto stream = arrow::io::CompressedOutputStream::Make(codec.get(), out).ValueOrDie();
    EXPECT_TRUE(stream->Write(bytes.data(), static_cast<std::int64_t>(bytes.size())).ok());
    EXPECT_TRUE(stream->Close().ok());
    EXPECT_TRUE(out->Close().ok());
    return Path(name);
  }
  std::string Bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(in)), {});
  }
  // A pipe with these bytes in it, as standard input.
  void Pipe(std::string bytes) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    open_.standard_input = ends[0];
    writer_ = std::jthread([end = ends[1], bytes = std::move(bytes)] {
      for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t put = write(end, bytes.data() + done, bytes.size() - done);
        if (put <= 0) break;
        done += static_cast<std::size_t>(put);
      }
      close(end);
    });
  }
  std::uint64_t fingerprint_ = 0;
  std::jthread writer_;
};

TEST_F(OpenTest, EveryFormatGivesTheSameRowsAndFingerprint) {
  EXPECT_EQ(ReadAll({File("rows.csv", kCsv)}), kRows);
  const std::uint64_t fingerprint = fingerprint_;
  EXPECT_NE(fingerprint, 0u);
  for (const auto& [name, bytes] : {std::pair{"rows.tsv", kTsv}, {"rows.jsonl", kJsonl}}) {
    EXPECT_EQ(ReadAll({File(name, bytes)}), kRows) << name;
    EXPECT_EQ(fingerprint_, fingerprint) << name;
  }
  for (const char* name : {"rows.parquet", "rows.arrow", "rows.arrows"}) {
    EXPECT_EQ(ReadAll({std::string(THALWEG_TESTDATA) + "/rows/" + name}), kRows) << name;
    EXPECT_EQ(fingerprint_, fingerprint) << name;
  }
}

TEST_F(OpenTest, TheFingerprintSeesEveryChange) {
  EXPECT_EQ(ReadAll({File("rows.csv", kCsv)}), kRows);
  const std::uint64_t fingerprint = fingerprint_;
  for (const char* other : {"age,city,id\n42,Oslo,7\n0.5,\"San Jos\xc3\xa9, CR\",8\n0,x,9\n-3,y,10\n",
                            "age,city,id\n42,Oslo,7\n0.5,\"San Jos\xc3\xa9, CR\",8\n,,9\n-3,xy,10\n",
                            "age,city,id\n0.5,\"San Jos\xc3\xa9, CR\",8\n42,Oslo,7\n,x,9\n-3,y,10\n"}) {
    (void)ReadAll({File("other.csv", other)});
    EXPECT_NE(fingerprint_, fingerprint) << other;
  }
}

TEST_F(OpenTest, CompressedFilesReadAsTheirPlainTwins) {
  for (const auto& [suffix, type] : {std::pair{".gz", arrow::Compression::GZIP},
                                     {".zst", arrow::Compression::ZSTD},
                                     {".bz2", arrow::Compression::BZ2},
                                     {".lz4", arrow::Compression::LZ4_FRAME}}) {
    EXPECT_EQ(ReadAll({Compress(std::string("rows.csv") + suffix, kCsv, type)}), kRows) << suffix;
    EXPECT_EQ(ReadAll({Compress(std::string("rows.jsonl") + suffix, kJsonl, type)}), kRows) << suffix;
  }
}

TEST_F(OpenTest, GzipMembersInOneFileAreAllRead) {
  const std::string text = kCsv;
  const std::size_t cut = text.find("0.5");
  const std::string first = Bytes(Compress("a.gz", text.substr(0, cut), arrow::Compression::GZIP));
  const std::string second = Bytes(Compress("b.gz", text.substr(cut), arrow::Compression::GZIP));
  EXPECT_EQ(ReadAll({File("rows.csv.gz", first + second)}), kRows);
}

TEST_F(OpenTest, CompressedFilesCutShortAreErrors) {
  std::string text = "age,city,id\n";
  for (int i = 0; i < 30000; ++i) text += std::to_string(i * 7919 % 10007) + ",x,1\n";
  for (const auto& [suffix, type] : {std::pair{".gz", arrow::Compression::GZIP},
                                     {".zst", arrow::Compression::ZSTD},
                                     {".bz2", arrow::Compression::BZ2},
                                     {".lz4", arrow::Compression::LZ4_FRAME}}) {
    const std::string whole = Bytes(Compress("whole", text, type));
    for (const std::size_t less : {1, 4, 8, 1000}) {
      EXPECT_THAT(ReadAll({File(std::string("rows.csv") + suffix, whole.substr(0, whole.size() - less))}),
                  AllOf(StartsWith("rows.csv"), HasSubstr("broken or cut short")))
          << suffix << " " << less;
      EXPECT_EQ(code_, StatusCode::kBadData);
    }
  }
}

TEST_F(OpenTest, ASuffixThatPromisesACompressionIsHeldToIt) {
  EXPECT_THAT(ReadAll({File("rows.csv.gz", kCsv)}),
              StartsWith("rows.csv.gz: is named as gzip but begins with \"age,city"));
}

TEST_F(OpenTest, SeveralFilesAreOneTable) {
  File("part-1.csv", "age,city,id\n42,Oslo,7\n");
  File("part-2.csv", "id,age,city\n8,0.5,\"San Jos\xc3\xa9, CR\"\n9,,x\n");
  File("part-3.csv", "age,city,id\n-3,y,10\n");
  EXPECT_EQ(ReadAll({File("rows.csv", kCsv)}), kRows);
  const std::uint64_t fingerprint = fingerprint_;
  EXPECT_EQ(ReadAll({Path("part-*.csv")}), kRows);
  EXPECT_EQ(fingerprint_, fingerprint);
  EXPECT_EQ(ReadAll({Path("part-1.csv"), Path("part-[23].csv")}), kRows);
}

TEST_F(OpenTest, FilesThatDoNotFitTogetherAreNamed) {
  File("a.csv", "age,city,id\n42,Oslo,7\n");
  EXPECT_THAT(ReadAll({Path("a.csv"), File("b.csv", "age,town,id\n1,x,2\n")}),
              StartsWith("b.csv: has no field \"city\", which a.csv has"));
  EXPECT_THAT(ReadAll({Path("a.csv"), File("c.csv", "age,city,id,more\n1,x,2,3\n")}),
              StartsWith("c.csv: has a field \"more\", which a.csv has not"));
  EXPECT_THAT(ReadAll({Path("a.csv"), File("d.jsonl", kJsonl)}), StartsWith("d.jsonl: is jsonl, but a.csv is csv"));
  EXPECT_EQ(ReadAll({Path("a.csv"), Path("none.csv")}), "none.csv: no such file");
}

TEST_F(OpenTest, AFolderIsNamed) { EXPECT_THAT(ReadAll({Path("")}), HasSubstr("is a folder")); }

TEST_F(OpenTest, StandardInputIsSpooledAndCanBeReadAgain) {
  Pipe(kCsv);
  EXPECT_EQ(ReadAll({"-"}), kRows);
  EXPECT_EQ(source_->raw().spooled_bytes(), sizeof(kCsv) - 1);
  EXPECT_EQ(read_.format, "csv");
  ASSERT_TRUE(source_->Rewind().ok());
  EXPECT_EQ(Rows(), kRows);
  EXPECT_TRUE(std::filesystem::is_empty(Path("")));
}

TEST_F(OpenTest, StandardInputIsReadAsItComesWhereOnePassIsEnough) {
  open_.need_rewind = false;
  Pipe(kJsonl);
  EXPECT_EQ(ReadAll({"-"}), kRows);
  EXPECT_EQ(source_->raw().spooled_bytes(), 0u);
  EXPECT_FALSE(source_->Rewind().ok());
  Pipe(Bytes(std::string(THALWEG_TESTDATA) + "/rows/rows.parquet"));
  EXPECT_EQ(ReadAll({"-"}), kRows);
  Pipe(Bytes(Compress("rows.csv.gz", kCsv, arrow::Compression::GZIP)));
  EXPECT_EQ(ReadAll({"-"}), kRows);
}

TEST_F(OpenTest, NoRoomForSpoolingIsAnError) {
  open_.temp_folder = Path("none");
  Pipe(kCsv);
  EXPECT_THAT(ReadAll({"-"}), HasSubstr("temporary file"));
  EXPECT_EQ(code_, StatusCode::kCannotWrite);
}

TEST_F(OpenTest, FilesWithoutAKnownSuffixAreLookedInto) {
  EXPECT_EQ(ReadAll({File("rows.data", kCsv)}), kRows);
  EXPECT_EQ(read_.format, "csv");
  EXPECT_EQ(ReadAll({File("rows.txt", kTsv)}), kRows);
  EXPECT_EQ(read_.format, "tsv");
  EXPECT_EQ(ReadAll({File("rows", kJsonl)}), kRows);
  EXPECT_EQ(read_.format, "jsonl");
}

TEST_F(OpenTest, WhatTheModelKeepsOfItsRowsDoesNotBindOtherFormats) {
  open_.read.format = "csv";  // as settled for a file without a suffix
  open_.read.header = "yes";
  EXPECT_EQ(ReadAll({File("rows.jsonl", kJsonl)}), kRows);
  EXPECT_EQ(ReadAll({std::string(THALWEG_TESTDATA) + "/rows/rows.parquet"}), kRows);
}

TEST_F(OpenTest, AFileThatIsNotParquetIsNamed) {
  EXPECT_THAT(ReadAll({File("rows.parquet", kCsv)}),
              StartsWith("rows.parquet: is not parquet: it begins with \"age,city"));
}

TEST_F(OpenTest, UnknownFormatsAreNamed) {
  open_.read.format = "cvs";
  EXPECT_THAT(ReadAll({File("rows.csv", kCsv)}), HasSubstr("Did you mean \"csv\"?"));
}

TEST_F(OpenTest, WrittenRowsReadBackEqual) {
  const std::vector<float> scores = {0.1f, 1e-20f, 16777216.0f};
  const std::vector<std::string_view> texts = {"a,\"b\"\nc", "", "\xc3\xa9"};
  for (const char* name : {"out.csv", "out.tsv", "out.jsonl", "out.parquet"}) {
    auto writer = CreateRowWriter(Path(name));
    ASSERT_TRUE(writer.ok());
    OutputColumn score{.name = "score"}, text{.name = "text"};
    score.floats = scores;
    text.texts = texts;
    ASSERT_TRUE((*writer)->Write(3, std::vector<OutputColumn>{score, text}).ok());
    ASSERT_TRUE((*writer)->Finish().ok());
    const std::string second =
        std::string(name).find(".csv") != std::string::npos || std::string(name).find(".tsv") != std::string::npos
            ? "-"
            : "||";
    EXPECT_EQ(Read({Path(name)}, {Number("score"), Text("text")}),
              "0.1 |a,\"b\"\nc|\n1e-20 " + second + "\n16777216 |\xc3\xa9|\n")
        << name;
  }
}

TEST_F(OpenTest, KeptColumnsAreHandedThroughAsText) {
  table_.keep = {"id"};
  table_.on_bad_row = OnBadRow::kSkip;
  EXPECT_EQ(Read({File("rows.csv", "age,id\n1,a\nold,b\n2,007\n")}, {Number("age")}), "1 kept |a|\n2 kept |007|\n");
}

}  // namespace
}  // namespace thalweg
