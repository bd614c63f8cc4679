// Where an Arrow IPC file keeps its batches, and where a batch keeps its buffers (format/File.fbs, format/Message.fbs).
#include "engine/source/ipc_layout.hpp"

#include <algorithm>
#include <cstring>

#include "engine/source/flat_table.hpp"
#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr std::string_view kMagic = "ARROW1";
constexpr std::int64_t kTail = 10;  // footer length and magic
constexpr std::int64_t kHead = 8;   // magic, padded
constexpr std::int64_t kMostBatches = 1'000'000;
constexpr std::int64_t kMostRows = INT32_MAX;  // of a batch
// MetadataVersion: V4 and V5 lay out flat columns alike; older ones were never stable.
constexpr std::int16_t kOldest = 3;
constexpr std::int16_t kNewest = 4;

// Numbers of fields, as in the format's schema files.
enum FooterField : std::uint8_t { kFooterVersion, kFooterSchema, kFooterDictionaries, kFooterBatches };
enum SchemaField : std::uint8_t { kSchemaEndianness, kSchemaFields };
enum FieldField : std::uint8_t { kFieldDictionary = 4 };
enum MessageField : std::uint8_t { kMessageVersion, kMessageType, kMessageHeader, kMessageBody };
enum BatchField : std::uint8_t { kBatchRows, kBatchNodes, kBatchBuffers, kBatchCompression, kBatchVariadic };
enum DictionaryField : std::uint8_t { kDictionaryId, kDictionaryData, kDictionaryDelta };
enum MessageType : std::uint8_t { kDictionaryMessage = 2, kBatchMessage = 3 };

// Whether [at, at + length) lies in [0, end).
bool within(std::int64_t at, std::int64_t length, std::int64_t end) {
  return at >= 0 && length >= 0 && at <= end && length <= end - at;
}

void check_version(std::int16_t version) {
  if (version < kOldest) throw Corrupt("it was written by an Arrow before 0.8, whose layout is no longer read");
  if (version > kNewest) throw Corrupt("its metadata have the unknown version " + std::to_string(version));
}

std::vector<IpcBlock> read_blocks(const FlatTable& footer, std::size_t field, std::int64_t size) {
  const FlatVector blocks = footer.vector(field, 24);
  if (static_cast<std::int64_t>(blocks.size()) > kMostBatches)
    throw Corrupt("the file has " + std::to_string(blocks.size()) + " batches, more than " +
                  std::to_string(kMostBatches));
  std::vector<IpcBlock> out;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const IpcBlock block{blocks.get<std::int64_t>(i), blocks.get<std::int32_t>(i, 8), blocks.get<std::int64_t>(i, 16)};
    const bool fits = within(block.offset, block.metadata, size) &&
                      within(block.offset + block.metadata, block.body, size) && block.offset >= kHead;
    if (!fits) throw Corrupt("the footer places batch " + std::to_string(i) + " outside the file");
    out.push_back(block);
  }
  return out;
}

IpcCodec read_codec(const FlatTable& batch) {
  const auto compression = batch.table(kBatchCompression);
  if (!compression) return IpcCodec::none;
  const auto codec = compression->number<std::int8_t>(0, 0);
  const auto method = compression->number<std::int8_t>(1, 0);
  if (method != 0 || codec < 0 || codec > 1) throw Corrupt("its buffers are compressed in an unknown way");
  return codec == 0 ? IpcCodec::lz4 : IpcCodec::zstd;
}

void read_buffers(const FlatTable& batch, const IpcBlock& block, IpcBatch& out) {
  const FlatVector buffers = batch.vector(kBatchBuffers, 16);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const IpcBuffer buffer{buffers.get<std::int64_t>(i), buffers.get<std::int64_t>(i, 8)};
    if (!within(buffer.offset, buffer.length, block.body))
      throw Corrupt("buffer " + std::to_string(i) + " lies outside its batch");
    out.buffers.push_back({block.offset + block.metadata + buffer.offset, buffer.length});
  }
}

void read_nodes(const FlatTable& batch, IpcBatch& out) {
  const FlatVector nodes = batch.vector(kBatchNodes, 16);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const IpcNode node{nodes.get<std::int64_t>(i), nodes.get<std::int64_t>(i, 8)};
    if (node.length < 0 || node.nulls < 0 || node.nulls > node.length)
      throw Corrupt("a column promises " + std::to_string(node.nulls) + " nulls in " + std::to_string(node.length) +
                    " rows");
    out.nodes.push_back(node);
  }
  const FlatVector variadic = batch.vector(kBatchVariadic, 8);
  for (std::size_t i = 0; i < variadic.size(); ++i) {
    out.variadic.push_back(variadic.get<std::int64_t>(i));
    if (!within(out.variadic.back(), 0, static_cast<std::int64_t>(out.buffers.size())))
      throw Corrupt("a column promises more buffers than its batch has");
  }
}

}  // namespace

