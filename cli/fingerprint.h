// What tells that input files are the same as before, for --resume.
#ifndef THALWEG_CLI_FINGERPRINT_H_
#define THALWEG_CLI_FINGERPRINT_H_

#include <string>
#include <vector>

#include "thalweg/status.h"

namespace thalweg::cli {

// Over sizes and bytes of the files (globs expanded), in order; of a file past 1 GiB, over 64 evenly spaced pieces of 1 MiB.
// "-" (standard input) counts by its place only.
Result<std::string> FingerprintFiles(const std::vector<std::string>& paths);

}  // namespace thalweg::cli

#endif  // THALWEG_CLI_FINGERPRINT_H_
