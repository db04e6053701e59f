// A file that was cut or changed is an error, wherever.
#include "bundle/bundle_testing.h"

namespace thalweg {
namespace {

// A model, a checkpoint, a model whose tables are packed.
std::vector<std::string> FilesOfEachKind() {
  std::vector<std::string> files = {Made(TinySpec()).Bytes()};
  Made checkpoint(TinySpec());
  checkpoint.contents.position = {{"step", "3"}};
  files.push_back(checkpoint.Bytes());
  Made packed(PackableSpec());
  packed.Pack(NumberForm::kInt8, 4);  // weights in bf16, vectors in int8, row numbers, scales
  files.push_back(packed.Bytes());
  return files;
}

TEST(Harm, CutAtEachLength) {
  for (const std::string& bytes : FilesOfEachKind()) {
    ASSERT_TRUE(OpenBytes(bytes).ok());
    EXPECT_LT(bytes.size(), 6000u);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto opened = OpenBytes(bytes.substr(0, length));
      ASSERT_FALSE(opened.ok()) << "cut at " << length;
      ASSERT_EQ(opened.status().code(), StatusCode::kBadData);
    }
    EXPECT_FALSE(OpenBytes(bytes + '\0').ok());
    EXPECT_FALSE(OpenBytes(bytes + std::string(64, ' ')).ok());
  }
}

// Of the first file; of the others at least one of each byte.
TEST(Harm, EachBitFlipped) {
  std::size_t step = 1;
  for (std::string bytes : FilesOfEachKind()) {
    ASSERT_TRUE(OpenBytes(bytes).ok());
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += step) {
      const char mask = static_cast<char>(1 << (bit % 8));
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
      const auto opened = OpenBytes(bytes);
      ASSERT_FALSE(opened.ok()) << "bit " << bit % 8 << " of byte " << bit / 8;
      ASSERT_EQ(opened.status().code(), StatusCode::kBadData);
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    }
    step = 7;
  }
}

}  // namespace
}  // namespace thalweg
