// Rows to segments: codes to ids by column, and for crossings pairs of ids to the segment, column by column.
#include "engine/chunk/plan.hpp"
#include "engine/chunk/segment_value.hpp"
#include "engine/chunk/value_ids.hpp"

namespace longwatch {
namespace {

// One definition. With a single column a text's id is its segment. With more, joins[j] takes what columns 0..j have
// come to, and the id of column j + 1; the last join yields the segment.
struct Route {
  std::vector<ValueIds> columns;
  std::vector<PairMap> joins;
};

void add_single(Route& route, const Segment& segment, std::int32_t index) {
  if (segment.missing) {
    route.columns[0].add_missing(index);
  } else {
    route.columns[0].add(segment.value, index);
  }
}

void add_crossing(Route& route, const Segment& segment, std::int32_t index) {
  const std::vector<std::optional<std::string>> parts = split_parts(segment.value);
  if (parts.size() != route.columns.size()) return;  // no row has such a value
  std::int32_t prefix = -1;
  for (std::size_t j = 0; j < parts.size(); ++j) {
    ValueIds& column = route.columns[j];
    if (!parts[j]) column.add_missing(0);
    const std::int32_t id = parts[j] ? column.add(*parts[j], column.next()) : 0;
    if (j == 0) {
      prefix = id;
      continue;
    }
    PairMap& join = route.joins[j - 1];
    const bool last = j + 1 == parts.size();
    prefix = join.find_or_insert(prefix, id, last ? index : static_cast<std::int32_t>(join.size()));
  }
}

}  // namespace

struct SegmentRouter::Impl {
  std::vector<Route> routes;
  std::vector<std::int32_t> ids;
};

SegmentRouter::SegmentRouter(const SegmentPlan& plan) : impl_(std::make_unique<Impl>()) {
  for (const SegmentDefinition& definition : plan.definitions) {
    Route route;
    route.columns.resize(definition.size());
    if (!definition.empty()) route.joins.resize(definition.size() - 1);
    impl_->routes.push_back(std::move(route));
  }
  for (std::size_t i = 0; i < plan.segments.size(); ++i) {
    const Segment& segment = plan.segments[i];
    if (segment.definition < 0) continue;
    Route& route = impl_->routes[static_cast<std::size_t>(segment.definition)];
    const auto index = static_cast<std::int32_t>(i);
    if (route.columns.size() == 1) {
      add_single(route, segment, index);
    } else {
      add_crossing(route, segment, index);
    }
  }
}

SegmentRouter::~SegmentRouter() = default;
SegmentRouter::SegmentRouter(SegmentRouter&&) noexcept = default;

void SegmentRouter::route(int definition, std::span<const ColumnView> columns, std::int64_t rows, std::int32_t* out) {
  Route& route = impl_->routes[static_cast<std::size_t>(definition)];
  std::vector<std::int32_t>& ids = impl_->ids;
  route.columns[0].translate(columns[0], rows, out);
  for (std::size_t j = 1; j < columns.size(); ++j) {
    ids.resize(static_cast<std::size_t>(rows));
    route.columns[j].translate(columns[j], rows, ids.data());
    const PairMap& join = route.joins[j - 1];
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int32_t id = ids[static_cast<std::size_t>(i)];
      out[i] = out[i] < 0 || id < 0 ? -1 : join.find(out[i], id);
    }
  }
}

}  // namespace longwatch
