// Looks a part up in its family's list, which is written by hand in the family's registry.cc:
//
//   struct Entry { const KindInfo& info; std::unique_ptr<Layer> (*make)(const Params&); };
//   constexpr Entry kLayers[] = {{kDense, MakeDense}, {kDropout, MakeDropout}};
//   THALWEG_ASSIGN_OR_RETURN(const Entry* entry, FindKind(std::span<const Entry>(kLayers), spec.kind, "layer"));
#ifndef THALWEG_BASE_REGISTRY_H_
#define THALWEG_BASE_REGISTRY_H_

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/strings.h"
#include "thalweg/kinds.h"
#include "thalweg/status.h"

namespace thalweg {

// The KindInfo of an entry: the entry itself, or its member `info`, by value, reference or pointer.
template <class Entry>
const KindInfo& InfoOf(const Entry& entry) {
  if constexpr (std::is_same_v<Entry, KindInfo>) {
    return entry;
  } else if constexpr (std::is_pointer_v<decltype(Entry::info)>) {
    return *entry.info;
  } else {
    return entry.info;
  }
}

// The entry of that kind; kBadConfig with the nearest name and the known ones otherwise. `what` is for people: "layer".
template <class Entry>
Result<const Entry*> FindKind(std::span<const Entry> entries, std::string_view kind, std::string_view what) {
  std::vector<std::string> known;
  for (const Entry& entry : entries) {
    if (kind == InfoOf(entry).name) return &entry;
    known.emplace_back(InfoOf(entry).name);
  }
  return Status::BadConfig(UnknownName(kind, what, known));
}

// The family as `thalweg kinds` prints it, in the order of the list.
template <class Entry>
FamilyInfo FamilyOf(const char* name, const char* help, std::span<const Entry> entries) {
  FamilyInfo family{name, help, {}};
  for (const Entry& entry : entries) family.kinds.push_back(InfoOf(entry));
  return family;
}

}  // namespace thalweg

#endif  // THALWEG_BASE_REGISTRY_H_
