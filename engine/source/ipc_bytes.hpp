#pragma once
// Values of an Arrow batch that are bytes: texts, binaries, decimals, halves.

#include <memory>

#include "engine/source/ipc_values.hpp"

namespace longwatch::reading {

/// Strings and binaries, of either offset width or as views; nullptr for other types.
std::unique_ptr<IpcValues<::parquet::ByteArray>> text_values(const IpcPlace& place, const arrow::DataType& type,
                                                             const IpcField& field);

/// Values of a fixed number of bytes: binaries and half floats as they are, decimals big-endian in their full width;
/// nullptr for other types.
std::unique_ptr<IpcValues<::parquet::FixedLenByteArray>> width_values(const IpcPlace& place,
                                                                      const arrow::DataType& type,
                                                                      const IpcField& field);

}  // namespace longwatch::reading
