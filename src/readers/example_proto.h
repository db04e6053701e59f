// tf.train.Example on the wire (docs/formats/tf_example.md), read into columns without a copy of anything between. What
// may be there and is not of an Example is skipped, as in any protocol buffer.
#ifndef THALWEG_READERS_EXAMPLE_PROTO_H_
#define THALWEG_READERS_EXAMPLE_PROTO_H_

#include <string>
#include <string_view>

#include "readers/columns_by_key.h"
#include "readers/record_column.h"

namespace thalweg {

using RecordColumns = ColumnsByKey<RecordColumn>;

// So many bytes behind a record may be read, whatever they are.
inline constexpr std::size_t kRecordSlack = 16;

class ExampleReader {
 public:
  explicit ExampleReader(const FileOptions& options) : columns_(options) {}
  RecordColumns& columns() { return columns_; }
  const RecordColumns& columns() const { return columns_; }

  // Appends the features of `bytes` to the columns as row `row` of the chunk. Of equal names the last counts. False: it is no
  // Example, and *why says what is wrong; the columns may have got a part of it. kBadData: what no row may have (too many
  // names, names that are not UTF-8). A SequenceExample's context lies where an Example's features do, and is read as such.
  Result<bool> Read(std::string_view bytes, std::size_t row, std::string* why);

 private:
  // What an entry of the map begins with behind its own length, up to the length of its Feature: the mark and length of the
  // name, the name, the mark of the Feature.
  struct Beginning {
    std::uint64_t words[2] = {0, 0}, masks[2] = {0, 0};  // of the first 16 bytes
    std::string bytes;
  };
  class Walk;

  bool Example(std::string_view bytes);
  bool Features(std::string_view bytes);
  bool UsualEntry(const char* entry, std::size_t size);
  bool Entry(std::string_view bytes);
  bool LooseEntry(std::string_view bytes);
  bool Find(std::string_view key, RecordColumn** column);
  bool Feature(std::string_view bytes, RecordColumn* column);
  bool LooseFeature(std::string_view bytes, unsigned* kind, RecordColumn* column);
  bool LooseList(unsigned kind, std::string_view bytes, RecordColumn* column);
  bool Floats(std::string_view packed, RecordColumn* column);
  bool Integers(std::string_view packed, RecordColumn* column);
  bool Broken(const char* what);

  RecordColumns columns_;
  std::vector<Beginning> beginnings_;  // of each key met
  std::size_t row_ = 0;
  std::string* why_ = nullptr;
  std::string_view name_;  // of the feature under way
  Status error_;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_EXAMPLE_PROTO_H_
