#include "migrate/graph_columns.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <unordered_set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/strings.h"
#include "migrate/graph_match.h"

namespace thalweg {
namespace {

constexpr std::uint64_t kMaxVocabularyBytes = std::uint64_t{1} << 30;
constexpr int kMaxSteps = 64;

// The one number of a constant, through casts.
std::optional<double> ConstantNumber(TfOutput x) {
  while (IsOp(x, {"Cast", "Identity"}) && HasInputs(x, 1)) x = x.node->inputs[0];
  if (!IsOp(x, {"Const"})) return std::nullopt;
  const Result<TfTensor> value = x.node->Value();
  if (!value.ok()) return std::nullopt;
  if (value->numbers.size() == 1) return value->numbers[0];
  if (value->integers.size() == 1) return static_cast<double>(value->integers[0]);
  return std::nullopt;
}
std::optional<std::vector<double>> ConstantNumbers(TfOutput x) {
  while (IsOp(x, {"Cast", "Identity", "Reshape", "ExpandDims"}) && HasInputs(x, 1)) x = x.node->inputs[0];
  if (!IsOp(x, {"Const"})) return std::nullopt;
  const Result<TfTensor> value = x.node->Value();
  if (!value.ok()) return std::nullopt;
  if (!value->numbers.empty()) return value->numbers;
  if (value->integers.empty()) return std::nullopt;
  return std::vector<double>(value->integers.begin(), value->integers.end());
}

// The file's name without what SavedModel adds to the second of one name is not known: "v.txt_1" stays.
std::string BaseName(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

GraphColumns::GraphColumns(const TfGraph& graph, const TensorBundle& variables, std::string folder, ModelSpec* spec)
    : graph_(graph), variables_(variables), folder_(std::move(folder)), spec_(*spec) {
  const auto predict = graph.signatures().find("predict");
  const auto& signature = predict != graph.signatures().end() ? predict : graph.signatures().begin();
  if (signature == graph.signatures().end()) return;
  for (const auto& [key, info] : signature->second.inputs) {
    key_of_.emplace(info.tensor.substr(0, info.tensor.rfind(':')), std::pair(key, info));
  }
}

Status GraphColumns::Refuse(const TfOutput& x, const std::string& what) {
  if (x.node == nullptr) return Status::BadData("the graph ends where " + what);
  return Status::BadData(fmt::format("node {} ({}): {}", Quote(x.node->name, 300), x.node->op, what));
}

// Over operations that change shapes only.
TfOutput GraphColumns::Strip(TfOutput x) {
  while (IsOp(x, {"Identity", "Reshape", "ExpandDims", "Squeeze", "StopGradient"}) && HasInputs(x, 1)) x = x.node->inputs[0];
  return x;
}

std::int64_t GraphColumns::RowsOf(const std::string& variable) const {
  const TensorBundle::Entry* entry = variables_.Find(variable);
  return entry == nullptr || entry->shape.empty() ? 0 : entry->shape[0];
}

std::string GraphColumns::VariableOf(TfOutput x) const {
  std::set<std::string> found;
  std::unordered_set<const TfNode*> seen;
  std::vector<const TfNode*> next = {x.node};
  while (!next.empty()) {
    const TfNode* node = next.back();
    next.pop_back();
    if (node == nullptr || !seen.insert(node).second || node->op == "Unique") continue;
    if (node->op == "VarHandleOp" || node->op == "VariableV2" || node->op == "Variable") {
      std::string name(node->name);
      const std::size_t part = name.rfind("/part_");
      if (part != std::string::npos && variables_.Find(name) == nullptr) name.resize(part);
      found.insert(std::move(name));
      continue;
    }
    for (const TfOutput& input : node->inputs) next.push_back(input.node);
  }
  return found.size() == 1 ? *found.begin() : "";
}

Result<bool> GraphColumns::ParseLookup(TfOutput x, Lookup* lookup) const {
  x = Strip(x);
  if (IsOp(x, {"Select", "SelectV2"}) && HasInputs(x, 3)) x = Strip(x.node->inputs[2]);
  TfOutput sum = x;
  if (IsOp(x, {"SparseSegmentSum"})) lookup->combiner = "sum";
  else if (IsOp(x, {"SparseSegmentMean"})) lookup->combiner = "mean";
  else if (IsOp(x, {"SparseSegmentSqrtN"})) lookup->combiner = "sqrtn";
  else if (IsOp(x, {"SegmentSum"})) lookup->combiner = "sum";
  else if (IsOp(x, {"DivNoNan", "RealDiv"}) && HasInputs(x, 2) && IsOp(x.node->inputs[0], {"SegmentSum"})) {
    sum = x.node->inputs[0];
    if (IsOp(x.node->inputs[1], {"Sqrt"})) lookup->combiner = "sqrtn";
    else if (IsOp(x.node->inputs[1], {"SegmentSum"})) lookup->combiner = "mean";
    else return Refuse(x.node->inputs[1], "not a combiner of an embedding");
  } else return false;
  if (!HasInputs(sum, 1)) return Refuse(sum, "has no input");
  TfOutput params = sum.node->inputs[0];
  if (IsOp(sum, {"SegmentSum"})) {
    if (!IsOp(params, {"Mul"}) || !HasInputs(params, 2)) return Refuse(params, "expected vectors times weights");
    TfOutput weights = Strip(params.node->inputs[1]);
    if (IsOp(weights, {"SparseFillEmptyRows"}) && HasInputs(weights, 2)) weights = weights.node->inputs[1];
    while (IsOp(weights, {"GatherV2", "Cast", "Identity", "Reshape"}) && HasInputs(weights, 1)) weights = weights.node->inputs[0];
    lookup->weights = weights;
    params = params.node->inputs[0];
  }
  lookup->variable = VariableOf(params);
  if (lookup->variable.empty()) return Refuse(params, "reads no variable, or several");
  // What lies between the table and its ids: the pick, and perhaps a clip.
  std::unordered_set<const TfNode*> seen;
  std::vector<const TfNode*> next = {params.node};
  const TfNode* unique = nullptr;
  while (!next.empty()) {
    const TfNode* node = next.back();
    next.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    if (node->op == "Unique") {
      unique = node;
      continue;
    }
    if (node->op == "Maximum" && node->inputs.size() == 2 && node->name.find("clip_by_norm") != std::string_view::npos) {
      if (const auto limit = ConstantNumber(node->inputs[1])) lookup->max_norm = *limit;
    }
    for (const TfOutput& input : node->inputs) next.push_back(input.node);
  }
  if (unique == nullptr || unique->inputs.empty()) return Refuse(params, "no ids were found that pick from the table");
  TfOutput ids = Strip(unique->inputs[0]);
  if (IsOp(ids, {"SparseFillEmptyRows"}) && HasInputs(ids, 2)) ids = ids.node->inputs[1];
  while (IsOp(ids, {"GatherV2", "Identity", "Reshape"}) && HasInputs(ids, 1)) ids = ids.node->inputs[0];
  lookup->ids = ids;
  return true;
}

// ParseExample and ParseExampleV2: indices, values and shapes of the sparse features, then the dense ones.
Result<GraphColumns::Field> GraphColumns::ParsedField(const TfNode& parse, int output) const {
  Field field;
  std::vector<std::string> sparse, dense;
  std::size_t defaults = 0;
  const auto bad = [&](const std::string& what) { return Refuse({&parse, output}, what); };
  if (parse.op == "ParseExampleV2") {
    if (parse.inputs.size() < 5) return bad("has too few inputs");
    for (const auto& [at, keys] : {std::pair(2, &sparse), std::pair(3, &dense)}) {
      const TfOutput& input = parse.inputs[static_cast<std::size_t>(at)];
      if (!IsOp(input, {"Const"})) return bad("its keys are not constants");
      THALWEG_ASSIGN_OR_RETURN(TfTensor tensor, input.node->Value());
      *keys = std::move(tensor.texts);
    }
    defaults = 5;
  } else {
    const auto num_sparse = static_cast<std::size_t>(std::clamp<std::int64_t>(parse.Integer("Nsparse").value_or(0), 0, 1 << 20));
    const auto num_dense = static_cast<std::size_t>(std::clamp<std::int64_t>(parse.Integer("Ndense").value_or(0), 0, 1 << 20));
    if (parse.inputs.size() != 2 + num_sparse + 2 * num_dense) return bad("has not the inputs that its attributes say");
    for (std::size_t i = 0; i < num_sparse + num_dense; ++i) {
      const TfOutput& input = parse.inputs[2 + i];
      if (!IsOp(input, {"Const"})) return bad("its keys are not constants");
      THALWEG_ASSIGN_OR_RETURN(const TfTensor tensor, input.node->Value());
      if (tensor.texts.size() != 1) return bad("a key of it is not one text");
      (i < num_sparse ? sparse : dense).push_back(tensor.texts[0]);
    }
    defaults = 2 + num_sparse + num_dense;
  }
  auto index = static_cast<std::size_t>(output);
  if (index < 3 * sparse.size()) {
    const std::size_t k = index % sparse.size();
    const std::vector<TfType> types = parse.Types("sparse_types");
    if (k >= types.size()) return bad("has not as many types as keys");
    field.name = sparse[k];
    field.type = types[k];
    field.sparse = true;
    return field;
  }
  index -= 3 * sparse.size();
  const std::vector<TfType> types = parse.Types("Tdense");
  if (index >= dense.size() || index >= types.size()) return bad(fmt::format("has no output {}", output));
  field.name = dense[index];
  field.type = types[index];
  if (parse.inputs.size() > defaults + index) {
    field.default_value = ConstantNumbers(parse.inputs[defaults + index]).value_or(std::vector<double>{});
  }
  return field;
}

bool GraphColumns::IsField(TfOutput x) const {
  x = Strip(x);
  while (IsOp(x, {"Cast"}) && HasInputs(x, 1)) x = Strip(x.node->inputs[0]);
  return IsOp(x, {"ParseExample", "ParseExampleV2", "Placeholder", "PlaceholderWithDefault", "GatherNd"});
}

Result<GraphColumns::Field> GraphColumns::ParseField(TfOutput x) const {
  x = Strip(x);
  while (IsOp(x, {"Cast"}) && HasInputs(x, 1)) x = Strip(x.node->inputs[0]);
  if (IsOp(x, {"ParseExample", "ParseExampleV2"})) return ParsedField(*x.node, x.index);
  if (IsOp(x, {"GatherNd"}) && HasInputs(x, 2)) {   // what is left of a dense tensor without the values that mean missing
    THALWEG_ASSIGN_OR_RETURN(Field field, ParseField(x.node->inputs[0]));
    field.dense_category = true;
    return field;
  }
  if (IsOp(x, {"Placeholder", "PlaceholderWithDefault"})) {
    const auto key = key_of_.find(std::string(x.node->name));
    if (key == key_of_.end()) return Refuse(x, "is fed, but is no input of the signature");
    raw_ = true;
    Field field;
    field.name = key->second.first;
    field.type = key->second.second.type;
    field.sparse = key->second.second.sparse;
    return field;
  }
  return Refuse(x, "is not a feature as it was fed; a function of features is not known here");
}

Status GraphColumns::AddField(const Field& field, bool category) {
  const auto [at, added] = field_at_.emplace(field.name, spec_.fields.size());
  if (added) {
    FieldSpec& made = spec_.fields.emplace_back();
    made.name = field.name;
    made.dtype = field.type == TfType::kString ? DType::kText : DType::kNumber;
  }
  FieldSpec& known = spec_.fields[at->second];
  const bool number = field.type != TfType::kString;
  if (number != (known.dtype != DType::kText)) return Status::BadData("the feature " + Quote(field.name, 200) + " is taken as text and as a number");
  const bool integer = field.type == TfType::kInt64 || field.type == TfType::kInt32 || field.type == TfType::kUint8 || field.type == TfType::kBool;
  if (category && integer) known.dtype = DType::kInteger;
  if (category) known.many = true;
  if (field.dense_category) known.dense = true;
  return Status::Ok();
}

std::string GraphColumns::TensorFlowName(const std::string& column) const {
  const auto found = tf_name_.find(column);
  return found == tf_name_.end() ? column : found->second;
}

// Adds the column by TensorFlow's name; one that is there already and equal is the same. Two that differ (TensorFlow has one
// name space for each layer, we one for all) get a number.
Result<std::string> GraphColumns::Name(const std::string& wanted, ColumnSpec column, Params fitted) {
  for (int n = 1; n < 1000; ++n) {
    column.name = n == 1 ? wanted : fmt::format("{} ({})", wanted, n);
    Params params = column.params;
    if (column.name == GetText(params, "field", column.name)) params.erase("field");
    const auto known = std::find_if(spec_.columns.begin(), spec_.columns.end(), [&](const ColumnSpec& c) { return c.name == column.name; });
    if (known == spec_.columns.end()) {
      column.params = std::move(params);
      if (n > 1) tf_name_[column.name] = wanted;
      if (!fitted.empty()) spec_.fitted[column.name] = std::move(fitted);
      spec_.columns.push_back(column);
      return column.name;
    }
    const auto known_fitted = spec_.fitted.find(column.name);
    const bool same_fitted = known_fitted == spec_.fitted.end() ? fitted.empty() : known_fitted->second == fitted;
    if (known->kind == column.kind && known->params == params && same_fitted) return column.name;
  }
  return Status::BadData("more than 1,000 columns have the name " + Quote(wanted, 200));
}

Result<std::string> GraphColumns::HashBucket(const TfNode& hash) {
  if (hash.inputs.empty()) return Refuse({&hash, 0}, "has no input");
  TfOutput x = Strip(hash.inputs[0]);
  const bool text = !IsOp(x, {"AsString"});
  if (!text && HasInputs(x, 1)) x = x.node->inputs[0];
  THALWEG_ASSIGN_OR_RETURN(const Field field, ParseField(x));
  THALWEG_RETURN_IF_ERROR(AddField(field, true));
  ColumnSpec column{"", "hash_bucket", {{"field", field.name}, {"hash_bucket_size", hash.Integer("num_buckets").value_or(0)}}};
  if (!text) column.params["dtype"] = std::string("integer");
  return Name(field.name, std::move(column));
}

// The words of a table, from a constant or a file of assets/.
Result<std::vector<std::string>> GraphColumns::Words(const TfNode& table, Params* params, Params* fitted) {
  for (const TfNode* user : graph_.Users(&table)) {
    if (user->op == "LookupTableImportV2" && user->inputs.size() == 3) {
      TfOutput constant = user->inputs[1];
      while (IsOp(constant, {"Cast", "Identity"}) && HasInputs(constant, 1)) constant = constant.node->inputs[0];
      if (!IsOp(constant, {"Const"})) return Refuse({user, 0}, "its keys are not constants");
      THALWEG_ASSIGN_OR_RETURN(TfTensor keys, constant.node->Value());
      for (const std::int64_t key : keys.integers) keys.texts.push_back(FormatInteger(key));
      for (const double key : keys.numbers) keys.texts.push_back(FormatInteger(static_cast<std::int64_t>(key)));
      (*params)["vocabulary"] = keys.texts;
      return keys.texts;
    }
    if (user->op == "InitializeTableFromTextFileV2" && user->inputs.size() == 2) {
      const std::string asset = graph_.AssetOf(fmt::format("{}:0", user->inputs[1].node->name));
      if (asset.empty()) return Refuse({user, 0}, "its file is none of the assets");
      const std::string path = (std::filesystem::path(folder_) / "assets" / BaseName(asset)).string();
      THALWEG_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxVocabularyBytes));
      const std::int64_t wanted = user->Integer("vocab_size").value_or(-1);
      std::vector<std::string> words;
      for (std::size_t at = 0; at < text.size() && (wanted < 0 || static_cast<std::int64_t>(words.size()) < wanted);) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string word = text.substr(at, end - at);
        std::erase(word, '\r');
        words.push_back(std::move(word));
        at = end + 1;
      }
      if (wanted > static_cast<std::int64_t>(words.size())) {
        return Status::BadData(fmt::format("{}: found {} lines, expected {}", path, words.size(), wanted));
      }
      (*params)["vocabulary_file"] = BaseName(asset);
      if (wanted > 0) (*params)["vocabulary_size"] = wanted;
      (*fitted)["vocabulary"] = words;
      return words;
    }
  }
  return Refuse({&table, 0}, "nothing fills the table");
}

