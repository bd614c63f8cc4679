#pragma once
// Reads FlatBuffers, the metadata of Arrow files, without believing any of them: every access is checked.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "engine/source/guard.hpp"

namespace longwatch::reading {

/// Bytes that are read at any offset; beyond their end, Corrupt is thrown.
class FlatBytes {
 public:
  explicit FlatBytes(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  [[nodiscard]] T at(std::size_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) throw Corrupt("its metadata point nowhere");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

/// An array of structs, numbers or references; all its elements lie within the bytes.
class FlatVector {
 public:
  FlatVector() : bytes_({}) {}
  FlatVector(FlatBytes bytes, std::size_t at, std::size_t stride);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The number at `offset` in element `index`, which must exist.
  template <class T>
  [[nodiscard]] T get(std::size_t index, std::size_t offset = 0) const {
    return bytes_.at<T>(at_ + index * stride_ + offset);
  }

 private:
  friend class FlatTable;
  FlatBytes bytes_;
  std::size_t at_ = 0;
  std::size_t stride_ = 1;
  std::size_t size_ = 0;
};

/// A table. Fields are counted from 0 in the order of the schema; a union takes two.
class FlatTable {
 public:
  FlatTable(FlatBytes bytes, std::size_t at);
  /// The table that the bytes begin with a reference to.
  static FlatTable root(std::string_view bytes);

  template <class T>
  [[nodiscard]] T number(std::size_t field, T fallback) const {
    const std::size_t where = place(field);
    return where == 0 ? fallback : bytes_.at<T>(where);
  }
  [[nodiscard]] std::optional<FlatTable> table(std::size_t field) const;
  /// An absent vector is empty. `stride` is the size of an element.
  [[nodiscard]] FlatVector vector(std::size_t field, std::size_t stride) const;
  /// Element `index` of a vector of tables (stride 4).
  [[nodiscard]] static FlatTable element(const FlatVector& tables, std::size_t index);

 private:
  [[nodiscard]] std::size_t place(std::size_t field) const;  // 0 where the field is absent

  FlatBytes bytes_;
  std::size_t at_;
  std::size_t names_;       // where the table of field offsets is
  std::size_t names_size_;  // and its bytes
};

}  // namespace longwatch::reading
