#include "base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace thalweg {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class File : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "file_test.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::size_t FilesInFolder() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  void Put(const std::string& name, const std::string& text) { std::ofstream(Path(name), std::ios::binary) << text; }
  std::string Get(const std::string& name) { return ReadFile(Path(name), 1 << 24).value(); }

  fs::path folder_;
};

TEST_F(File, IsReplacedOnlyAtCommit) {
  Put("model", "old");
  Result<AtomicFile> file = AtomicFile::Create(Path("model"));
  ASSERT_TRUE(file.ok()) << file.status().message();
  const std::string big(3 << 20, 'x');
  ASSERT_TRUE(file->Write("new ").ok());
  ASSERT_TRUE(file->Write(big).ok());
  ASSERT_TRUE(file->Write(" end").ok());
  EXPECT_EQ(Get("model"), "old");
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_EQ(Get("model"), "new " + big + " end");
  EXPECT_EQ(FilesInFolder(), 1u);
}

TEST_F(File, WithoutCommitNothingIsLeft) {
  { ASSERT_TRUE(AtomicFile::Create(Path("model")).value().Write("half").ok()); }
  EXPECT_EQ(FilesInFolder(), 0u);
}

TEST_F(File, ThatIsALinkIsReplacedWhereItPoints) {
  Put("real", "old");
  fs::create_symlink("real", folder_ / "link");
  Result<AtomicFile> file = AtomicFile::Create(Path("link"));
  ASSERT_TRUE(file->Write("new").ok());
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(Get("real"), "new");
}

TEST_F(File, KeepsWhoMayReadIt) {
  Put("model", "old");
  ASSERT_EQ(chmod(Path("model").c_str(), 0600), 0);
  Result<AtomicFile> file = AtomicFile::Create(Path("model"));
  ASSERT_TRUE(file->Commit().ok());
  struct stat info;
  ASSERT_EQ(stat(Path("model").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(File, ThatCannotBeCreatedSaysWhy) {
  const Status missing = AtomicFile::Create(Path("no/such/model")).status();
  EXPECT_EQ(missing.code(), StatusCode::kCannotWrite);
  EXPECT_EQ(missing.message(), Path("no/such/model") + ": cannot be created: No such file or directory");
  const Status folder = AtomicFile::Create(folder_.string()).status();
  EXPECT_EQ(folder.code(), StatusCode::kCannotWrite);
  EXPECT_THAT(folder.message(), HasSubstr("is a folder"));
  EXPECT_EQ(AtomicFile::Create("").status().code(), StatusCode::kCannotWrite);
  EXPECT_EQ(AtomicFile::Create(Path("model/")).status().code(), StatusCode::kCannotWrite);
}

TEST_F(File, OnAFullDiskIsAnIoErrorAndDevicesStay) {
  Result<AtomicFile> full = AtomicFile::Create("/dev/full");
  ASSERT_TRUE(full.ok()) << full.status().message();
  ASSERT_TRUE(full->Write("x").ok());
  const Status status = full->Commit();
  EXPECT_EQ(status.code(), StatusCode::kIoError);
  EXPECT_EQ(status.message(), "/dev/full: cannot be written: No space left on device");
  Result<AtomicFile> null = AtomicFile::Create("/dev/null");
  ASSERT_TRUE(null->Write("x").ok());
  EXPECT_TRUE(null->Commit().ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(File, IsMappedOutliving) {
  Put("data", "bytes");
  std::shared_ptr<const MappedFile> kept = MappedFile::Open(Path("data")).value();
  fs::remove(Path("data"));
  EXPECT_EQ(std::string(kept->bytes().begin(), kept->bytes().end()), "bytes");
  Put("empty", "");
  EXPECT_TRUE(MappedFile::Open(Path("empty")).value()->bytes().empty());
}

TEST_F(File, ThatCannotBeOpenedSaysWhy) {
  const Status missing = MappedFile::Open(Path("absent")).status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
  EXPECT_EQ(missing.message(), Path("absent") + ": cannot be opened: No such file or directory");
  EXPECT_THAT(MappedFile::Open(folder_.string()).status().message(), HasSubstr("is a folder"));
  EXPECT_EQ(ReadFile(folder_.string(), 10).status().code(), StatusCode::kNotFound);
}

TEST_F(File, LongerThanTheLimitIsRefused) {
  Put("data", "12345");
  EXPECT_EQ(ReadFile(Path("data"), 5).value(), "12345");
  EXPECT_EQ(ReadFile(Path("data"), 4).status().code(), StatusCode::kBadData);
  EXPECT_EQ(ReadFile("/dev/zero", 100000).status().code(), StatusCode::kBadData);
}

}  // namespace
}  // namespace thalweg
