#include "columns/feature_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <mutex>
#include <unordered_map>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/strings.h"
#include "columns/dense_field.h"
#include "columns/settle.h"

namespace thalweg {
namespace {

using Role = ColumnKind::Role;

// A column at its place in the order of evaluation: what it stands on comes before it.
struct Node {
  std::string name;
  std::unique_ptr<FeatureColumn> column;
  std::vector<std::size_t> inputs;    // into the plan's
  std::vector<std::size_t> parents;   // into the nodes
};

// A field as columns take it: as it is, or one of the views of a dense one.
struct Input {
  std::size_t field = 0;   // into the schema
  DenseView view = DenseView::kAsIs;
  bool hash = false;       // its hashes are wanted
};

// Outputs of nodes, views and hashes of inputs, per thread, kept from batch to batch.
struct Scratch {
  std::vector<ColumnOutput> outputs;
  std::vector<HashedValues> hashed;
  std::vector<DenseField> dense;
  std::vector<const FieldValues*> values;
  ColumnInputs inputs;
  BadRows bad;
};

void HashField(const FieldValues& values, std::size_t num_rows, HashedValues* out) {
  const std::size_t n = values.num_values(num_rows);
  out->values.resize(n);
  if (values.dtype == DType::kText) {
    for (std::size_t i = 0; i < n; ++i) out->values[i] = Fingerprint64(values.text_at(i));
  } else if (values.dtype == DType::kInteger) {
    char digits[24];
    for (std::size_t i = 0; i < n; ++i) {
      const auto end = std::to_chars(digits, digits + sizeof digits, values.integers[i]).ptr;
      out->values[i] = Fingerprint64({digits, static_cast<std::size_t>(end - digits)});
    }
  }
}

// Bad rows in order, each once.
void FirstOfEachRow(BadRows* bad, BadRows* first) {
  std::stable_sort(bad->begin(), bad->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (BadRows::value_type& entry : *bad) {
    if (first->empty() || first->back().first != entry.first) first->push_back(std::move(entry));
  }
}

}  // namespace

struct FeaturePlan::Impl {
  Schema schema;
  std::vector<Node> nodes;
  std::vector<Input> inputs;
  std::vector<CategoricalOutput> categorical;
  std::vector<DenseOutput> dense;
  std::vector<std::size_t> categorical_node, dense_node;   // beside them
  std::vector<bool> for_check;                // nodes that FindBadRows must run
  std::vector<bool> input_for_check;          // and the inputs that they need
  bool may_refuse = false;
  std::vector<ColumnUse> wide, deep;
  std::map<std::string, std::size_t> node_of;

  // What ids of a categorical output mean, found when first asked. A cross has 100,000s of names: those of many outputs
  // are not kept together.
  using Names = std::unordered_map<std::int64_t, std::string>;
  mutable std::mutex naming;
  mutable std::map<std::size_t, Names> names;
  mutable std::size_t num_names = 0;

  Status CheckRows(const ExampleBatch& rows, const std::vector<bool>* wanted_fields = nullptr) const {
    if (rows.fields.size() != schema.fields.size()) {
      return Status::BadData(fmt::format("the rows have {} fields, expected {}", rows.fields.size(), schema.fields.size()));
    }
    for (std::size_t f = 0; f < schema.fields.size(); ++f) {
      const FieldSpec& field = schema.fields[f];
      if (wanted_fields != nullptr && !(*wanted_fields)[f]) continue;
      if (rows.fields[f].dtype != field.dtype) {
        return Status::BadData(fmt::format("field {}: found {}, expected {}", Quote(field.name), DTypeName(rows.fields[f].dtype),
                                           DTypeName(field.dtype)));
      }
    }
    return Status::Ok();
  }

