// Files that lie, with all their checksums right.
#include <cstring>
#include <functional>
#include <limits>

#include "base/json.h"
#include "bundle/bundle_testing.h"

namespace thalweg {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

std::string Fixed(std::string bytes) {
  EXPECT_TRUE(FixChecksums(&bytes).ok());
  return bytes;
}

// Replaces the only place of `from` in the header, blanks taking the difference in length.
std::string Replaced(std::string bytes, const std::string& from, const std::string& to) {
  const std::size_t at = bytes.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(bytes.find(from, at + 1), std::string::npos) << from;
  bytes.replace(at, from.size(), to);
  std::uint64_t length;
  std::memcpy(&length, bytes.data(), 8);
  const std::size_t old_end = 8 + length + to.size() - from.size();
  const std::size_t json_end = bytes.find_last_not_of(' ', old_end - 1) + 1;
  const std::size_t new_end = (json_end + 63) / 64 * 64;
  bytes.replace(json_end, old_end - json_end, new_end - json_end, ' ');
  length = new_end - 8;
  std::memcpy(bytes.data(), &length, 8);
  return Fixed(bytes);
}

// The file with another header of the same data, laid out by the rules where `lay_out`.
std::string WithHeader(const std::string& bytes, const std::function<void(BundleHeader*)>& change) {
  const auto parsed = ParseHeader({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "m");
  EXPECT_TRUE(parsed.ok());
  BundleHeader header = parsed->header;
  change(&header);
  return Fixed(FormatHeader(header) + bytes.substr(parsed->data_begin));
}

// The tensors of the header other than paddings and checksums, changed, laid out again with zeros for bytes.
std::string WithTensors(const std::string& bytes, const std::function<void(std::vector<TensorEntry>*)>& change) {
  const auto parsed = ParseHeader({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "m");
  EXPECT_TRUE(parsed.ok());
  BundleHeader header = parsed->header;
  std::erase_if(header.tensors, [](const TensorEntry& t) { return IsPadding(t) || t.name == kChecksumsName; });
  change(&header.tensors);
  header.tensors = LayOut(header.tensors).value();
  return Fixed(FormatHeader(header) + std::string(header.tensors.back().end, '\0'));
}

class Lies : public testing::Test {
 protected:
  const std::string bytes_ = Made(TinySpec()).Bytes();
  static constexpr const char* kShop = "linear/linear_model/shop/weights";
};

TEST_F(Lies, ChecksumsMadeRightChangeNothingInATrueFile) { EXPECT_EQ(Fixed(bytes_), bytes_); }

TEST_F(Lies, LaterVersion) {
  EXPECT_THAT(Message(Replaced(bytes_, R"("format_version":"1")", R"("format_version":"3")")),
              HasSubstr("has format version \"3\", and this program reads versions 1 and 2"));
  EXPECT_THAT(Message(Replaced(bytes_, R"("format_version":"1")", R"("format_version":"2")")),
              HasSubstr("its header is not as Thalweg writes it"));
  EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"("format_version":"1")", R"("format_version":"11")")).ok());
  EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"("format_version":"1")", R"("format_version":"")")).ok());
}

TEST_F(Lies, Bounds) {
  EXPECT_THAT(Message(WithHeader(bytes_, [](BundleHeader* h) { h->tensors[0].end += 4; })), HasSubstr("expected"));
  EXPECT_THAT(Message(WithHeader(bytes_, [](BundleHeader* h) { h->tensors[0].begin = h->tensors[0].end + 4; })),
              HasSubstr("expected"));
  EXPECT_THAT(Message(WithHeader(bytes_, [](BundleHeader* h) { h->tensors.back().end = UINT64_MAX / 2; })),
              HasSubstr("expected"));
  for (const char* offsets : {"[0,18446744073709551615]", "[0,1e3]", "[0,-8]", "[0.0,8]", "[0]", "[0,8,8]", "[]",
                              "null", "8", "[[0],8]", "[\"0\",8]", "[0,99999999999999999999]"}) {
    EXPECT_FALSE(
        OpenBytes(Replaced(bytes_, R"("data_offsets":[0,8])", std::string(R"("data_offsets":)") + offsets)).ok())
        << offsets;
  }
}

