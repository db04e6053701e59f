// How a field becomes columns. What a field is comes from all its rows:
//   number      ≥ 95 % of the values (marks of missing ones apart) are numbers, none written like "007"
//   category    other texts: a fitted vocabulary up to kMaxVocabulary values, past that hashed
//   left out    constants, keys that never repeat, row numbers, lists of numbers, long text that never repeats
// A number goes to the deep part normalised and cut at quantiles (a step function is hard to learn from one number), and
// to the wide part cut at quantiles. A category goes to the wide part as it is, to the deep part as counts (few values)
// or as a vector.
#include "propose/choose_columns.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/strings.h"

namespace thalweg {
namespace {

constexpr double kNumberShare = 0.95;
constexpr double kMaxVocabulary = 5000;     // distinct values
constexpr double kMaxIndicator = 24;        // more values get a vector instead of counts
constexpr int kQuantileBuckets = 32;
constexpr double kMaxCrossParent = 100;     // distinct values of a field in a cross
constexpr std::size_t kMaxCrossFields = 6;  // all their pairs are crossed
constexpr std::int64_t kMaxCrossBuckets = 10000;

struct Category {
  std::string name;
  double distinct = 0;
  std::int64_t dimension = 0;   // of its vector; 0: counts
  std::int64_t buckets = 0;     // hashed; 0: vocabulary
};

std::int64_t DimensionFor(double distinct) {
  return std::clamp<std::int64_t>(std::llround(1.6 * std::pow(distinct, 0.4)), 4, 16);
}

// Bytes of a row of a table with its slots: AdaGrad keeps one number a weight, FTRL two.
double BytesPerBucket(std::int64_t dimension) { return 4.0 * (2 * static_cast<double>(dimension) + 3); }

class Chooser {
 public:
  Chooser(const Profile& profile, const ProposeOptions& options, ModelSpec* spec, std::vector<std::string>* notes)
      : profile_(profile), options_(options), spec_(*spec), notes_(*notes) {}

  Status Run() {
    for (const std::string& name : options_.drop) {
      const bool known = std::find(profile_.names.begin(), profile_.names.end(), name) != profile_.names.end();
      if (!known) return Status::Usage("--drop: " + UnknownName(name, "field", profile_.names));
    }
    for (const std::string& name : profile_.names) {
      const bool dropped = std::find(options_.drop.begin(), options_.drop.end(), name) != options_.drop.end();
      const auto found = profile_.fields.find(name);
      if (name == spec_.label.name || name == spec_.weight || dropped || found == profile_.fields.end()) continue;
      ChooseField(name, found->second);
    }
    SizeTables();
    for (const Category& category : categories_) AddCategory(category);
    AddCrosses();
    if (spec_.columns.empty()) return NothingLeft();
    std::sort(spec_.columns.begin(), spec_.columns.end(), [](const ColumnSpec& a, const ColumnSpec& b) { return a.name < b.name; });
    return Status::Ok();
  }

 private:
  // With why each field was left out: the notes are not shown where there is no model.
  Status NothingLeft() const {
    std::string why = "no field is left to learn from";
    for (std::size_t i = 0; i < std::min<std::size_t>(left_out_.size(), 10); ++i) why += "\n  " + left_out_[i];
    if (left_out_.size() > 10) why += fmt::format("\n  … and {} more", left_out_.size() - 10);
    return Status::BadData(why);
  }

  void LeaveOut(const std::string& name, const std::string& why) {
    left_out_.push_back(fmt::format("{}: left out: {}", name, why));
    notes_.push_back(left_out_.back());
  }

  void Note(const std::string& name, const std::string& text) { notes_.push_back(fmt::format("{}: {}", name, text)); }