  // Runs the nodes that `wanted` marks, which need `wanted_inputs` (all when null).
  void Evaluate(const ExampleBatch& rows, const std::vector<bool>* wanted, const std::vector<bool>* wanted_inputs, Scratch* scratch) const {
    scratch->outputs.resize(std::max(scratch->outputs.size(), nodes.size()));
    scratch->hashed.resize(std::max(scratch->hashed.size(), inputs.size()));
    scratch->dense.resize(std::max(scratch->dense.size(), inputs.size()));
    scratch->values.resize(std::max(scratch->values.size(), inputs.size()));
    scratch->bad.clear();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (wanted_inputs != nullptr && !(*wanted_inputs)[i]) continue;
      const Input& input = inputs[i];
      const FieldValues& field = rows.fields[input.field];
      scratch->values[i] = input.view == DenseView::kAsIs ? &field : &scratch->dense[i].View(field, rows.num_rows, input.view);
      if (input.hash) HashField(*scratch->values[i], rows.num_rows, &scratch->hashed[i]);
    }
    ColumnInputs& in = scratch->inputs;
    in.num_rows = rows.num_rows;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (wanted != nullptr && !(*wanted)[n]) continue;
      const Node& node = nodes[n];
      in.fields.clear();
      in.hashed.clear();
      in.columns.clear();
      for (const std::size_t i : node.inputs) {
        in.fields.push_back(scratch->values[i]);
        in.hashed.push_back(&scratch->hashed[i]);
      }
      for (const std::size_t p : node.parents) in.columns.push_back(&scratch->outputs[p]);
      node.column->Transform(in, &scratch->outputs[n], &scratch->bad);
    }
  }

  void MarkNode(std::size_t n, Part* part) const {
    part->nodes[n] = true;
    for (const std::size_t i : nodes[n].inputs) {
      part->inputs[i] = true;
      part->fields[inputs[i].field] = true;
    }
    for (const std::size_t p : nodes[n].parents) MarkNode(p, part);
  }

  void AddFields(std::size_t n, std::vector<std::size_t>* fields) const {
    for (const std::size_t i : nodes[n].inputs) fields->push_back(inputs[i].field);
    for (const std::size_t p : nodes[n].parents) AddFields(p, fields);
  }

  static Scratch& ThreadScratch() {
    thread_local Scratch scratch;
    return scratch;
  }

  const std::vector<FeatureColumn::Meaning>& MeaningsOf(std::size_t n, std::map<std::size_t, std::vector<FeatureColumn::Meaning>>* known) const {
    const auto found = known->find(n);
    if (found != known->end()) return found->second;
    std::vector<std::vector<FeatureColumn::Meaning>> parents;
    for (const std::size_t p : nodes[n].parents) parents.push_back(MeaningsOf(p, known));
    return (*known)[n] = nodes[n].column->Meanings(parents);
  }

  // Each id by the likeliest of its meanings.
  Names NamesOf(std::size_t index) const {
    std::map<std::size_t, std::vector<FeatureColumn::Meaning>> known;
    std::unordered_map<std::int64_t, double> best;
    Names found;
    for (const FeatureColumn::Meaning& meaning : MeaningsOf(categorical_node[index], &known)) {
      const auto [at, added] = best.emplace(meaning.id, meaning.weight);
      if (!added && at->second >= meaning.weight) continue;
      at->second = meaning.weight;
      found[meaning.id] = meaning.text;
    }
    return found;
  }
};

namespace {

class Planner {
 public:
  Planner(const ModelSpec& spec, FeaturePlan::Impl* plan);
  Status Run();

 private:
  Result<std::size_t> AddNode(const ColumnSpec& column);
  Result<ColumnUse> Use(const std::string& name);
  std::size_t AddInput(const Input& wanted);
  std::size_t Categorical(std::size_t node);
  void MarkForCheck(std::size_t node);

