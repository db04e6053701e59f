// Everything. Read in this order: status.h (errors), schema.h and example.h (rows), feature_column.h and model_spec.h
// (a model as data), prediction.h and request.h (score), training.h (train), evaluation.h (judge).
// The scoring library (thalweg::predict) needs only the first four, prediction.h and request.h.
#ifndef THALWEG_THALWEG_H_
#define THALWEG_THALWEG_H_

#include "thalweg/evaluation.h"
#include "thalweg/example.h"
#include "thalweg/feature_column.h"
#include "thalweg/kinds.h"
#include "thalweg/model_spec.h"
#include "thalweg/prediction.h"
#include "thalweg/request.h"
#include "thalweg/schema.h"
#include "thalweg/status.h"
#include "thalweg/training.h"

#endif  // THALWEG_THALWEG_H_