TEST_F(Lies, Overlap) {
  EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [](BundleHeader* h) {
                 h->tensors[2].begin = h->tensors[0].begin;
                 h->tensors[2].end = h->tensors[0].end;
               })).ok());
}

TEST_F(Lies, Holes) {
  EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [](BundleHeader* h) { std::erase_if(h->tensors, IsPadding); })).ok());
}

TEST_F(Lies, PaddingThatIsNotZero) {
  std::string bytes = bytes_;
  std::uint64_t length;
  std::memcpy(&length, bytes.data(), 8);
  bytes[8 + length + 63] = 1;  // the first tensor has 8 bytes
  EXPECT_THAT(Message(Fixed(bytes)), HasSubstr("is a padding, and not zero"));
}

TEST_F(Lies, Shapes) {
  const auto shaped = [&](std::vector<std::int64_t> shape) {
    return WithTensors(bytes_, [&](std::vector<TensorEntry>* tensors) {
      for (TensorEntry& tensor : *tensors) {
        if (tensor.name == kShop) tensor.shape = shape;
      }
    });
  };
  EXPECT_TRUE(OpenBytes(shaped({3, 1})).ok());
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{3}, {1, 3}, {4, 1}, {0, 1}, {3, 1, 1}, {}}) {
    EXPECT_THAT(Message(shaped(shape)), HasSubstr("has another shape than its spec says: [3,1]"));
  }
  const auto header_only = [&](std::vector<std::int64_t> shape) {
    return WithHeader(bytes_, [&](BundleHeader* h) { h->tensors[0].shape = shape; });
  };
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{
           {INT64_MAX, INT64_MAX}, {std::int64_t{1} << 62}, {3}, std::vector<std::int64_t>(9, 1)}) {
    EXPECT_FALSE(OpenBytes(header_only(shape)).ok());
  }
}

TEST_F(Lies, Types) {
  for (const char* type : {"F64", "F16", "BF16", "I8", "U8", "U32", "", "f32"}) {
    EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"("dnn/hiddenlayer_0/bias":{"dtype":"F32")",
                                    std::string(R"("dnn/hiddenlayer_0/bias":{"dtype":")") + type + '"'))
                     .ok())
        << type;
  }
}

TEST_F(Lies, MissingTensor) {
  EXPECT_THAT(Message(WithTensors(bytes_, [](auto* tensors) { tensors->erase(tensors->begin() + 1); })),
              HasSubstr("is missing"));
  EXPECT_FALSE(OpenBytes(WithTensors(bytes_, [](auto* tensors) { tensors->clear(); })).ok());
}

