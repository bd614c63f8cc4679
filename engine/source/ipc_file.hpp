#pragma once
// One Arrow IPC file (also named Feather V2): its checked footer and batches, and its columns ready to decode.

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <arrow/io/file.h>

#include "engine/source/file_identity.hpp"
#include "engine/source/ipc_dictionary.hpp"
#include "engine/source/ipc_fields.hpp"
#include "engine/source/ipc_layout.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// A record batch is a row group. A column is read, decompressed and checked as its rows are asked for, so that memory
/// does not grow with the size of a batch; only dictionaries and the bytes of view columns are held as a whole.
class IpcFile final : public TableFile {
 public:
  /// Reads the footer and the metadata of every batch, and checks that all they name lies within the file.
  static Result<std::shared_ptr<const IpcFile>> open(const std::string& path, bool keep_open);

  [[nodiscard]] const SourceFile& summary() const override { return summary_; }
  [[nodiscard]] const std::vector<LeafColumn>& columns() const override { return columns_; }
  [[nodiscard]] const std::vector<std::int64_t>& group_rows() const override { return group_rows_; }
  [[nodiscard]] OpenChunk open_chunk(int group, const LeafColumn& column, bool dictionary) const override;
  [[nodiscard]] std::optional<NumberRange> number_range(const LeafColumn& column) const override;

 private:
  using File = std::shared_ptr<arrow::io::ReadableFile>;

  void load();
  void load_batches(const std::string& footer);
  void load_dictionaries();
  [[nodiscard]] File handle() const;
  [[nodiscard]] std::shared_ptr<const IpcDictionary> dictionary(const File& file, const LeafColumn& column) const;

  SourceFile summary_;
  FileIdentity identity_;
  IpcFooter footer_;
  std::vector<LeafColumn> columns_;
  std::vector<IpcField> fields_;
  std::vector<std::int64_t> group_rows_;
  std::unordered_map<std::int64_t, std::vector<std::size_t>> dictionary_blocks_;  // by id, in the order of the file
  File kept_;
  mutable std::mutex dictionaries_mutex_;
  mutable std::unordered_map<int, std::shared_ptr<const IpcDictionary>> small_;  // by field
  mutable std::unordered_map<int, std::weak_ptr<const IpcDictionary>> large_;
};

}  // namespace longwatch::reading
