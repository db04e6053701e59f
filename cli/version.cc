#include "version.h"

#include "tensor/kernels.h"

namespace thalweg::cli {

std::string Version() { return THALWEG_VERSION; }

std::string VersionText() {
  return "thalweg " THALWEG_VERSION " (commit " THALWEG_COMMIT ", build " THALWEG_BUILD ", kernels " + KernelNames() + ")";
}

}  // namespace thalweg::cli