TEST_F(Lies, ExtraTensor) {
  for (const char* name : {"aaa", "slots/linear/linear_model/shop/weights/accumulator",
                           "best/linear/linear_model/shop/weights", "thalweg/other", "", "../../etc/passwd"}) {
    const std::string lie = WithTensors(bytes_, [&](std::vector<TensorEntry>* tensors) {
      tensors->push_back({name, TensorType::kF32, {3, 1}});
      std::sort(tensors->begin(), tensors->end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    });
    EXPECT_THAT(Message(lie), AnyOf(HasSubstr("is not one of its spec's model"), HasSubstr("is not one that a model")))
        << name;
  }
}

TEST_F(Lies, TensorsOutOfOrderOrTwice) {
  EXPECT_THAT(Message(WithTensors(bytes_, [](auto* tensors) { std::swap((*tensors)[0], (*tensors)[1]); })),
              HasSubstr("expected ascending names"));
  EXPECT_THAT(Message(WithTensors(bytes_, [](auto* tensors) { tensors->push_back(tensors->back()); })),
              HasSubstr("is there twice"));
}

TEST_F(Lies, CheckpointOfSlotsThatAreNone) {
  Made made(TinySpec());
  made.AddCheckpoint();
  const std::string bytes = made.Bytes();
  const auto with = [&](const std::string& from, const std::string& to) {
    return WithTensors(bytes, [&](std::vector<TensorEntry>* tensors) {
      for (TensorEntry& tensor : *tensors) {
        if (tensor.name == from) tensor.name = to;
      }
      std::sort(tensors->begin(), tensors->end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    });
  };
  const std::string slot = std::string("slots/") + kShop + "/accumulator";
  EXPECT_TRUE(OpenBytes(with(slot, std::string("slots/") + kShop + "/linear")).ok());
  for (const std::string& other :
       {"slots/" + std::string(kShop), std::string("slots/x/accumulator"), "slots/" + std::string(kShop) + "/",
        std::string("slots/"), std::string("slots"), "best/" + slot}) {
    EXPECT_FALSE(OpenBytes(with(slot, other)).ok()) << other;
  }
  EXPECT_THAT(Message(WithTensors(bytes, [](auto* tensors) { tensors->erase(tensors->begin()); })),
              HasSubstr("best/dnn"));
}

TEST_F(Lies, BucketsThatTheFileHasNot) {
  for (const char* buckets : {"4", "2", "2147483647", "1000000000000", "0", "-1"}) {
    const std::string lie =
        Replaced(bytes_, R"(\"hash_bucket_size\": 3)", std::string(R"(\"hash_bucket_size\": )") + buckets);
    EXPECT_FALSE(OpenBytes(lie).ok()) << buckets;
  }
}

TEST_F(Lies, SpecOfAnotherModel) {
  EXPECT_FALSE(
      OpenBytes(Replaced(bytes_, R"(\"hidden_units\": [2])", R"(\"hidden_units\": [65536, 65536, 65536])")).ok());
  EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"(\"kind\": \"hash_bucket\")", R"(\"kind\": \"hash_bucked\")")).ok());
  EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"(\"sparse_combiner\")", R"(\"sparse_combined\")")).ok());
  for (const char* spec : {"", "{}", "null", "[]", "7", "{", "task = 'binary'"}) {
    EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [&](BundleHeader* h) { h->spec = spec; })).ok()) << spec;
  }
}

TEST_F(Lies, DeepJson) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const auto member :
       {&BundleHeader::spec, &BundleHeader::provenance, &BundleHeader::position, &BundleHeader::texts}) {
    EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [&](BundleHeader* h) { h->*member = deep; })).ok());
    EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [&](BundleHeader* h) { h->*member = "{\"a\":" + deep + "}"; })).ok());
  }
  EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"("data_offsets":[0,8])", R"("data_offsets":)" + deep)).ok());
}

TEST_F(Lies, KeysTwice) {
  EXPECT_THAT(Message(Replaced(bytes_, R"("data_offsets":[0,8])", R"("data_offsets":[0,8],"data_offsets":[0,8])")),
              HasSubstr("twice"));
  EXPECT_THAT(Message(Replaced(bytes_, R"("format_version":"1")", R"("format_version":"1","format_version":"1")")),
              HasSubstr("twice"));
  EXPECT_THAT(Message(WithHeader(bytes_, [](BundleHeader* h) { h->provenance = R"({"seed": "1", "seed": "2"})"; })),
              HasSubstr("twice"));
}

TEST_F(Lies, HeaderWrittenInAnotherWay) {
  EXPECT_THAT(Message(Replaced(bytes_, R"("data_offsets":[0,8])", R"("data_offsets":[0, 8])")),
              HasSubstr("not as Thalweg writes it"));
  EXPECT_FALSE(
      OpenBytes(Replaced(bytes_, R"("shape":[2],"data_offsets":[0,8])", R"("data_offsets":[0,8],"shape":[2])")).ok());
  EXPECT_FALSE(OpenBytes(Replaced(bytes_, R"("format_version":"1")", R"("format_version":"1","colour":"blue")")).ok());
  EXPECT_FALSE(
      OpenBytes(WithHeader(bytes_, [](BundleHeader* h) { h->provenance = R"({"version": "1", "seed": "1"})"; })).ok());
  EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [](BundleHeader* h) { h->provenance.clear(); })).ok());
  EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [](BundleHeader* h) { h->position = "{}"; })).ok());
  std::string tab = bytes_;
  std::uint64_t length;
  std::memcpy(&length, tab.data(), 8);
  if (tab[7 + length] == ' ') {
    tab[7 + length] = '\t';
    EXPECT_FALSE(OpenBytes(Fixed(tab)).ok());
  }
}