std::string read_file_bytes(arrow::io::ReadableFile& file, std::int64_t at, std::int64_t length) {
  std::string bytes(static_cast<std::size_t>(length), '\0');
  const auto got = file.ReadAt(at, length, bytes.data());
  if (!got.ok()) throw Corrupt(got.status().message());
  if (*got != length) throw Corrupt("the file ends early");
  return bytes;
}

std::string read_ipc_footer(arrow::io::ReadableFile& file, std::int64_t size) {
  const std::string tail = read_file_bytes(file, std::max<std::int64_t>(0, size - kTail), std::min(size, kTail));
  if (size < kHead + kTail || !tail.ends_with(kMagic))
    throw Corrupt("not a whole Arrow file: it does not end with ARROW1 (was it cut off, or its writer not closed?)");
  std::int32_t length = 0;
  std::memcpy(&length, tail.data(), sizeof length);
  if (length <= 0 || length > size - kHead - kTail)
    throw Corrupt("the footer claims " + std::to_string(length) + " bytes, which the file does not have");
  return read_file_bytes(file, size - kTail - length, length);
}

IpcFooter parse_ipc_footer(std::string_view footer, std::int64_t size) {
  const FlatTable root = FlatTable::root(footer);
  check_version(root.number<std::int16_t>(kFooterVersion, 0));
  const auto schema = root.table(kFooterSchema);
  if (!schema) throw Corrupt("the footer has no schema");
  if (schema->number<std::int16_t>(kSchemaEndianness, 0) != 0)
    throw Corrupt("its numbers are big-endian, which Longwatch does not read");
  IpcFooter out;
  out.dictionaries = read_blocks(root, kFooterDictionaries, size);
  out.batches = read_blocks(root, kFooterBatches, size);
  const FlatVector fields = schema->vector(kSchemaFields, 4);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto encoding = FlatTable::element(fields, i).table(kFieldDictionary);
    out.dictionary_ids.push_back(encoding ? encoding->number<std::int64_t>(0, 0) : -1);
  }
  return out;
}

std::string read_ipc_metadata(arrow::io::ReadableFile& file, const IpcBlock& block) {
  std::string bytes = read_file_bytes(file, block.offset, block.metadata);
  const FlatBytes head{bytes};
  // Files before Arrow 0.15 lack the marker.
  const bool marked = head.at<std::uint32_t>(0) == 0xFFFFFFFF;
  const std::size_t prefix = marked ? 8 : 4;
  const auto length = head.at<std::uint32_t>(prefix - 4);
  if (bytes.size() < prefix || length > bytes.size() - prefix)
    throw Corrupt("its metadata claim " + std::to_string(length) + " bytes, which the footer does not give them");
  return bytes.substr(prefix, length);
}

IpcBatch parse_ipc_batch(std::string_view metadata, const IpcBlock& block, bool dictionary) {
  const FlatTable message = FlatTable::root(metadata);
  check_version(message.number<std::int16_t>(kMessageVersion, 0));
  const auto type = message.number<std::uint8_t>(kMessageType, 0);
  const auto header = message.table(kMessageHeader);
  if (type != (dictionary ? kDictionaryMessage : kBatchMessage) || !header)
    throw Corrupt("the footer points to a message of another kind");
  if (message.number<std::int64_t>(kMessageBody, 0) != block.body)
    throw Corrupt("the footer and the batch disagree on its size");
  IpcBatch out;
  if (dictionary) {
    out.dictionary_id = header->number<std::int64_t>(kDictionaryId, 0);
    out.delta = header->number<std::uint8_t>(kDictionaryDelta, 0) != 0;
  }
  const auto batch = dictionary ? header->table(kDictionaryData) : header;
  if (!batch) throw Corrupt("a dictionary batch has no values");
  out.rows = batch->number<std::int64_t>(kBatchRows, 0);
  if (out.rows < 0 || out.rows > kMostRows)
    throw Corrupt("it promises " + std::to_string(out.rows) + " rows, more than " + std::to_string(kMostRows));
  out.codec = read_codec(*batch);
  read_buffers(*batch, block, out);
  read_nodes(*batch, out);
  return out;
}

}  // namespace longwatch::reading
