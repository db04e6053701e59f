// The checks of fit.h's SettleColumns that need no file: for specs that come out of model files too.
#ifndef THALWEG_COLUMNS_SETTLE_H_
#define THALWEG_COLUMNS_SETTLE_H_

#include "columns/feature_column.h"

namespace thalweg {

// As SettleColumns, but reads no vocabulary file.
Status CheckColumns(ModelSpec* spec);

// The parameters of `column` with its fitted ones added where it leaves them out.
Params WithFitted(const ColumnSpec& column, const ModelSpec& spec);

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_SETTLE_H_