Result<std::string> GraphColumns::Vocabulary(TfOutput find, std::int64_t oov_buckets) {
  if (!HasInputs(find, 3)) return Refuse(find, "has too few inputs");
  THALWEG_ASSIGN_OR_RETURN(const Field field, ParseField(find.node->inputs[1]));
  THALWEG_RETURN_IF_ERROR(AddField(field, true));
  ColumnSpec column{"", "vocabulary_list", {{"field", field.name}}};
  Params fitted;
  THALWEG_ASSIGN_OR_RETURN(const std::vector<std::string> words, Words(*find.node->inputs[0].node, &column.params, &fitted));
  if (words.empty()) return Refuse(find, "its vocabulary is empty");
  if (!fitted.empty()) column.kind = "vocabulary_file";
  if (field.type != TfType::kString) column.params["dtype"] = std::string("integer");
  if (oov_buckets > 0) {
    column.params["num_oov_buckets"] = oov_buckets;
  } else {
    const std::optional<double> fallback = ConstantNumber(find.node->inputs[2]);
    if (!fallback) return Refuse(find, "its default value is not a constant");
    if (*fallback != -1) column.params["default_value"] = static_cast<std::int64_t>(*fallback);
  }
  return Name(field.name, std::move(column), std::move(fitted));
}

