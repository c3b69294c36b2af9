package io.kohaku.latent.store;

import io.kohaku.latent.LatentPlace;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.EncodingStats;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.schema.Type;

/**
 * The latents' pages in one row group, by which the place of each latent follows from its row.
 *
 * <p>A plain, uncompressed page of a required binary column is a header, then for each value its
 * length in four bytes and its bytes. All latents of a file have one size, so the positions follow
 * from the page's place, its size and its number of rows. Where the footer does not say that all
 * pages are such pages, no place is given.
 */
final class LatentPages {
  private static final int LENGTH_BYTES = 4;

  private final Optional<OffsetIndex> pages;
  private final long rows;

  private LatentPages(Optional<OffsetIndex> pages, long rows) {
    this.pages = pages;
    this.rows = rows;
  }

  /** As the footer tells them. */
  static LatentPages of(ParquetFileReader reader, BlockMetaData rowGroup) throws IOException {
    ColumnChunkMetaData column =
        rowGroup.getColumns().stream()
            .filter(chunk -> chunk.getPath().toDotString().equals(LatentColumns.LATENT))
            .findFirst()
            .orElseThrow();
    Type type = reader.getFileMetaData().getSchema().getType(LatentColumns.LATENT);
    boolean direct = type.isRepetition(Type.Repetition.REQUIRED) && isPlain(column);
    return new LatentPages(
        direct ? Optional.ofNullable(reader.readOffsetIndex(column)) : Optional.empty(),
        rowGroup.getRowCount());
  }

  private static boolean isPlain(ColumnChunkMetaData column) {
    EncodingStats encodings = column.getEncodingStats();
    return column.getCodec() == CompressionCodecName.UNCOMPRESSED
        && encodings != null
        && encodings.getDataEncodings().equals(Set.of(Encoding.PLAIN));
  }

  /** Where the bytes of a row's latent begin, or {@link LatentPlace#BY_POST}. */
  long position(long row, int size) {
    if (pages.isEmpty()) {
      return LatentPlace.BY_POST;
    }
    OffsetIndex index = pages.get();
    int page = 0;
    while (index.getLastRowIndex(page, rows) < row) {
      page++;
    }
    long end = index.getOffset(page) + index.getCompressedPageSize(page);
    long after = index.getLastRowIndex(page, rows) - row + 1;
    return end - after * (size + LENGTH_BYTES) + LENGTH_BYTES;
  }
}
