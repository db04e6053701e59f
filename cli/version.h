// What `thalweg --version` prints.
#ifndef THALWEG_CLI_VERSION_H_
#define THALWEG_CLI_VERSION_H_

#include <string>

namespace thalweg::cli {

std::string Version();      // "0.1.0"
std::string VersionText();  // version, commit, build, kernels

}  // namespace thalweg::cli

#endif  // THALWEG_CLI_VERSION_H_
