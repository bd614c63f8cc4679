#pragma once
// Instants, local times and calendar periods. Microseconds since 1970-01-01 throughout.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/config.hpp"
#include "engine/source/iso_time.hpp"

namespace longwatch {

/// A stretch of time [begin, end) over which a zone keeps one offset. UTC + offset = local time.
struct ZonePiece {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t offset = 0;
};

/// A time zone by its IANA name. Reads the system's zone files (TZif, /usr/share/zoneinfo or $TZDIR); fails where the
/// name is unknown. "UTC" (or an empty name) needs no file. From 2201 on, zones keep the offset of the end of 2200.
/// Results that do not fit into 64 bits are the nearest that do. O(log changes) a call.
class TimeZone {
 public:
  static Result<TimeZone> find(const std::string& name);
  /// Local wall-clock microseconds of a UTC instant, and back. A local time that occurs twice (clocks set back) is the
  /// first of the two; one that never occurs (clocks set forward) is moved forward by the gap.
  [[nodiscard]] std::int64_t to_local(std::int64_t utc) const;
  [[nodiscard]] std::int64_t to_utc(std::int64_t local) const;
  /// True where local time is UTC, always.
  [[nodiscard]] bool is_utc() const { return transitions_.empty() && first_offset_ == 0; }
  /// The piece that holds a UTC instant (bounds are UTC), and the one whose offset to_utc takes for a local time
  /// (bounds are local). They let a caller with many neighbouring times look up once.
  [[nodiscard]] ZonePiece piece_at_utc(std::int64_t utc) const;
  [[nodiscard]] ZonePiece piece_at_local(std::int64_t local) const;

 private:
  /// From `utc` on (UTC) and from `local` on (local time, see to_utc) the offset is `offset`. All increase.
  struct Transition {
    std::int64_t utc;
    std::int64_t local;
    std::int64_t offset;
  };
  [[nodiscard]] ZonePiece piece(std::int64_t time, std::int64_t Transition::*key) const;
  std::vector<Transition> transitions_;
  std::int64_t first_offset_ = 0;
};

/// The calendar period (of `count` >= 1 units) that holds a local time: periods are counted from 1970-01-01 (weeks from
/// Monday 1969-12-29). Any time is allowed, also before 1970.
std::int64_t period_of(std::int64_t local, PeriodUnit unit, std::int64_t count);
/// The local time at which a period starts, or the nearest that fits into 64 bits.
std::int64_t period_start(std::int64_t period, PeriodUnit unit, std::int64_t count);
/// Its key as pandas' to_period writes it: "2013-05-01 07:00", "2013-05-01", "2013-04-29/2013-05-05" (a week),
/// "2013-05", "2013Q2", "2013". A period of several units has the key of its first.
std::string period_key(std::int64_t period, PeriodUnit unit, std::int64_t count);

/// "2013-05-01T07:00:00.123456Z" (six digits of fraction, only where it is not zero).
std::string format_utc(std::int64_t micros);

}  // namespace longwatch
