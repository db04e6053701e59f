// TensorFlow's files, harmed: where the format has a checksum an error that names the place, elsewhere an error or a model.
#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "migrate/import.h"
#include "migrate/sorted_table.h"
#include "migrate/tensor_bundle.h"
#include "migrate/tf_graph.h"
#include "migrate/wire_writer.h"

namespace thalweg {
namespace {

namespace fs = std::filesystem;

std::string Read(const std::string& path) {
  Result<std::string> text = ReadFile(path, 64 << 20);
  EXPECT_TRUE(text.ok()) << text.status().message();
  return text.ok() ? std::move(*text) : "";
}
void Write(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

const std::string kGolden = std::string(THALWEG_TESTDATA) + "/golden/dnn_v2/";

class HarmedCheckpoint : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    index_ = Read(kGolden + "ckpt/model.ckpt-10.index");
    data_ = Read(kGolden + "ckpt/model.ckpt-10.data-00000-of-00001");
    Put(index_, data_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void Put(std::string_view index, std::string_view data) {
    PutIndex(index);
    PutData(data);
  }
  void PutIndex(std::string_view index) { Write(prefix_ + ".index", index); }
  void PutData(std::string_view data) { Write(prefix_ + ".data-00000-of-00001", data); }
  // Opened, and every variable read.
  Status ReadAll() const {
    THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<const TensorBundle> bundle, TensorBundle::Open(prefix_));
    for (const auto& [name, entry] : bundle->entries()) {
      if (entry.type == TfType::kInt64) {
        THALWEG_RETURN_IF_ERROR(bundle->ReadInteger(name).status());
      } else {
        std::vector<float> values(static_cast<std::size_t>(entry.elements));
        THALWEG_RETURN_IF_ERROR(bundle->ReadFloats(name, values));
      }
    }
    return Status::Ok();
  }
  const std::string folder_ = testing::TempDir() + "harmed_checkpoint", prefix_ = folder_ + "/c";
  std::string index_, data_;
};

TEST_F(HarmedCheckpoint, WholeIsRead) { EXPECT_TRUE(ReadAll().ok()) << ReadAll().message(); }

TEST_F(HarmedCheckpoint, AnIndexCutAnywhereIsAnError) {
  for (std::size_t size = 0; size < index_.size(); ++size) {
    PutIndex(index_.substr(0, size));
    ASSERT_FALSE(ReadAll().ok()) << size;
  }
}

TEST_F(HarmedCheckpoint, AnyChangedByteOfTheIndexIsAnErrorButForItsPadding) {
  const std::size_t footer = index_.size() - 48;
  for (std::size_t at = 0; at < index_.size(); ++at) {
    std::string changed = index_;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    PutIndex(changed);
    const Status status = ReadAll();   // the footer's padding means nothing
    if (at < footer || at >= index_.size() - 8) {
      ASSERT_FALSE(status.ok()) << at;
    }
  }
}

TEST_F(HarmedCheckpoint, DataCutOrChangedAnywhereAreAnError) {
  for (std::size_t at = 0; at < data_.size(); at += 7) {
    PutData(data_.substr(0, at));
    ASSERT_FALSE(ReadAll().ok()) << at;
    std::string changed = data_;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    PutData(changed);
    const Status status = ReadAll();
    ASSERT_FALSE(status.ok()) << at;
    ASSERT_THAT(status.message(), testing::HasSubstr("is damaged: checksum"));
  }
}

TEST_F(HarmedCheckpoint, LiesWithRightChecksumsAreErrors) {
  const std::string header = WireWriter().Varint(1, 1).Bytes(3, WireWriter().Varint(1, 1).text()).text();
  const auto entry = [](std::int64_t extent, std::uint64_t offset, std::uint64_t size) {
    return WireWriter().Varint(1, 1).Bytes(2, WireWriter().Bytes(2, WireWriter().Integer(1, extent).text()).text()).Varint(4, offset).Varint(5, size).Fixed32(6, 0).text();
  };
  const std::vector<std::pair<std::string, std::string>> lies = {
      {"v", entry(4, 0, 12)},                                      // a size that the shape has not
      {"v", entry(4, data_.size(), 16)},                           // past the end
      {"v", entry(4, ~std::uint64_t{0} - 7, 16)},                  // offset + size overflow
      {"v", entry(-1, 0, 16)},                                     // a negative extent
      {"v", entry(std::int64_t{1} << 50, 0, 16)},                  // more than there can be
      {"v", WireWriter().Varint(1, 1).Varint(3, 7).text()},        // of another file
      {"v", WireWriter().Varint(1, 1).Bytes(2, "\xff\xff").text()},
      {"v", WireWriter().Varint(1, 1).Bytes(2, WireWriter().Bytes(2, WireWriter().Integer(1, 4).text()).text()).Bytes(7, "").text()},   // slices that are not there
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    const std::vector<std::pair<std::string, std::string>> entries = {{"", header}, lies[i]};
    Put(FormatSortedTable(entries), data_);
    EXPECT_FALSE(ReadAll().ok()) << i;
  }
  const std::vector<std::pair<std::string, std::string>> many = {{"", WireWriter().Varint(1, std::uint64_t{1} << 40).text()}};
  Put(FormatSortedTable(many), data_);
  EXPECT_FALSE(ReadAll().ok());
}

TEST(SortedTable, WhatIsWrittenIsRead) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 20000; ++i) entries.emplace_back("variable/" + std::to_string(100000 + i), std::string(static_cast<std::size_t>(i % 90), 'x'));
  const std::string file = FormatSortedTable(entries);
  std::size_t i = 0;
  const Status status = ReadSortedTable({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, [&](std::string_view key, std::string_view value) {
    EXPECT_EQ(key, entries[i].first);
    EXPECT_EQ(value, entries[i++].second);
    return Status::Ok();
  });
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(i, entries.size());
}

Result<std::unique_ptr<TfGraph>> GraphOf(const std::string& bytes) {
  auto owner = std::make_shared<const std::string>(bytes);
  return TfGraph::FromBytes({reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size()}, owner);
}

std::string SavedModelOf(const std::string& nodes) {
  return WireWriter().Bytes(2, WireWriter().Bytes(1, WireWriter().Bytes(4, "serve").text()).Bytes(2, nodes).text()).text();
}
std::string Node(const std::string& name, const std::vector<std::string>& inputs) {
  WireWriter node;
  node.Bytes(1, name).Bytes(2, "Identity");
  for (const std::string& input : inputs) node.Bytes(3, input);
  return WireWriter().Bytes(1, node.text()).text();
}

TEST(HarmedGraph, CirclesAndMissingNodesAreErrorsByName) {
  EXPECT_TRUE(GraphOf(SavedModelOf(Node("a", {}) + Node("b", {"a"}))).ok());
  EXPECT_THAT(GraphOf(SavedModelOf(Node("a", {"b"}) + Node("b", {"a"}))).status().message(), testing::HasSubstr("node \"a\" is in a circle"));
  EXPECT_THAT(GraphOf(SavedModelOf(Node("a", {"gone:3"}))).status().message(), testing::HasSubstr("takes \"gone:3\", which is not there"));
  EXPECT_THAT(GraphOf(SavedModelOf(Node("a", {}) + Node("a", {}))).status().message(), testing::HasSubstr("two nodes have the name \"a\""));
}

TEST(HarmedGraph, AMillionNodesAreAnswered) {
  std::string nodes;
  for (int i = 0; i <= 1'000'000; ++i) nodes += Node(std::to_string(i), {});
  EXPECT_THAT(GraphOf(SavedModelOf(nodes)).status().message(), testing::HasSubstr("more than 1000000 nodes"));
}

TEST(HarmedGraph, ACutOrChangedExportIsAnErrorOrAModel) {
  const std::string folder = testing::TempDir() + "harmed_export", whole = Read(kGolden + "saved_model/saved_model.pb");
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::copy(kGolden + "saved_model/variables", folder + "/variables");
  std::mt19937 random(7);
  std::size_t errors = 0;
  for (int i = 0; i < 160; ++i) {
    std::string harmed = whole;
    if (i % 2 == 0) {
      harmed.resize(random() % whole.size());
    } else {
      harmed[random() % whole.size()] = static_cast<char>(random());
    }
    Write(folder + "/saved_model.pb", harmed);
    const Result<ImportReport> report = ImportTensorFlow(folder, {}, folder + "/m.thalweg");
    if (!report.ok()) ++errors;
    if (i % 2 == 0) {
      EXPECT_FALSE(report.ok()) << harmed.size();
    }
  }
  EXPECT_GE(errors, 80u);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace thalweg
