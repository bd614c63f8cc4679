// One Arrow IPC file: its checked footer and batches, and its columns ready to decode.
#include "engine/source/ipc_file.hpp"

#include <algorithm>

#include <arrow/ipc/reader.h>

#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/source/epoch_unit.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/ipc_column.hpp"
#include "engine/source/limited_pool.hpp"

namespace longwatch::reading {
namespace {

constexpr int kMostColumns = 100'000;
// Dictionaries up to this size are kept while the file is open, larger ones while a reader needs them.
constexpr std::int64_t kSmallDictionary = 4LL << 20U;
// Bytes at either end of a batch that count for the file's fingerprint.
constexpr std::int64_t kSample = 4096;

template <class T>
T take(arrow::Result<T> result) {
  if (!result.ok()) throw Corrupt(result.status().message());
  return std::move(result).ValueUnsafe();
}

// The schema in the footer, which the library verifies; numbers are little-endian, as the footer was checked for.
std::shared_ptr<arrow::Schema> read_schema(const std::shared_ptr<arrow::io::ReadableFile>& file) {
  auto schema = take(arrow::ipc::RecordBatchFileReader::Open(file))->schema();
  if (schema->num_fields() > kMostColumns)
    throw Corrupt("the file has " + std::to_string(schema->num_fields()) + " columns, more than " +
                  std::to_string(kMostColumns));
  return schema;
}

// Footers do not change with the values, so the ends of the batches count too.
std::uint64_t hash_ends(arrow::io::ReadableFile& file, const IpcBlock& block, std::uint64_t hash) {
  const std::int64_t head = std::min(block.body, kSample);
  const std::int64_t tail = std::min(block.body - head, kSample);
  hash = hash_text(read_file_bytes(file, block.offset + block.metadata, head), hash);
  return hash_text(read_file_bytes(file, block.offset + block.metadata + block.body - tail, tail), hash);
}

}  // namespace

Result<std::shared_ptr<const IpcFile>> IpcFile::open(const std::string& path, bool keep_open) {
  Location where;
  where.file = valid_utf8(path);
  return guarded(where, [&]() -> Result<std::shared_ptr<const IpcFile>> {
    auto file = std::make_shared<IpcFile>();
    file->summary_.path = path;
    file->load();
    if (!keep_open) file->kept_.reset();
    return std::shared_ptr<const IpcFile>(std::move(file));
  });
}

void IpcFile::load() {
  kept_ = take(arrow::io::ReadableFile::Open(summary_.path));
  identity_ = identify(kept_->file_descriptor());
  summary_.bytes = identity_.bytes;
  const std::string footer = read_ipc_footer(*kept_, summary_.bytes);
  footer_ = parse_ipc_footer(footer, summary_.bytes);
  const auto schema = read_schema(kept_);
  if (footer_.dictionary_ids.size() != static_cast<std::size_t>(schema->num_fields()))
    throw Corrupt("the footer counts its columns in two ways");
  IpcColumns columns = ipc_columns(*schema, footer_.dictionary_ids);
  columns_ = std::move(columns.columns);
  fields_ = std::move(columns.fields);
  load_dictionaries();
  load_batches(footer);
}

void IpcFile::load_dictionaries() {
  for (std::size_t i = 0; i < footer_.dictionaries.size(); ++i) {
    const IpcBlock& block = footer_.dictionaries[i];
    const IpcBatch batch = parse_ipc_batch(read_ipc_metadata(*kept_, block), block, true);
    dictionary_blocks_[batch.dictionary_id].push_back(i);
  }
}

void IpcFile::load_batches(const std::string& footer) {
  summary_.fingerprint = hash_text(footer, static_cast<std::uint64_t>(summary_.bytes));
  for (std::size_t i = 0; i < footer_.batches.size(); ++i) {
    const IpcBlock& block = footer_.batches[i];
    try {
      const std::string metadata = read_ipc_metadata(*kept_, block);
      group_rows_.push_back(parse_ipc_batch(metadata, block, false).rows);
      summary_.fingerprint = hash_ends(*kept_, block, hash_text(metadata, summary_.fingerprint));
    } catch (const std::exception& e) {
      throw Corrupt("row group " + std::to_string(i) + ": " + e.what());
    }
    summary_.rows += group_rows_.back();  // at most 2^31 rows in each of a million batches
    check_promise(summary_.rows, summary_.bytes);
  }
  for (const IpcBlock& block : footer_.dictionaries)
    summary_.fingerprint = hash_ends(*kept_, block, summary_.fingerprint);
}

IpcFile::File IpcFile::handle() const {
  if (kept_ != nullptr) return kept_;
  auto file = take(arrow::io::ReadableFile::Open(summary_.path));
  if (identify(file->file_descriptor()) != identity_) throw Corrupt("the file was changed while it was read");
  return file;
}

std::shared_ptr<const IpcDictionary> IpcFile::dictionary(const File& file, const LeafColumn& column) const {
  const IpcField& field = fields_.at(static_cast<std::size_t>(column.leaf));
  if (field.stored->id() != arrow::Type::DICTIONARY) return nullptr;
  const auto blocks = dictionary_blocks_.find(field.dictionary_id);
  if (blocks == dictionary_blocks_.end()) throw Corrupt("the file does not hold the column's dictionary");
  const std::lock_guard lock(dictionaries_mutex_);
  if (const auto known = small_.find(column.leaf); known != small_.end()) return known->second;
  if (auto known = large_[column.leaf].lock()) return known;
  std::vector<IpcBatch> batches;
  std::int64_t bytes = 0;
  for (const std::size_t i : blocks->second) {
    const IpcBlock& block = footer_.dictionaries[i];
    batches.push_back(parse_ipc_batch(read_ipc_metadata(*file, block), block, true));
    bytes += block.body;
  }
  auto loaded =
      load_ipc_dictionary(file, batches, field, column.physical, memory_budget(std::min(bytes, summary_.bytes)));
  if (loaded->bytes <= kSmallDictionary) {
    small_[column.leaf] = loaded;
  } else {
    large_[column.leaf] = loaded;
  }
  return loaded;
}

OpenChunk IpcFile::open_chunk(int group, const LeafColumn& column, bool show_codes) const {
  OpenChunk chunk;
  chunk.rows = group_rows_.at(static_cast<std::size_t>(group));
  if (chunk.rows == 0) return chunk;
  const File file = handle();
  const IpcBlock& block = footer_.batches.at(static_cast<std::size_t>(group));
  const IpcBatch batch = parse_ipc_batch(read_ipc_metadata(*file, block), block, false);
  if (batch.rows != chunk.rows) throw Corrupt("the file was changed while it was read");
  const std::int64_t budget = memory_budget(block.body);
  auto pool = std::make_shared<LimitedPool>(budget);
  chunk.text_budget = budget / 2;
  chunk.pool = pool;
  open_ipc_column({file, &batch, pool.get()}, fields_.at(static_cast<std::size_t>(column.leaf)), column.physical,
                  dictionary(file, column), show_codes, chunk);
  return chunk;
}

std::optional<NumberRange> IpcFile::number_range(const LeafColumn& column) const {
  std::optional<NumberRange> all;
  for (std::size_t i = 0; i < group_rows_.size(); ++i) widen(all, scanned_range(*this, static_cast<int>(i), column));
  return all;
}

}  // namespace longwatch::reading
