#ifndef THALWEG_COLUMNS_VOCABULARY_FILE_COLUMN_H_
#define THALWEG_COLUMNS_VOCABULARY_FILE_COLUMN_H_

#include "thalweg/feature_column.h"

namespace thalweg {

// Reads the file of a vocabulary_file column into fitted["vocabulary"]. Done when the spec is settled.
Status ReadVocabularyFile(const ColumnSpec& column, Params* fitted);

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_VOCABULARY_FILE_COLUMN_H_