// SelectV2(outside, default, id), or SelectV2(found, id, hashed).
Result<std::string> GraphColumns::Identity(const TfNode& select) {
  const TfOutput x{&select, 0};
  if (select.inputs.size() != 3) return Refuse(x, "has too few inputs");
  if (IsOp(select.inputs[0], {"NotEqual"})) {
    TfOutput hash = select.inputs[2];
    if (IsOp(hash, {"AddV2", "Add"}) && HasInputs(hash, 2)) hash = hash.node->inputs[0];
    if (!IsOp(hash, {"StringToHashBucketFast"}) || !IsOp(select.inputs[1], {"LookupTableFindV2"})) return Refuse(x, "is not a vocabulary with buckets for others");
    return Vocabulary(select.inputs[1], hash.node->Integer("num_buckets").value_or(0));
  }
  if (!IsOp(select.inputs[0], {"LogicalOr"}) || !HasInputs(select.inputs[0], 2)) return Refuse(x, "is no column that is known here");
  const TfOutput past = select.inputs[0].node->inputs[1];
  TfOutput fill = Strip(select.inputs[1]);
  if (IsOp(fill, {"Fill"}) && HasInputs(fill, 2)) fill = fill.node->inputs[1];
  const std::optional<double> fallback = ConstantNumber(fill);
  const std::optional<double> buckets = IsOp(past, {"GreaterEqual"}) && HasInputs(past, 2) ? ConstantNumber(past.node->inputs[1]) : std::nullopt;
  if (!fallback || !buckets) return Refuse(x, "is no identity column that is known here");
  THALWEG_ASSIGN_OR_RETURN(const Field field, ParseField(select.inputs[2]));
  THALWEG_RETURN_IF_ERROR(AddField(field, true));
  ColumnSpec column{"", "identity", {{"field", field.name}, {"num_buckets", static_cast<std::int64_t>(*buckets)}, {"default_value", static_cast<std::int64_t>(*fallback)}}};
  return Name(field.name, std::move(column));
}

