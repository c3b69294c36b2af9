package io.kohaku.latent.store;

import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;

/**
 * Lists what one file of the store holds and where each latent's bytes lie in it, without reading
 * the latents.
 *
 * <p>A plain, uncompressed page of a required binary column is a header, then for each value its
 * length in four bytes and its bytes. All latents of a file have one size, so the positions follow
 * from the page's place, its size and its number of rows.
 */
final class LatentFile {
  private static final int LENGTH_BYTES = 4;

  private LatentFile() {}

  /** The latents of {@code file} below {@code store}, in the order of rows. */
  static List<StoredLatent> list(Configuration hadoop, Path store, String file) throws IOException {
    List<StoredLatent> latents = new ArrayList<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(new Path(store, file), hadoop),
            ParquetReadOptions.builder().build())) {
      List<BlockMetaData> rowGroups = reader.getRowGroups();
      reader.setRequestedSchema(LatentColumns.ORIGIN);
      for (BlockMetaData rowGroup : rowGroups) {
        OffsetIndex pages = reader.readOffsetIndex(latentColumn(rowGroup));
        rowGroup(reader.readNextRowGroup(), pages, file, latents);
      }
    }
    return latents;
  }

  private static void rowGroup(
      PageReadStore rows, OffsetIndex pages, String file, List<StoredLatent> latents) {
    RecordReader<Group> records =
        new ColumnIOFactory()
            .getColumnIO(LatentColumns.ORIGIN)
            .getRecordReader(rows, new GroupRecordConverter(LatentColumns.ORIGIN));
    for (int page = 0; page < pages.getPageCount(); page++) {
      long first = pages.getFirstRowIndex(page);
      long count = pages.getLastRowIndex(page, rows.getRowCount()) - first + 1;
      long end = pages.getOffset(page) + pages.getCompressedPageSize(page);
      for (long row = 0; row < count; row++) {
        Group record = records.read();
        LatentColumn.Values described = LatentColumns.values(record);
        LatentOrigin origin = LatentColumn.origin(described);
        int size = origin.format().size(origin.placement().bucket());
        long position = end - (count - row) * (size + LENGTH_BYTES) + LENGTH_BYTES;
        int checksum = (Integer) described.of(LatentColumn.CHECKSUM);
        latents.add(new StoredLatent(origin, new LatentPlace(file, position, size, checksum)));
      }
    }
  }

  private static ColumnChunkMetaData latentColumn(BlockMetaData rowGroup) {
    return rowGroup.getColumns().stream()
        .filter(column -> column.getPath().toDotString().equals(LatentColumns.LATENT))
        .findFirst()
        .orElseThrow();
  }
}