TEST_F(Lies, WeightThatIsNoNumber) {
  std::uint64_t length;
  std::memcpy(&length, bytes_.data(), 8);
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    std::string bytes = bytes_;
    std::memcpy(bytes.data() + 8 + length, &value, 4);
    EXPECT_THAT(Message(Fixed(bytes)), HasSubstr("expected finite ones"));
  }
}

TEST_F(Lies, LengthOfTheHeader) {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{56}, std::uint64_t{1} << 40, UINT64_MAX, UINT64_MAX - 7}) {
    std::string bytes = bytes_;
    std::memcpy(bytes.data(), &length, 8);
    EXPECT_FALSE(OpenBytes(bytes).ok());
  }
}

class Texts : public testing::Test {
 protected:
  Texts() {
    ModelSpec spec = TinySpec();
    std::vector<std::string> words;
    for (int i = 0; i < 70; ++i) words.push_back("w" + std::to_string(i));
    spec.columns.push_back(VocabularyListColumn("city", words));
    std::ranges::sort(spec.columns, {}, &ColumnSpec::name);
    spec.wide.columns = {"city"};
    EXPECT_TRUE(SettleColumns(&spec).ok());
    bytes_ = Made(spec).Bytes();
    EXPECT_TRUE(OpenBytes(bytes_).ok());
  }
  std::string bytes_;
};

TEST_F(Texts, KeysThatLie) {
  for (const char* texts :
       {"", "[]", R"([["fitted", "city", "vocabulary"]])", R"([["columns", "town", "vocabulary"]])",
        R"([["columns", "city", "field"]])", R"([["columns", "city", "vocabulary", "x"]])",
        R"([["columns","city","vocabulary"]])", R"(["columns", "city", "vocabulary"])", "{}", "7", "[[7, 7, 7]]",
        R"([["columns", "city", "vocabulary"], ["columns", "city", "vocabulary"]])"}) {
    EXPECT_FALSE(OpenBytes(WithHeader(bytes_, [&](BundleHeader* h) { h->texts = texts; })).ok()) << texts;
  }
}

TEST_F(Texts, OffsetsThatLie) {
  const auto parsed = ParseHeader({reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size()}, "m");
  for (const TensorEntry& tensor : parsed->header.tensors) {
    if (tensor.name != "thalweg/texts/0/offsets") continue;
    for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{8}, tensor.size() - 8}) {
      for (const std::uint64_t value : {std::uint64_t{1}, std::uint64_t{5000}, UINT64_MAX}) {
        std::string bytes = bytes_;
        std::memcpy(bytes.data() + parsed->data_begin + tensor.begin + at, &value, 8);
        if (at == 8 && value == 1) continue;  // "w0", "w1" become "w", "0w1": another vocabulary, but one
        EXPECT_FALSE(OpenBytes(Fixed(bytes)).ok()) << at << " " << value;
      }
    }
  }
}

TEST_F(Texts, CountsThatLie) {
  const auto resized = [&](const char* name, TensorType type, std::vector<std::int64_t> shape) {
    return WithTensors(bytes_, [&](std::vector<TensorEntry>* tensors) {
      for (TensorEntry& tensor : *tensors) {
        if (tensor.name != name) continue;
        tensor.type = type;
        tensor.shape = shape;
      }
    });
  };
  EXPECT_FALSE(OpenBytes(resized("thalweg/texts/0/offsets", TensorType::kU64, {0})).ok());
  EXPECT_FALSE(OpenBytes(resized("thalweg/texts/0/offsets", TensorType::kU64, {70})).ok());
  EXPECT_FALSE(OpenBytes(resized("thalweg/texts/0/offsets", TensorType::kU64, {71, 1})).ok());
  EXPECT_FALSE(OpenBytes(resized("thalweg/texts/0/offsets", TensorType::kU32, {142})).ok());
  EXPECT_FALSE(OpenBytes(resized("thalweg/texts/0/bytes", TensorType::kU8, {1 << 20})).ok());
  EXPECT_FALSE(OpenBytes(resized("thalweg/texts/0/bytes", TensorType::kF32, {1})).ok());
}