Result<std::string> GraphColumns::PlainIdentity(TfOutput x, std::int64_t rows) {
  THALWEG_ASSIGN_OR_RETURN(const Field field, ParseField(x));
  if (field.type == TfType::kString || field.type == TfType::kFloat) return Refuse(x, "ids are expected, and these are none");
  THALWEG_RETURN_IF_ERROR(AddField(field, true));
  constexpr std::int64_t kAny = INT32_MAX;   // a cross takes any id
  return Name(field.name, {"", "identity", {{"field", field.name}, {"num_buckets", rows > 0 ? rows : kAny}}});
}

Result<std::string> GraphColumns::Cross(const TfNode& cross) {
  const TfOutput x{&cross, 1};
  const auto sparse = static_cast<std::size_t>(std::clamp<std::int64_t>(cross.Integer("N").value_or(0), 0, 1 << 16));
  const std::size_t dense = cross.NumTypes("dense_types");
  if (cross.inputs.size() != 3 * sparse + dense || cross.NumTypes("sparse_types") != sparse) return Refuse(x, "has not the inputs that its attributes say");
  std::vector<std::string> keys, names;
  bool dense_first = false;   // a key list cannot say the order in which keys were given, but for dense before sparse
  for (std::size_t k = 0; k < sparse + dense; ++k) {
    TfOutput leaf = Strip(cross.inputs[k < sparse ? sparse + k : 3 * sparse + (k - sparse)]);
    if (IsOp(leaf, {"Cast"}) && HasInputs(leaf, 1) && !IsField(leaf)) leaf = Strip(leaf.node->inputs[0]);
    if (IsField(leaf) && !IsOp(leaf, {"GatherNd"})) {
      THALWEG_ASSIGN_OR_RETURN(Field field, ParseField(leaf));
      field.dense_category = k >= sparse;
      THALWEG_RETURN_IF_ERROR(AddField(field, true));
      keys.push_back(field.name);
      names.push_back(field.name);
      dense_first = dense_first || k >= sparse;
      continue;
    }
    THALWEG_ASSIGN_OR_RETURN(const std::string column, Categorical(leaf, {}, 0));
    keys.push_back("column:" + column);
    names.push_back(TensorFlowName(column));
  }
  std::sort(names.begin(), names.end());
  ColumnSpec column{"", "crossed", {{"keys", keys}, {"hash_bucket_size", cross.Integer("num_buckets").value_or(0)}}};
  const std::int64_t key = cross.Integer("hash_key").value_or(0);
  if (key != 0 && key != INT64_C(956888297470)) column.params["hash_key"] = key;
  THALWEG_ASSIGN_OR_RETURN(const std::string name, Name(Join(names, "_X_"), std::move(column)));
  if (dense_first && sparse > 0) crosses_of_dense_.insert(name);
  return name;
}

