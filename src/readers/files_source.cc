#include "readers/files_source.h"

#include <algorithm>

#include "base/strings.h"

namespace thalweg {
namespace {

class FilesSource : public RawSource {
 public:
  FilesSource(FilesOptions options, std::vector<OpenInput> begun)
      : options_(std::move(options)), begun_(std::move(begun)) {}

  Status Begin() {
    THALWEG_RETURN_IF_ERROR(Open(0));
    names_ = rows_->column_names();
    options_.file.read = rows_->read();
    return Status::Ok();
  }

  const ReadSpec& read() const override { return options_.file.read; }
  std::vector<std::string> column_names() const override { return names_; }
  bool typed() const override { return options_.format->typed; }
  bool more_names_may_come() const override { return options_.format->more_names_may_come; }
  std::uint64_t spooled_bytes() const override { return options_.spooled_bytes; }

  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    if (!failed_.ok()) return failed_;
    while (rows_ != nullptr) {
      Result<bool> more = rows_->Next(chunk);
      if (!more.ok()) return Fail(more.status());
      if (*more) {
        any_rows_ = true;
        return true;
      }
      rows_ = nullptr;
      if (at_ + 1 < options_.inputs.size()) {
        if (Status status = Open(at_ + 1); !status.ok()) return Fail(status);
        if (Status status = CheckSameNames(); !status.ok()) return Fail(status);
      }
    }
    if (!any_rows_) return Fail(NoRows());
    return false;
  }

  Status Rewind() override {
    if (std::any_of(options_.inputs.begin(), options_.inputs.end(), [](const InputFile& f) { return f.once; })) {
      return Status::Internal("standard input was opened for one pass only");
    }
    failed_ = Status::Ok();
    any_rows_ = false;
    return Open(0);
  }

 private:
  Status Fail(Status status) {
    failed_ = status;
    rows_ = nullptr;
    return status;
  }

  Status Open(std::size_t at) {
    at_ = at;
    const InputFile& file = options_.inputs[at];
    OpenInput input;
    const auto begun =
        std::find_if(begun_.begin(), begun_.end(), [&](const OpenInput& open) { return open.file.name == file.name; });
    if (begun != begun_.end()) {
      input = std::move(*begun);
      begun_.erase(begun);
    } else {
      THALWEG_ASSIGN_OR_RETURN(input, BeginInput(file, nullptr));
    }
    THALWEG_ASSIGN_OR_RETURN(rows_, options_.format->open(std::move(input), options_.file));
    return Status::Ok();
  }

  Status CheckSameNames() const {
    if (options_.format->more_names_may_come) return Status::Ok();
    const std::string& name = options_.inputs[at_].name;
    const std::string& first = options_.inputs.front().name;
    const std::vector<std::string>& here = rows_->column_names();
    for (const std::string& column : names_) {
      if (IsWanted(options_.file, column) && std::find(here.begin(), here.end(), column) == here.end()) {
        return Status::BadData(name + ": has no field " + Quote(column) + ", which " + first +
                               " has; its fields: " + Join(here, ", "));
      }
    }
    for (const std::string& column : here) {
      if (options_.file.columns.empty() && std::find(names_.begin(), names_.end(), column) == names_.end()) {
        return Status::BadData(name + ": has a field " + Quote(column) + ", which " + first + " has not");
      }
    }
    return Status::Ok();
  }

  Status NoRows() const {
    const std::string& name = options_.inputs.front().name;
    if (options_.format->family == "text" && options_.file.read.header == "yes") {
      return Status::BadData(name + ": has a header but no rows (say --header no where the first line is a row)");
    }
    return Status::BadData(name + ": has no rows");
  }

  FilesOptions options_;
  std::vector<OpenInput> begun_;
  std::vector<std::string> names_;
  std::unique_ptr<FileRows> rows_;
  std::size_t at_ = 0;
  bool any_rows_ = false;
  Status failed_;
};

}  // namespace

Result<std::unique_ptr<RawSource>> OpenFiles(FilesOptions options, std::vector<OpenInput> begun) {
  auto source = std::make_unique<FilesSource>(std::move(options), std::move(begun));
  THALWEG_RETURN_IF_ERROR(source->Begin());
  return std::unique_ptr<RawSource>(std::move(source));
}

}  // namespace thalweg