// Tables in other forms: an embedding table in int8 and weights in bf16, 3 of 12 rows of each.
class PackedLies : public testing::Test {
 protected:
  PackedLies() {
    Made made(PackableSpec());
    made.Pack(NumberForm::kInt8, 4);
    bytes_ = made.Bytes();
    const auto opened = OpenBytes(bytes_);
    EXPECT_TRUE(opened.ok()) << opened.status().message();
  }

  // The file with tensors changed, their bytes zero but for row numbers, which are 0, 1, 2, …
  std::string With(const std::function<void(std::vector<TensorEntry>*)>& change) const {
    std::string bytes = WithTensors(bytes_, change);
    const auto parsed = ParseHeader({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "m");
    if (!parsed.ok()) return bytes;
    for (const TensorEntry& tensor : parsed->header.tensors) {
      if (!tensor.name.starts_with(kRowsPrefix)) continue;
      for (std::uint32_t i = 0; i < tensor.size() / 4; ++i) std::memcpy(&bytes[parsed->data_begin + tensor.begin + 4 * i], &i, 4);
    }
    return Fixed(bytes);
  }
  // The file with some bytes of a tensor changed.
  template <class T>
  std::string WithNumber(const std::string& tensor_name, std::size_t index, T value) const {
    std::string bytes = bytes_;
    const auto parsed = ParseHeader({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "m");
    bool found = false;
    for (const TensorEntry& tensor : parsed->header.tensors) {
      if (tensor.name != tensor_name) continue;
      found = true;
      std::memcpy(&bytes[parsed->data_begin + tensor.begin + sizeof(T) * index], &value, sizeof(T));
    }
    EXPECT_TRUE(found) << tensor_name;
    return Fixed(bytes);
  }
  static TensorEntry* Of(std::vector<TensorEntry>* tensors, const std::string& name) {
    const auto found = std::find_if(tensors->begin(), tensors->end(), [&](const TensorEntry& t) { return t.name == name; });
    EXPECT_NE(found, tensors->end()) << name;
    return &*found;
  }

  static inline const std::string kTable = "dnn/input_from_feature_columns/input_layer/shop_embedding/embedding_weights";
  static inline const std::string kWeights = "linear/linear_model/shop/weights";
  static inline const std::string kRows = "thalweg/rows/" + kTable, kScales = "thalweg/scales/" + kTable;
  std::string bytes_;
};

TEST_F(PackedLies, TrueOnesAreTaken) {
  EXPECT_THAT(bytes_, HasSubstr(R"("format_version":"2")"));
  EXPECT_TRUE(OpenBytes(With([](auto*) {})).ok());
  EXPECT_THAT(Message(Replaced(bytes_, R"("format_version":"2")", R"("format_version":"1")")),
              HasSubstr("its header is not as Thalweg writes it"));
}

TEST_F(PackedLies, RowNumbers) {
  EXPECT_TRUE(OpenBytes(WithNumber<std::uint32_t>(kRows, 2, 11)).ok());
  for (const auto& [at, value] : std::vector<std::pair<std::size_t, std::uint32_t>>{{2, 12}, {0, UINT32_MAX}, {1, 1}, {1, 0}, {0, 9}}) {
    EXPECT_THAT(Message(WithNumber(kRows, at, value)), HasSubstr("expected ascending ones below 12")) << at << " " << value;
  }
}

TEST_F(PackedLies, Scales) {
  EXPECT_TRUE(OpenBytes(WithNumber(kScales, 1, 0.0f)).ok());
  for (const float scale : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1.0f, 3e36f}) {
    EXPECT_THAT(Message(WithNumber(kScales, 1, scale)), HasSubstr("expected scales from 0 to")) << scale;
  }
}

TEST_F(PackedLies, NumbersInBf16) {
  for (const std::uint16_t value : {std::uint16_t{0x7F80}, std::uint16_t{0xFF80}, std::uint16_t{0x7FC1}}) {
    EXPECT_THAT(Message(WithNumber(kWeights, 1, value)), HasSubstr("expected finite ones"));
  }
}

TEST_F(PackedLies, CompanionsMissingOrTooMany) {
  const auto without = [&](const std::string& name) {
    return With([&](auto* tensors) { std::erase_if(*tensors, [&](const TensorEntry& t) { return t.name == name; }); });
  };
  EXPECT_THAT(Message(without(kRows)), HasSubstr("has another shape than its spec says: [12,6]"));
  EXPECT_THAT(Message(without(kScales)), HasSubstr("is missing"));
  EXPECT_THAT(Message(without(kTable)), HasSubstr("is not one that a model of this version has"));
  EXPECT_THAT(Message(With([&](auto* tensors) { Of(tensors, kTable)->type = TensorType::kF32; })), HasSubstr("expected that of tables of I8 only"));
  const auto twice = [&](const std::string& name, const std::string& as) {
    return With([&](auto* tensors) {
      TensorEntry again = *Of(tensors, name);
      again.name = as;
      tensors->insert(tensors->begin() + (Of(tensors, name) - tensors->data()) + 1, again);
    });
  };
  EXPECT_FALSE(OpenBytes(twice(kRows, kRows)).ok());
  EXPECT_FALSE(OpenBytes(twice(kScales, kRows + "2")).ok());
  EXPECT_FALSE(OpenBytes(twice(kScales, "thalweg/rows/")).ok());
  EXPECT_FALSE(OpenBytes(With([&](auto* tensors) { std::swap(*Of(tensors, kRows), *Of(tensors, kScales)); })).ok());
  EXPECT_FALSE(OpenBytes(With([&](auto* tensors) { std::rotate(tensors->begin(), tensors->begin() + 1, tensors->end()); })).ok());
}

TEST_F(PackedLies, ShapesAndTypes) {
  const auto with = [&](const std::string& name, TensorType type, std::vector<std::int64_t> shape) {
    return With([&](auto* tensors) {
      Of(tensors, name)->type = type;
      Of(tensors, name)->shape = shape;
    });
  };
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{3}, {3, 5}, {3, 7}, {3, 6, 1}, {12, 6}, {13, 6}, {}}) {
    EXPECT_THAT(Message(with(kTable, TensorType::kI8, shape)), HasSubstr("has another shape than its spec says: [12,6]"));
  }
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{2, 6}, {4, 6}, {0, 6}}) {
    EXPECT_THAT(Message(with(kTable, TensorType::kI8, shape)), HasSubstr("has another shape than its table says"));
  }
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{2}, {4}, {3, 1}, {1, 3}, {}, {0}}) {
    EXPECT_FALSE(OpenBytes(with(kRows, TensorType::kU32, shape)).ok());
    EXPECT_FALSE(OpenBytes(with(kScales, TensorType::kF32, shape)).ok());
  }
  EXPECT_FALSE(OpenBytes(with(kRows, TensorType::kF32, {3})).ok());
  EXPECT_FALSE(OpenBytes(with(kScales, TensorType::kBF16, {3})).ok());
  EXPECT_FALSE(OpenBytes(with(kTable, TensorType::kU8, {3, 6})).ok());
}

