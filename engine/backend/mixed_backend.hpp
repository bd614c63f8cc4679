#pragma once
// Shares submissions among a CPU and devices: each goes where it is expected to be done first.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"

namespace longwatch {

/// The kinds of work that rates are told apart by.
enum class WorkKind : std::uint8_t { numbers, categories, scores, residuals, classes, gram, row_errors, replicates };
inline constexpr std::size_t kWorkKinds = 8;
inline constexpr const char* kWorkNames[kWorkKinds] = {"numbers", "categories", "scores",     "residuals",
                                                       "classes", "gram",       "row_errors", "replicates"};
inline const char* name_of(WorkKind kind) { return kWorkNames[static_cast<std::size_t>(kind)]; }

/// How fast a backend was at start-up. Units of work: values of a column; of `gram` and `row_errors` also times the
/// number of features, or of components; cells drawn of `replicates`.
struct WorkRates {
  double start = 0;                           ///< seconds that the smallest submission takes
  std::array<double, kWorkKinds> per_unit{};  ///< seconds
};

/// A backend that takes part. One that computes on the calling thread (not `queued`) does one submission a thread; a
/// queued one does them one after another.
struct Worker {
  std::unique_ptr<Backend> backend;
  WorkRates rates;
  bool queued = false;
};

/// How much of a kind a worker was given.
struct WorkDone {
  std::string backend;
  WorkKind kind{};
  std::int64_t submissions = 0;
  std::int64_t units = 0;
};

/// Several backends as one: results do not depend on who computes what. At least one worker.
class MixedBackend : public Backend {
 public:
  /// Which worker takes a submission of so many units; for tests.
  using Chooser = std::function<std::size_t(WorkKind kind, std::int64_t units)>;
  static std::unique_ptr<MixedBackend> make(std::vector<Worker> workers);
  static std::unique_ptr<MixedBackend> make(std::vector<Worker> workers, Chooser chooser);
  /// What went where so far, by worker and kind; without what nobody got.
  [[nodiscard]] virtual std::vector<WorkDone> done() const = 0;
};

}  // namespace longwatch
