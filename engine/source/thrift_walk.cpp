// Holds bytes against the table of structures.
#include <string>

#include "engine/source/guard.hpp"
#include "engine/source/thrift_shape.hpp"

namespace longwatch::reading {
namespace {

bool is_boolean(Wire type) { return type == Wire::yes || type == Wire::no; }

class Walk {
 public:
  Walk(ThriftCursor& cursor, std::int64_t memory, ThriftSink& sink) : cursor_(cursor), sink_(sink), memory_(memory) {}

  void structure(const ThriftShape& shape) {
    charge(shape.memory);
    sink_.open(shape);
    std::uint64_t seen = 0;
    int members = 0;
    for (auto at = cursor_.field(0); at.type != Wire::stop; at = cursor_.field(at.id)) {
      ++members;
      member(shape, at, seen);
    }
    for (const ThriftField& field : shape.fields) {
      if (field.required && (seen >> static_cast<unsigned>(field.id) & 1U) == 0) fail(shape, field.id, "is missing");
    }
    if (shape.is_union && members != 1)
      throw Corrupt(std::string(shape.name) + " has " + std::to_string(members) + " values and not one");
    sink_.close(shape);
  }

 private:
  [[noreturn]] static void fail(const ThriftShape& shape, std::int64_t id, const char* what) {
    throw Corrupt("field " + std::to_string(id) + " of " + shape.name + " " + what);
  }

  void charge(std::int64_t bytes) {
    memory_ -= bytes;
    if (memory_ < 0) throw Corrupt("it would take more memory than metadata of its size may");
  }

  void member(const ThriftShape& shape, const ThriftCursor::Field& at, std::uint64_t& seen) {
    if (at.type == Wire::structure) sink_.field(shape, at.id);
    const ThriftField* known = nullptr;
    for (const ThriftField& field : shape.fields) {
      if (field.id == at.id) known = &field;
    }
    if (known == nullptr && shape.closed) fail(shape, at.id, "is none that the format has");
    if (known == nullptr) return cursor_.skip(at.type);
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(known->id);
    if ((seen & bit) != 0) fail(shape, at.id, "comes twice");
    seen |= bit;
    if (at.type != known->type && !(is_boolean(at.type) && is_boolean(known->type)))
      fail(shape, at.id, "has another type than it should");
    if (at.type == Wire::list) return list(shape, *known);
    value(shape, *known, at.type);
  }

  void value(const ThriftShape& shape, const ThriftField& field, Wire type) {
    switch (type) {
      case Wire::yes:
      case Wire::no:
        return sink_.number(shape, field.id, type == Wire::yes ? 1 : 0);
      case Wire::byte:
        return sink_.number(shape, field.id, cursor_.byte());
      case Wire::i16:
      case Wire::i32:
      case Wire::i64:
        return sink_.number(shape, field.id, cursor_.number(type));
      case Wire::binary: {
        const std::string_view text = cursor_.text();
        charge(static_cast<std::int64_t>(text.size()));
        return sink_.text(shape, field.id, text);
      }
      case Wire::structure:
        return structure(*field.inner);
      default:
        return cursor_.skip(type);
    }
  }

  void list(const ThriftShape& shape, const ThriftField& field) {
    const ThriftCursor::List at = cursor_.list();
    if (at.size > 0 && at.element != field.element) fail(shape, field.id, "has elements of another type");
    constexpr std::int64_t kElement = 40;  // a text or number in a vector, rounded up
    for (std::size_t i = 0; i < at.size; ++i) {
      charge(kElement);
      value(shape, field, at.element);
    }
  }

  ThriftCursor& cursor_;
  ThriftSink& sink_;
  std::int64_t memory_;
};

}  // namespace

void walk_thrift(ThriftCursor& cursor, const ThriftShape& shape, std::int64_t memory, ThriftSink& sink) {
  Walk(cursor, memory, sink).structure(shape);
}

}  // namespace longwatch::reading