TEST_F(PackedLies, OnlyTablesOfModelsWithoutSlots) {
  EXPECT_THAT(Message(With([](auto* tensors) { Of(tensors, "dnn/hiddenlayer_0/bias")->type = TensorType::kBF16; })),
              HasSubstr("expected that of tables only"));
  EXPECT_THAT(Message(WithHeader(bytes_, [](BundleHeader* h) { h->position = R"({"step": "3"})"; })), HasSubstr("in models without slots"));
  EXPECT_FALSE(OpenBytes(With([](auto* tensors) {
                 TensorEntry rows = *Of(tensors, kRows);
                 rows.name = "thalweg/rows/dnn/hiddenlayer_0/bias";
                 tensors->insert(tensors->begin() + (Of(tensors, "dnn/hiddenlayer_0/bias") - tensors->data()) + 1, rows);
               })).ok());
}

TEST_F(PackedLies, BucketsByTheBillionTakeNoMemory) {
  const auto opened = OpenBytes(Replaced(bytes_, R"(\"hash_bucket_size\": 12)", R"(\"hash_bucket_size\": 2000000000)"));
  ASSERT_TRUE(opened.ok()) << opened.status().message();
  EXPECT_TRUE(LoadModel(*opened, false).ok());
}

}  // namespace
}  // namespace thalweg