  void ChooseField(const std::string& name, const FieldProfile& field) {
    const FieldStatistics& s = field.statistics;
    std::vector<std::string> marks;
    std::uint64_t marked = 0;
    if (!field.typed) {
      for (const std::string& mark : DefaultMissingMarks()) {
        const auto count = s.words.find(mark);
        if (count != s.words.end()) marks.push_back(mark), marked += count->second;
      }
    }
    const auto present = static_cast<double>(s.values - marked);
    const bool many = field.list || s.max_per_row > 1;
    const double distinct = s.distinct.distinct();
    if (s.values == 0 || present == 0) return LeaveOut(name, "no row has a value");
    if (IsNumber(field, present) && !IsWideInteger(s)) {
      if (many) return LeaveOut(name, "lists of numbers; a spec can use them (a numeric column with a shape)");
      if (s.min == s.max && s.missing + marked == 0 && s.numbers == s.values) return LeaveOut(name, fmt::format("always {}", FormatNumber(s.min)));
      if (IsRowNumber(s)) return LeaveOut(name, "row numbers (whole, each once)");
      return ChooseNumber(name, s, marks, marked);
    }
    if (distinct <= 1 && s.missing == 0) {
      const auto value = s.distinct.MostCommon(1);
      return LeaveOut(name, value.empty() ? "always the same" : "always " + Quote(value[0].first));
    }
    const bool unique = distinct >= 0.9 * static_cast<double>(s.values) && s.values >= 100;
    if (unique && !many) return LeaveOut(name, fmt::format("a key or text that hardly repeats (about {:.0f} values)", distinct));
    FieldSpec spec{.name = name, .dtype = DType::kText, .many = many};
    AddField(spec);
    Category category{.name = name, .distinct = distinct};
    category.dimension = distinct <= kMaxIndicator ? 0 : DimensionFor(distinct);
    if (distinct > kMaxVocabulary || !s.distinct.exact()) category.buckets = std::llround(std::clamp(distinct * 1.5, 1000.0, 5e7));
    categories_.push_back(category);
  }

  // Typed values are what their types say, NaN too; cells are what they read as.
  static bool IsNumber(const FieldProfile& field, double present) {
    const FieldStatistics& s = field.statistics;
    if (s.numbers == 0) return false;
    if (!field.typed) return s.leading_zeros == 0 && static_cast<double>(s.numbers) >= kNumberShare * present;
    std::uint64_t others = 0;
    for (const auto& [type, count] : field.raw_types) others += type == "text" || type == "bool" ? count : 0;
    return static_cast<double>(others) <= (1 - kNumberShare) * present;
  }

  // Ids such as hashes of 64 bits: as numbers they would run together. Times in nanoseconds since 1970 are numbers still.
  static bool IsWideInteger(const FieldStatistics& s) {
    if (s.integers != s.numbers || std::max(std::fabs(s.min), std::fabs(s.max)) <= 9007199254740992.0) return false;
    return !(s.min > 0 && s.max < 2 * s.min && static_cast<float>(s.min) < static_cast<float>(s.max));
  }

  static bool IsRowNumber(const FieldStatistics& s) {
    const auto rows = static_cast<double>(s.rows);
    return s.rows >= 100 && s.integers == s.numbers && s.distinct.distinct() >= 0.98 * rows && s.max - s.min < 1.5 * rows;
  }

  void AddField(FieldSpec field) {
    spec_.fields.push_back(std::move(field));
  }

  void ChooseNumber(const std::string& name, const FieldStatistics& s, const std::vector<std::string>& marks, std::uint64_t marked) {
    AddField({.name = name, .dtype = DType::kNumber, .missing = marks});
    ColumnSpec number{name, "numeric", {}};
    // A tail that is heavy on the plain scale and not on the logarithm's: counts, money.
    const double high = s.quantiles.Quantile(0.99), middle = s.quantiles.Quantile(0.5);
    const bool heavy = s.min >= 0 && high > 20 * (middle + 1);
    number.params["normalizer"] = std::string(heavy ? "log1p_standard" : "standard");
    const std::uint64_t missing = s.missing + marked;
    if (missing > 0) number.params["missing"] = std::string("mean");
    ColumnSpec buckets{name + "_bucketized", "bucketized", {{"source", name}, {"quantiles", std::int64_t{kQuantileBuckets}}}};
    std::string what = fmt::format("number, {:.6g} to {:.6g}", s.min, s.max);
    if (missing > 0) what += fmt::format(", {} missing (then the mean)", missing);
    if (!marks.empty()) what += fmt::format("; {} marks a missing one", Join(marks, ", "));
    spec_.deep.columns.push_back(name);
    if (s.min < s.max) {
      spec_.wide.columns.push_back(buckets.name);
      spec_.deep.columns.push_back(buckets.name);
      spec_.columns.push_back(std::move(buckets));
    }
    spec_.columns.push_back(std::move(number));
    Note(name, what + (heavy ? "; log1p, " : "; ") + "standardised and cut at quantiles (deep), cut at quantiles (wide)");
  }