Result<std::string> GraphColumns::Bucketized(TfOutput x, std::int64_t width) {
  if (!IsOp(x, {"Bucketize"}) || !HasInputs(x, 1)) return Refuse(x, "expected a cut at boundaries");
  TfOutput source = Strip(x.node->inputs[0]);
  THALWEG_ASSIGN_OR_RETURN(const std::string numeric, Numeric(source, width));
  ColumnSpec column{"", "bucketized", {{"source", numeric}, {"boundaries", x.node->Numbers("boundaries")}}};
  const auto of = std::find_if(spec_.columns.begin(), spec_.columns.end(), [&](const ColumnSpec& c) { return c.name == numeric; });
  if (GetText(of->params, "normalizer", "none") != "none") column.params["cut"] = std::string("normalized");
  return Name(TensorFlowName(numeric) + "_bucketized", std::move(column));
}

Result<std::string> GraphColumns::Categorical(TfOutput ids, TfOutput weights, std::int64_t rows) {
  TfOutput x = Strip(ids);
  while (IsOp(x, {"Cast"}) && HasInputs(x, 1) && !IsField(x)) x = Strip(x.node->inputs[0]);
  std::string name;
  const auto take = [&](Result<std::string> column) -> Status {
    if (!column.ok()) return column.status();
    name = std::move(column).value();
    return Status::Ok();
  };
  if (IsOp(x, {"StringToHashBucketFast"})) {
    THALWEG_RETURN_IF_ERROR(take(HashBucket(*x.node)));
  } else if (IsOp(x, {"LookupTableFindV2"})) {
    THALWEG_RETURN_IF_ERROR(take(Vocabulary(x, 0)));
  } else if (IsOp(x, {"SelectV2", "Select"})) {
    THALWEG_RETURN_IF_ERROR(take(Identity(*x.node)));
  } else if (IsOp(x, {"SparseCross"})) {
    THALWEG_RETURN_IF_ERROR(take(Cross(*x.node)));
  } else if (IsOp(x, {"AddV2", "Add"}) && HasInputs(x, 2) && IsOp(Strip(x.node->inputs[0]), {"Bucketize"})) {
    // bucket + buckets · dimension, over the range of dimensions.
    TfOutput range = x.node->inputs[1];
    if (IsOp(range, {"Mul"}) && HasInputs(range, 2)) range = range.node->inputs[1];
    if (IsOp(range, {"Tile"}) && HasInputs(range, 1)) range = range.node->inputs[0];
    const std::optional<double> width = IsOp(range, {"Range"}) && HasInputs(range, 2) ? ConstantNumber(range.node->inputs[1]) : std::nullopt;
    THALWEG_RETURN_IF_ERROR(take(Bucketized(Strip(x.node->inputs[0]), static_cast<std::int64_t>(width.value_or(1)))));
  } else if (IsField(x)) {
    THALWEG_RETURN_IF_ERROR(take(PlainIdentity(x, rows)));
  } else {
    return Refuse(x, "is no categorical column that is known here");
  }
  if (weights.node == nullptr) return name;
  THALWEG_ASSIGN_OR_RETURN(const Field field, ParseField(weights));
  THALWEG_RETURN_IF_ERROR(AddField(field, true));
  return Name(TensorFlowName(name) + "_weighted_by_" + field.name, {"", "weighted", {{"column", name}, {"weight", field.name}}});
}