  const ModelSpec& spec_;
  FeaturePlan::Impl& plan_;
  std::map<std::string, std::size_t> field_of_;                    // into schema.fields
  std::map<std::pair<std::size_t, DenseView>, std::size_t> input_of_;
  std::map<std::size_t, std::size_t> categorical_of_, dense_of_;   // by node
};

Planner::Planner(const ModelSpec& spec, FeaturePlan::Impl* plan) : spec_(spec), plan_(*plan) {}

Status Planner::Run() {
  for (const auto& [names, uses] : {std::pair{&spec_.wide.columns, &plan_.wide}, std::pair{&spec_.deep.columns, &plan_.deep}}) {
    std::vector<std::string> sorted = *names;
    std::sort(sorted.begin(), sorted.end());   // by code points: UTF-8 bytes have their order
    for (const std::string& name : sorted) {
      THALWEG_ASSIGN_OR_RETURN(ColumnUse use, Use(name));
      // TensorFlow's second version trains every variable of the linear part, whatever trainable says.
      if (uses == &plan_.wide && spec_.tensorflow_faults && spec_.profile == "tf_v2") use.trainable = true;
      uses->push_back(std::move(use));
    }
  }
  plan_.for_check.assign(plan_.nodes.size(), false);
  plan_.input_for_check.assign(plan_.inputs.size(), false);
  for (std::size_t n = 0; n < plan_.nodes.size(); ++n) {
    if (!plan_.nodes[n].column->may_refuse_rows()) continue;
    plan_.may_refuse = true;
    MarkForCheck(n);
  }
  return Status::Ok();
}

void Planner::MarkForCheck(std::size_t node) {
  plan_.for_check[node] = true;
  for (const std::size_t input : plan_.nodes[node].inputs) plan_.input_for_check[input] = true;
  for (const std::size_t parent : plan_.nodes[node].parents) MarkForCheck(parent);
}

Result<std::size_t> Planner::AddNode(const ColumnSpec& column) {
  const auto known = plan_.node_of.find(column.name);
  if (known != plan_.node_of.end()) return known->second;
  THALWEG_ASSIGN_OR_RETURN(const ColumnKind* kind, FindColumnKind(column));
  THALWEG_ASSIGN_OR_RETURN(const ColumnLinks links, kind->links(column, spec_));
  Node node{column.name, nullptr, {}, {}};
  std::vector<const FeatureColumn*> parents;
  for (const std::string& name : links.columns) {
    THALWEG_ASSIGN_OR_RETURN(const std::size_t parent, AddNode(*FindSettledColumn(spec_, name)));
    node.parents.push_back(parent);
    parents.push_back(plan_.nodes[parent].column.get());
  }
  for (std::size_t f = 0; f < links.fields.size(); ++f) {
    std::vector<FieldSpec>& fields = plan_.schema.fields;
    const auto [at, added] = field_of_.emplace(links.fields[f], fields.size());
    const std::size_t index = at->second;
    if (added) fields.push_back(*FindSettledField(spec_, links.fields[f]));   // settled: every field is there
    node.inputs.push_back(AddInput({index, fields[index].dense ? links.dense_view : DenseView::kAsIs, links.hashed[f]}));
  }
  THALWEG_ASSIGN_OR_RETURN(node.column, kind->make(column, WithFitted(column, spec_), spec_, parents));
  plan_.nodes.push_back(std::move(node));
  plan_.node_of[column.name] = plan_.nodes.size() - 1;
  return plan_.nodes.size() - 1;
}

std::size_t Planner::AddInput(const Input& wanted) {
  const auto [at, added] = input_of_.emplace(std::pair(wanted.field, wanted.view), plan_.inputs.size());
  if (added) plan_.inputs.push_back(wanted);
  plan_.inputs[at->second].hash |= wanted.hash;
  return at->second;
}

std::size_t Planner::Categorical(std::size_t node) {
  const auto [at, added] = categorical_of_.emplace(node, plan_.categorical.size());
  if (!added) return at->second;
  plan_.categorical.push_back({plan_.nodes[node].name, plan_.nodes[node].column->Shape().num_buckets});
  plan_.categorical_node.push_back(node);
  return at->second;
}

Result<ColumnUse> Planner::Use(const std::string& name) {
  const ColumnSpec& column = *FindSettledColumn(spec_, name);
  THALWEG_ASSIGN_OR_RETURN(const ColumnKind* kind, FindColumnKind(column));
  ColumnUse use;
  use.column = name;
  const bool of_another = kind->role == Role::kIndicator || kind->role == Role::kEmbedding;
  THALWEG_ASSIGN_OR_RETURN(const std::size_t node,
                           AddNode(of_another ? *FindSettledColumn(spec_, GetText(column.params, "column", "")) : column));
  if (kind->role == Role::kNumeric) {
    const std::size_t width = plan_.nodes[node].column->Shape().width;
    const auto [at, added] = dense_of_.emplace(node, plan_.dense.size());
    use.form = ColumnUse::Form::kDense;
    use.index = at->second;
    use.width = width;
    if (added) {
      plan_.dense.push_back({name, width});
      plan_.dense_node.push_back(node);
    }
    return use;
  }
  use.index = Categorical(node);
  use.num_buckets = plan_.categorical[use.index].num_buckets;
  use.width = static_cast<std::size_t>(use.num_buckets);
  use.count_only = kind->role == Role::kIndicator;
  use.empty_picks_first = spec_.tensorflow_faults;
  if (kind->role != Role::kEmbedding) return use;
  use.form = ColumnUse::Form::kEmbedding;
  use.width = static_cast<std::size_t>(GetInteger(column.params, "dimension", 1));
  use.combiner = GetText(column.params, "combiner", "mean");
  use.max_norm = GetNumber(column.params, "max_norm", 0);
  use.trainable = GetBool(column.params, "trainable", true);
  const std::string shared = GetText(column.params, "shared", "");
  if (!shared.empty()) {
    // TensorFlow's two versions name the variable differently, and the second never trains it.
    use.shared = (spec_.profile == "tf_v1" ? "dnn/input_from_feature_columns/" : "") + shared;
    if (spec_.tensorflow_faults && spec_.profile == "tf_v2") use.trainable = false;
  }
  use.initializer.kind = GetText(column.params, "initializer", "truncated_normal");
  const bool normal = use.initializer.kind == "truncated_normal" || use.initializer.kind == "normal";
  if (normal) use.initializer.params["stddev"] = GetNumber(column.params, "stddev", 1 / std::sqrt(static_cast<double>(use.width)));
  return use;
}

}  // namespace

