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

// Appends the features of `bytes` to `columns` as row `row` of the chunk. Of equal names the last counts. False: it is
// no Example, and *why says what is wrong; the columns may have got a part of it. kBadData: what no row may have (too many
// names, names that are not UTF-8). A SequenceExample's context lies where an Example's features do, and is read as such.
Result<bool> ReadExample(std::string_view bytes, std::size_t row, RecordColumns* columns, std::string* why);

}  // namespace thalweg

#endif  // THALWEG_READERS_EXAMPLE_PROTO_H_