// From the number back to the feature: the steps, first to last.
Result<std::vector<std::string>> GraphColumns::Steps(TfOutput* x) const {
  std::vector<std::string> steps;
  for (int n = 0; n < kMaxSteps; ++n) {
    *x = Strip(*x);
    while (IsOp(*x, {"Cast"}) && HasInputs(*x, 1)) *x = Strip(x->node->inputs[0]);
    if (IsField(*x)) {
      std::reverse(steps.begin(), steps.end());
      return steps;
    }
    const TfNode* node = x->node;
    if (IsOp(*x, {"Log", "Log1p", "Sqrt"}) && HasInputs(*x, 1)) {
      steps.push_back(node->op == "Log" ? "log" : node->op == "Sqrt" ? "sqrt" : "log1p");
      *x = node->inputs[0];
      continue;
    }
    if (IsOp(*x, {"Neg"}) && HasInputs(*x, 1)) {
      steps.push_back("multiply -1");
      *x = node->inputs[0];
      continue;
    }
    static constexpr std::pair<std::string_view, std::string_view> kBinary[] = {
        {"Sub", "subtract"}, {"RealDiv", "divide"}, {"Div", "divide"},         {"DivNoNan", "divide"},   {"Mul", "multiply"},
        {"AddV2", "add"},    {"Add", "add"},        {"Minimum", "minimum"}, {"Maximum", "maximum"}};
    const auto known = std::find_if(std::begin(kBinary), std::end(kBinary), [&](const auto& pair) { return pair.first == node->op; });
    if (known == std::end(kBinary) || !HasInputs(*x, 2)) break;
    const bool commutes = known->second == "multiply" || known->second == "add" || known->second == "minimum" || known->second == "maximum";
    std::optional<std::vector<double>> numbers = ConstantNumbers(node->inputs[1]);
    std::string step(known->second);
    TfOutput rest = node->inputs[0];
    if (!numbers && (commutes || step == "subtract")) {
      numbers = ConstantNumbers(node->inputs[0]);
      rest = node->inputs[1];
      if (step == "subtract") step = "subtract_from";
    }
    if (!numbers) break;
    for (const double number : *numbers) step += " " + FormatNumber(number);
    steps.push_back(std::move(step));
    *x = rest;
  }
  return Refuse(*x, "is no normaliser that is known here: chains of add, subtract, multiply, divide, minimum, maximum, log, log1p, sqrt are");
}