FeaturePlan::FeaturePlan(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeaturePlan::FeaturePlan(FeaturePlan&&) noexcept = default;
FeaturePlan& FeaturePlan::operator=(FeaturePlan&&) noexcept = default;
FeaturePlan::~FeaturePlan() = default;

Result<FeaturePlan> FeaturePlan::Create(const ModelSpec& spec) {
  ModelSpec settled = spec;
  THALWEG_RETURN_IF_ERROR(CheckColumns(&settled));
  auto impl = std::make_unique<Impl>();
  THALWEG_RETURN_IF_ERROR(Planner(settled, impl.get()).Run());
  return FeaturePlan(std::move(impl));
}

const Schema& FeaturePlan::schema() const { return impl_->schema; }
const std::vector<CategoricalOutput>& FeaturePlan::categorical() const { return impl_->categorical; }
const std::vector<DenseOutput>& FeaturePlan::dense() const { return impl_->dense; }
const std::vector<ColumnUse>& FeaturePlan::wide() const { return impl_->wide; }
const std::vector<ColumnUse>& FeaturePlan::deep() const { return impl_->deep; }
namespace {

// The first of them, as an error.
Status Refusal(const ExampleBatch& rows, BadRows* bad) {
  BadRows first;
  FirstOfEachRow(bad, &first);
  const std::string origin = rows.OriginOf(first.front().first).ToString();
  return Status::BadData(origin.empty() ? first.front().second : origin + ": " + first.front().second);
}

}  // namespace

bool FeaturePlan::may_refuse_rows() const { return impl_->may_refuse; }

Status FeaturePlan::Transform(const ExampleBatch& rows, FeatureBatch* out) const {
  BadRows refused;
  THALWEG_RETURN_IF_ERROR(Transform(rows, out, &refused));
  return refused.empty() ? Status::Ok() : Refusal(rows, &refused);
}

Status FeaturePlan::Transform(const ExampleBatch& rows, FeatureBatch* out, std::vector<std::pair<std::size_t, std::string>>* refused) const {
  THALWEG_RETURN_IF_ERROR(impl_->CheckRows(rows));
  Scratch& scratch = Impl::ThreadScratch();
  impl_->Evaluate(rows, nullptr, nullptr, &scratch);
  FirstOfEachRow(&scratch.bad, refused);
  out->num_rows = rows.num_rows;
  out->ids.resize(impl_->categorical.size());
  out->dense.resize(impl_->dense.size());
  // The results change places with last batch's: both keep their memory.
  for (std::size_t k = 0; k < out->ids.size(); ++k) std::swap(out->ids[k], scratch.outputs[impl_->categorical_node[k]].ids);
  for (std::size_t k = 0; k < out->dense.size(); ++k) std::swap(out->dense[k], scratch.outputs[impl_->dense_node[k]].dense);
  out->label = rows.label;
  out->weight = rows.weight;
  out->origin.num_rows = rows.num_rows;
  out->origin.origins = rows.origins;
  return Status::Ok();
}

FeaturePlan::Part FeaturePlan::PartOf(std::vector<std::size_t> ids, std::vector<std::size_t> dense) const {
  Part part{std::move(ids), std::move(dense), {}, {}, {}};
  part.fields.assign(impl_->schema.fields.size(), false);
  part.nodes.assign(impl_->nodes.size(), false);
  part.inputs.assign(impl_->inputs.size(), false);
  for (const std::size_t k : part.ids) impl_->MarkNode(impl_->categorical_node[k], &part);
  for (const std::size_t k : part.dense) impl_->MarkNode(impl_->dense_node[k], &part);
  return part;
}

Status FeaturePlan::Transform(const ExampleBatch& rows, const Part& part, FeatureBatch* out) const {
  THALWEG_RETURN_IF_ERROR(impl_->CheckRows(rows, &part.fields));
  Scratch& scratch = Impl::ThreadScratch();
  impl_->Evaluate(rows, &part.nodes, &part.inputs, &scratch);
  if (!scratch.bad.empty()) return Refusal(rows, &scratch.bad);
  out->num_rows = rows.num_rows;
  out->ids.resize(impl_->categorical.size());
  out->dense.resize(impl_->dense.size());
  for (const std::size_t k : part.ids) std::swap(out->ids[k], scratch.outputs[impl_->categorical_node[k]].ids);
  for (const std::size_t k : part.dense) std::swap(out->dense[k], scratch.outputs[impl_->dense_node[k]].dense);
  return Status::Ok();
}

void FeaturePlan::FindBadRows(const ExampleBatch& rows, std::vector<std::pair<std::size_t, std::string>>* bad) const {
  if (!impl_->may_refuse || !impl_->CheckRows(rows).ok()) return;
  Scratch& scratch = Impl::ThreadScratch();
  impl_->Evaluate(rows, &impl_->for_check, &impl_->input_for_check, &scratch);
  FirstOfEachRow(&scratch.bad, bad);
}

std::vector<std::size_t> FeaturePlan::FieldsOf(const std::string& column) const {
  std::vector<std::size_t> fields;
  const auto found = impl_->node_of.find(column);
  if (found != impl_->node_of.end()) impl_->AddFields(found->second, &fields);
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

std::string FeaturePlan::Describe(std::size_t index, std::int64_t id) const {
  constexpr std::size_t kMaxKept = 500000;
  const std::lock_guard lock(impl_->naming);
  auto known = impl_->names.find(index);
  if (known == impl_->names.end()) {
    if (impl_->num_names > kMaxKept) {
      impl_->names.clear();
      impl_->num_names = 0;
    }
    known = impl_->names.emplace(index, impl_->NamesOf(index)).first;
    impl_->num_names += known->second.size();
  }
  const auto found = known->second.find(id);
  return found != known->second.end() ? found->second : fmt::format("{}#{}", impl_->categorical[index].column, id);
}

Status FeaturePlan::TransformColumn(const ExampleBatch& rows, const std::string& column, IdLists* out) const {
  THALWEG_RETURN_IF_ERROR(impl_->CheckRows(rows));
  const auto found = impl_->node_of.find(column);
  if (found == impl_->node_of.end() || !impl_->nodes[found->second].column->Shape().categorical) {
    std::vector<std::string> known;
    for (const auto& [name, node] : impl_->node_of) known.push_back(name);
    return Status::Usage(UnknownName(column, "categorical column", known));
  }
  Scratch& scratch = Impl::ThreadScratch();
  impl_->Evaluate(rows, nullptr, nullptr, &scratch);
  if (!scratch.bad.empty()) return Status::BadData(scratch.bad.front().second);
  *out = scratch.outputs[found->second].ids;
  return Status::Ok();
}

}  // namespace thalweg
