// Reads FlatBuffers without believing any of them.
#include "engine/source/flat_table.hpp"

namespace longwatch::reading {
namespace {

// References are unsigned and relative to where they stand.
std::size_t follow(const FlatBytes& bytes, std::size_t at) { return at + bytes.at<std::uint32_t>(at); }

}  // namespace

FlatVector::FlatVector(FlatBytes bytes, std::size_t at, std::size_t stride)
    : bytes_(bytes), at_(at + 4), stride_(stride), size_(bytes.at<std::uint32_t>(at)) {
  if (size_ > (bytes.size() - at_) / stride) throw Corrupt("its metadata hold a list that is longer than they are");
}

FlatTable::FlatTable(FlatBytes bytes, std::size_t at) : bytes_(bytes), at_(at) {
  const auto back = bytes.at<std::int32_t>(at);
  const std::int64_t names = static_cast<std::int64_t>(at) - back;
  if (names < 0) throw Corrupt("its metadata point nowhere");
  names_ = static_cast<std::size_t>(names);
  names_size_ = bytes.at<std::uint16_t>(names_);
}

FlatTable FlatTable::root(std::string_view bytes) {
  const FlatBytes all(bytes);
  return {all, follow(all, 0)};
}

std::size_t FlatTable::place(std::size_t field) const {
  constexpr std::size_t kHead = 4;  // the sizes of the table of offsets and of the table itself
  const std::size_t at = kHead + field * 2;
  if (at + 2 > names_size_) return 0;
  const auto offset = bytes_.at<std::uint16_t>(names_ + at);
  return offset == 0 ? 0 : at_ + offset;
}

std::optional<FlatTable> FlatTable::table(std::size_t field) const {
  const std::size_t where = place(field);
  if (where == 0) return std::nullopt;
  return FlatTable(bytes_, follow(bytes_, where));
}

FlatVector FlatTable::vector(std::size_t field, std::size_t stride) const {
  const std::size_t where = place(field);
  return where == 0 ? FlatVector() : FlatVector(bytes_, follow(bytes_, where), stride);
}

FlatTable FlatTable::element(const FlatVector& tables, std::size_t index) {
  return {tables.bytes_, follow(tables.bytes_, tables.at_ + index * tables.stride_)};
}

}  // namespace longwatch::reading
