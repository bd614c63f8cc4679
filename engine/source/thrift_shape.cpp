// The structures of parquet.thrift (format 2.12), as far as reading flat columns needs them.
#include "engine/source/thrift_shape.hpp"

namespace longwatch::reading::shapes {
namespace {

constexpr Wire kBool = Wire::yes;
constexpr Wire kStruct = Wire::structure;
constexpr Wire kText = Wire::binary;
constexpr bool kRequired = true;
constexpr bool kOptional = false;

constexpr ThriftShape kEmpty{"an empty structure", {}, 0};

constexpr ThriftField kTimeUnitFields[] = {
    {1, kStruct, kOptional, {}, &kEmpty}, {2, kStruct, kOptional, {}, &kEmpty}, {3, kStruct, kOptional, {}, &kEmpty}};
constexpr ThriftField kDecimalFields[] = {{1, Wire::i32, kRequired}, {2, Wire::i32, kRequired}};
constexpr ThriftField kTimeFields[] = {{1, kBool, kRequired}, {2, kStruct, kRequired, {}, &kTimeUnit}};
constexpr ThriftField kIntFields[] = {{1, Wire::byte, kRequired}, {2, kBool, kRequired}};
constexpr ThriftField kLogicalFields[] = {
    {1, kStruct, kOptional, {}, &kEmpty},       {2, kStruct, kOptional, {}, &kEmpty},
    {3, kStruct, kOptional, {}, &kEmpty},       {4, kStruct, kOptional, {}, &kEmpty},
    {5, kStruct, kOptional, {}, &kDecimalType}, {6, kStruct, kOptional, {}, &kEmpty},
    {7, kStruct, kOptional, {}, &kTimeType},    {8, kStruct, kOptional, {}, &kTimeType},
    {10, kStruct, kOptional, {}, &kIntType},    {11, kStruct, kOptional, {}, &kEmpty},
    {12, kStruct, kOptional, {}, &kEmpty},      {13, kStruct, kOptional, {}, &kEmpty},
    {14, kStruct, kOptional, {}, &kEmpty},      {15, kStruct, kOptional, {}, &kEmpty}};
constexpr ThriftField kSchemaElementFields[] = {{1, Wire::i32, kOptional}, {2, Wire::i32, kOptional},
                                                {3, Wire::i32, kOptional}, {4, kText, kRequired},
                                                {5, Wire::i32, kOptional}, {6, Wire::i32, kOptional},
                                                {7, Wire::i32, kOptional}, {8, Wire::i32, kOptional},
                                                {9, Wire::i32, kOptional}, {10, kStruct, kOptional, {}, &kLogicalType}};

constexpr ThriftField kStatisticsFields[] = {
    {1, kText, kOptional}, {2, kText, kOptional}, {3, Wire::i64, kOptional}, {4, Wire::i64, kOptional},
    {5, kText, kOptional}, {6, kText, kOptional}, {7, kBool, kOptional},     {8, kBool, kOptional}};
constexpr ThriftShape kStatistics{"Statistics", kStatisticsFields, 0};
constexpr ThriftField kEncodingStatsFields[] = {
    {1, Wire::i32, kRequired}, {2, Wire::i32, kRequired}, {3, Wire::i32, kRequired}};
constexpr ThriftShape kEncodingStats{"PageEncodingStats", kEncodingStatsFields, 24};
constexpr ThriftField kKeyValueFields[] = {{1, kText, kRequired}, {2, kText, kOptional}};
constexpr ThriftShape kKeyValue{"KeyValue", kKeyValueFields, 96};

// Drafts of the format had other fields of the numbers from 14 on, and files with them exist: they are not looked at.
constexpr ThriftField kColumnMetaDataFields[] = {{1, Wire::i32, kRequired},
                                                 {2, Wire::list, kRequired, Wire::i32},
                                                 {3, Wire::list, kRequired, kText},
                                                 {4, Wire::i32, kRequired},
                                                 {5, Wire::i64, kRequired},
                                                 {6, Wire::i64, kRequired},
                                                 {7, Wire::i64, kRequired},
                                                 {8, Wire::list, kOptional, kStruct, &kKeyValue},
                                                 {9, Wire::i64, kRequired},
                                                 {10, Wire::i64, kOptional},
                                                 {11, Wire::i64, kOptional},
                                                 {12, kStruct, kOptional, {}, &kStatistics},
                                                 {13, Wire::list, kOptional, kStruct, &kEncodingStats}};
constexpr ThriftShape kColumnMetaData{"ColumnMetaData", kColumnMetaDataFields, 0};
constexpr ThriftField kColumnChunkFields[] = {
    {1, kText, kOptional},     {2, Wire::i64, kRequired}, {3, kStruct, kOptional, {}, &kColumnMetaData},
    {4, Wire::i64, kOptional}, {5, Wire::i32, kOptional}, {6, Wire::i64, kOptional},
    {7, Wire::i32, kOptional}, {9, kText, kOptional}};
constexpr ThriftField kSortingFields[] = {{1, Wire::i32, kRequired}, {2, kBool, kRequired}, {3, kBool, kRequired}};
constexpr ThriftShape kSorting{"SortingColumn", kSortingFields, 24};
constexpr ThriftField kRowGroupFields[] = {{1, Wire::list, kRequired, kStruct, &kColumnChunk},
                                           {2, Wire::i64, kRequired},
                                           {3, Wire::i64, kRequired},
                                           {4, Wire::list, kOptional, kStruct, &kSorting},
                                           {5, Wire::i64, kOptional},
                                           {6, Wire::i64, kOptional},
                                           {7, Wire::i16, kOptional}};
constexpr ThriftField kFileFields[] = {{1, Wire::i32, kRequired},
                                       {2, Wire::list, kRequired, kStruct, &kSchemaElement},
                                       {3, Wire::i64, kRequired},
                                       {4, Wire::list, kRequired, kStruct, &kRowGroup},
                                       {5, Wire::list, kOptional, kStruct, &kKeyValue},
                                       {6, kText, kOptional},
                                       {9, kText, kOptional}};

constexpr ThriftField kDataPageFields[] = {{1, Wire::i32, kRequired},
                                           {2, Wire::i32, kRequired},
                                           {3, Wire::i32, kRequired},
                                           {4, Wire::i32, kRequired},
                                           {5, kStruct, kOptional, {}, &kStatistics}};
constexpr ThriftField kDictionaryPageFields[] = {
    {1, Wire::i32, kRequired}, {2, Wire::i32, kRequired}, {3, kBool, kOptional}};
constexpr ThriftField kDataPageV2Fields[] = {{1, Wire::i32, kRequired}, {2, Wire::i32, kRequired},
                                             {3, Wire::i32, kRequired}, {4, Wire::i32, kRequired},
                                             {5, Wire::i32, kRequired}, {6, Wire::i32, kRequired},
                                             {7, kBool, kOptional},     {8, kStruct, kOptional, {}, &kStatistics}};
constexpr ThriftField kPageFields[] = {{1, Wire::i32, kRequired},
                                       {2, Wire::i32, kRequired},
                                       {3, Wire::i32, kRequired},
                                       {4, Wire::i32, kOptional},
                                       {5, kStruct, kOptional, {}, &kDataPageHeader},
                                       {6, kStruct, kOptional, {}, &kEmpty},
                                       {7, kStruct, kOptional, {}, &kDictionaryPageHeader},
                                       {8, kStruct, kOptional, {}, &kDataPageHeaderV2}};

}  // namespace

constexpr bool kUnion = true;
constexpr bool kClosed = true;

constinit const ThriftShape kTimeUnit{"TimeUnit", kTimeUnitFields, 0, kUnion, kClosed};
constinit const ThriftShape kDecimalType{"DecimalType", kDecimalFields, 0, false, kClosed};
constinit const ThriftShape kTimeType{"TimeType", kTimeFields, 0, false, kClosed};
constinit const ThriftShape kIntType{"IntType", kIntFields, 0, false, kClosed};
constinit const ThriftShape kLogicalType{"LogicalType", kLogicalFields, 0, kUnion};
// With the nodes, paths and descriptors that the library makes of one.
constinit const ThriftShape kSchemaElement{"SchemaElement", kSchemaElementFields, 2000, false, kClosed};
constinit const ThriftShape kColumnChunk{"ColumnChunk", kColumnChunkFields, 1200};
constinit const ThriftShape kRowGroup{"RowGroup", kRowGroupFields, 256};
constinit const ThriftShape kFileMetaData{"FileMetaData", kFileFields, 0};
constinit const ThriftShape kDataPageHeader{"DataPageHeader", kDataPageFields, 0};
constinit const ThriftShape kDictionaryPageHeader{"DictionaryPageHeader", kDictionaryPageFields, 0};
constinit const ThriftShape kDataPageHeaderV2{"DataPageHeaderV2", kDataPageV2Fields, 0};
constinit const ThriftShape kPageHeader{"PageHeader", kPageFields, 0};

}  // namespace longwatch::reading::shapes
