// The verb inspect: what is in a profile, a result or any table.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "engine/output/preview.hpp"
#include "engine/output/publish.hpp"
#include "engine/output/text_table.hpp"
#include "engine/profile/profile.hpp"
#include "engine/source/digest.hpp"
#include "tools/commands.hpp"

namespace longwatch {
namespace {

struct Arguments {
  std::string file;
  std::string format = "table";
  std::int64_t rows = 0;
};

void print(const TextTable& table, const std::string& format) {
  std::fputs((format == "json" ? table.to_json() : table.text()).c_str(), stdout);
}

int inspect_profile(const Arguments& arguments, const std::string& bytes) {
  auto profile = ReferenceProfile::deserialize(bytes, arguments.file);
  if (!profile.ok()) return report(profile.error());
  const ReferenceProfile& p = profile.value();
  TextTable table({"column", "role", "kind", "type", "edges", "categories", "mean", "deviation", "note"});
  for (const ColumnProfile& column : p.columns) {
    const bool number = column.column.kind == ColumnKind::continuous;
    table.add_row(
        {column.column.name, std::string(role_name(column.column.role)), std::string(kind_name(column.column.kind)),
         column.column.file_type,
         number ? TextTable::Cell(static_cast<std::int64_t>(column.partition.edges().size())) : TextTable::Cell(),
         number ? TextTable::Cell() : TextTable::Cell(static_cast<std::int64_t>(column.categories.size())), column.mean,
         column.deviation, column.usable});
  }
  if (arguments.format == "table") {
    std::fputs(fmt::format("Reference profile of model '{}': {} rows, {} chunks, {} segments, PCA of rank {}{}\n",
                           p.model, p.rows, p.chunks.size(), p.segments.segments.size(), p.pca.rank,
                           p.pca.skipped.empty() ? "" : " (" + p.pca.skipped + ")")
                   .c_str(),
               stdout);
  }
  print(table, arguments.format);
  return kExitFine;
}

int inspect_parquet(const Arguments& arguments) {
  auto source = Source::open(std::vector<std::string>{arguments.file}, ".");
  if (!source.ok()) return report(source.error());
  auto digests = digest_columns(*source.value());
  if (!digests.ok()) return report(digests.error());
  TextTable table({"column", "type", "rows", "nulls", "digest", "error"});
  for (const ColumnDigest& digest : digests.value()) {
    table.add_row({digest.column, digest.type, digest.rows, digest.nulls, digest.digest, digest.error});
  }
  if (arguments.format == "table") table.drop_empty_columns();
  print(table, arguments.format);
  return kExitFine;
}

int inspect(const Arguments& arguments) {
  if (arguments.rows > 0) {
    auto preview = preview_parquet(arguments.file, arguments.rows);
    if (!preview.ok()) return report(preview.error());
    preview.value().drop_empty_columns();
    print(preview.value(), arguments.format);
    return kExitFine;
  }
  if (arguments.file.ends_with(".profile")) {
    auto bytes = read_file(arguments.file);
    return bytes.ok() ? inspect_profile(arguments, bytes.value()) : report(bytes.error());
  }
  return inspect_parquet(arguments);
}

}  // namespace

void add_inspect_verb(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("inspect",
                                  "Show a profile, the first rows of a result, or rows, nulls and a digest per column "
                                  "of any Parquet or Arrow table");
  verb->footer("Example: longwatch inspect out/results.parquet --rows 10");
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("file", arguments->file, "A .profile, a Parquet or Arrow file, or a folder of them")->required();
  verb->add_option("--rows", arguments->rows, "Show the first rows instead of digests")
      ->check(CLI::Range(1, 1'000'000));
  verb->add_option("--format", arguments->format, "table or json")->check(CLI::IsMember({"table", "json"}));
  verb->callback([arguments, &code] { code = inspect(*arguments); });
}

}  // namespace longwatch