Result<std::string> GraphColumns::Numeric(TfOutput x, std::int64_t width) {
  THALWEG_ASSIGN_OR_RETURN(std::vector<std::string> steps, Steps(&x));
  THALWEG_ASSIGN_OR_RETURN(const Field field, ParseField(x));
  if (field.type == TfType::kString) return Refuse(x, "a number is expected, and this is text");
  THALWEG_RETURN_IF_ERROR(AddField(field, false));
  if (width != 1) spec_.fields[field_at_[field.name]].many = true;
  ColumnSpec column{"", "numeric", {{"field", field.name}}};
  if (width != 1) column.params["shape"] = std::vector<std::int64_t>{width};
  if (!field.default_value.empty()) column.params["default_value"] = field.default_value;
  if (!steps.empty()) {
    column.params["normalizer"] = std::string("steps");
    column.params["steps"] = std::move(steps);
  }
  return Name(field.name, std::move(column));
}

Result<std::string> GraphColumns::Indicator(TfOutput ids, TfOutput weights, std::int64_t depth) {
  THALWEG_ASSIGN_OR_RETURN(const std::string category, Categorical(ids, weights, depth));
  return Name(TensorFlowName(category) + "_indicator", {"", "indicator", {{"column", category}}});
}

Result<GraphColumns::Dense> GraphColumns::AsDense(TfOutput x) {
  // Reshape(…, [rows, width]): the width of a number is there, whatever feeds it.
  std::int64_t width = 1;
  if (IsOp(x, {"Reshape"}) && HasInputs(x, 2) && IsOp(x.node->inputs[1], {"Pack"}) && !x.node->inputs[1].node->inputs.empty()) {
    width = static_cast<std::int64_t>(std::clamp(ConstantNumber(x.node->inputs[1].node->inputs.back()).value_or(1), 1.0, 1e9));
  }
  Lookup lookup;
  THALWEG_ASSIGN_OR_RETURN(const bool embedding, ParseLookup(x, &lookup));
  Dense dense;
  if (embedding) {
    const TensorBundle::Entry* table = variables_.Find(lookup.variable);
    if (table == nullptr || table->shape.size() != 2) return Refuse(x, "its table " + Quote(lookup.variable, 200) + " is not among the variables");
    THALWEG_ASSIGN_OR_RETURN(const std::string category, Categorical(lookup.ids, lookup.weights, table->shape[0]));
    ColumnSpec column{"", "embedding", {{"column", category}, {"dimension", table->shape[1]}}};
    if (lookup.combiner != "mean") column.params["combiner"] = lookup.combiner;
    if (lookup.max_norm > 0) column.params["max_norm"] = lookup.max_norm;
    const std::vector<std::string>& trainable = graph_.trainable();
    const bool shared = lookup.variable.ends_with("_shared_embedding") || !lookup.variable.ends_with("/embedding_weights");
    constexpr std::string_view kVersion1 = "dnn/input_from_feature_columns/";
    if (shared) column.params["shared"] = lookup.variable.substr(lookup.variable.starts_with(kVersion1) ? kVersion1.size() : 0);
    const auto trained = [&](const std::string& name) { return name == lookup.variable || name.starts_with(lookup.variable + "/part_"); };
    const bool said = !shared || spec_.profile == "tf_v1";   // version 2 trains no shared table
    if (said && !trainable.empty() && std::none_of(trainable.begin(), trainable.end(), trained)) column.params["trainable"] = false;
    THALWEG_ASSIGN_OR_RETURN(dense.name, Name(TensorFlowName(category) + (shared ? "_shared_embedding" : "_embedding"), std::move(column)));
    dense.variable = lookup.variable;
    return dense;
  }
  TfOutput y = Strip(x);
  if (IsOp(y, {"Sum"}) && HasInputs(y, 1)) y = y.node->inputs[0];
  if (IsOp(y, {"OneHot"}) && HasInputs(y, 2)) {
    TfOutput ids = Strip(y.node->inputs[0]);
    if (IsOp(ids, {"SparseToDense"}) && HasInputs(ids, 3)) {
      const auto depth = static_cast<std::int64_t>(ConstantNumber(y.node->inputs[1]).value_or(0));
      THALWEG_ASSIGN_OR_RETURN(dense.name, Indicator(ids.node->inputs[2], {}, depth));
      return dense;
    }
    while (IsOp(ids, {"Cast"}) && HasInputs(ids, 1)) ids = Strip(ids.node->inputs[0]);
    const std::int64_t buckets = IsOp(ids, {"Bucketize"}) ? static_cast<std::int64_t>(ids.node->Numbers("boundaries").size()) + 1 : 1;
    THALWEG_ASSIGN_OR_RETURN(dense.name, Bucketized(ids, std::max<std::int64_t>(1, width / buckets)));
    return dense;
  }
  // A weighted category as counts: the ids become columns of a sparse matrix of the weights.
  if (IsOp(y, {"ScatterNd"}) && HasInputs(y, 2)) {
    TfOutput merged = y.node->inputs[0];
    if (IsOp(merged, {"SparseSlice"}) && HasInputs(merged, 1)) merged = merged.node->inputs[0];
    if (IsOp(merged, {"SparseReorder"}) && HasInputs(merged, 2) && IsOp(merged.node->inputs[0], {"ConcatV2"}) && HasInputs(merged.node->inputs[0], 2)) {
      const TfOutput ids = merged.node->inputs[0].node->inputs[1];
      THALWEG_ASSIGN_OR_RETURN(dense.name, Indicator(Strip(ids), merged.node->inputs[1], width));
      return dense;
    }
    return Refuse(y, "is no indicator that is known here");
  }
  THALWEG_ASSIGN_OR_RETURN(dense.name, Numeric(x, width));
  return dense;
}

}  // namespace thalweg