  // Hashed tables share what --table-memory leaves after the others; the largest give way first.
  void SizeTables() {
    double fixed = 0;
    for (const Category& c : categories_) {
      if (c.buckets == 0) fixed += c.distinct * BytesPerBucket(c.dimension);
    }
    const double budget = std::max(1e5, static_cast<double>(options_.table_memory_bytes) - fixed -
                                            static_cast<double>(kMaxCrossBuckets) * 15 * BytesPerBucket(0));
    double low = 100, high = 5e7;   // the cap on buckets a table, by bisection
    for (int i = 0; i < 60; ++i) {
      const double cap = std::sqrt(low * high);
      double bytes = 0;
      for (const Category& c : categories_) bytes += std::min(static_cast<double>(c.buckets), cap) * BytesPerBucket(c.dimension);
      (bytes > budget ? high : low) = cap;
    }
    for (Category& c : categories_) c.buckets = std::min(c.buckets, static_cast<std::int64_t>(low));
  }

  void AddCategory(const Category& c) {
    ColumnSpec column{c.name, c.buckets > 0 ? "hash_bucket" : "vocabulary_list", {}};
    std::string what;
    if (c.buckets > 0) {
      column.params["hash_bucket_size"] = c.buckets;
      what = fmt::format("category, about {:.0f} values; hashed to {}", c.distinct, c.buckets);
    } else {
      column.params["max_size"] = std::int64_t{static_cast<std::int64_t>(kMaxVocabulary)};
      column.params["num_oov_buckets"] = std::int64_t{1};
      if (c.distinct > 100) column.params["min_count"] = std::int64_t{2};
      what = fmt::format("category, {:.0f} values", c.distinct);
    }
    spec_.wide.columns.push_back(c.name);
    if (c.dimension > 0) {
      spec_.columns.push_back({c.name + "_embedding", "embedding", {{"column", c.name}, {"dimension", c.dimension}}});
      what += fmt::format("; a vector of {} (deep), as it is (wide)", c.dimension);
    } else {
      spec_.columns.push_back({c.name + "_indicator", "indicator", {{"column", c.name}}});
      what += "; counts (deep), as it is (wide)";
    }
    spec_.deep.columns.push_back(spec_.columns.back().name);
    spec_.columns.push_back(std::move(column));
    Note(c.name, what);
  }

  // All pairs of the fields with the most values among those with few: they have the most to memorise.
  void AddCrosses() {
    std::vector<Category> parents;
    for (const Category& c : categories_) {
      if (c.distinct <= kMaxCrossParent && c.distinct >= 2) parents.push_back(c);
    }
    std::stable_sort(parents.begin(), parents.end(), [](const Category& a, const Category& b) { return a.distinct > b.distinct; });
    if (parents.size() > kMaxCrossFields) parents.resize(kMaxCrossFields);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < parents.size(); ++i) {
      for (std::size_t j = i + 1; j < parents.size(); ++j) {
        const auto buckets = std::clamp<std::int64_t>(std::llround(parents[i].distinct * parents[j].distinct * 4), 16, kMaxCrossBuckets);
        ColumnSpec cross = CrossedColumn({parents[i].name, parents[j].name}, buckets);
        names.push_back(parents[i].name + " × " + parents[j].name);
        spec_.wide.columns.push_back(cross.name);
        spec_.columns.push_back(std::move(cross));
      }
    }
    if (!names.empty()) notes_.push_back("crosses (wide): " + Join(names, ", "));
  }

  const Profile& profile_;
  const ProposeOptions& options_;
  ModelSpec& spec_;
  std::vector<std::string>& notes_;
  std::vector<Category> categories_;
  std::vector<std::string> left_out_;
};

}  // namespace

Status ChooseColumns(const Profile& profile, const ProposeOptions& options, ModelSpec* spec, std::vector<std::string>* notes) {
  return Chooser(profile, options, spec, notes).Run();
}

}  // namespace thalweg
