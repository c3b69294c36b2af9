package io.kohaku.latent.store;

import io.kohaku.latent.LatentColumn;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * Reads a latent through Parquet's own reader, by its post: whatever encodings and codecs the
 * file's pages have. Only pages that may hold the post are read.
 */
final class SoughtLatent {
  private SoughtLatent() {}

  /** The latent, if the file holds one of that post. */
  static Optional<byte[]> of(Configuration hadoop, Path file, long id) throws IOException {
    FilterCompat.Filter post =
        FilterCompat.get(FilterApi.eq(FilterApi.longColumn(LatentColumn.ID.column()), id));
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), file)
            .withConf(hadoop)
            .withFilter(post)
            .build()) {
      return Optional.ofNullable(rows.read())
          .map(row -> row.getBinary(LatentColumns.LATENT, 0).getBytes());
    } catch (RuntimeException e) {
      throw LatentFile.unreadable(file, e);
    }
  }
}
