package io.kohaku.latent.store;

import io.kohaku.input.DamagedFileException;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/**
 * Lists what one file of the store holds and where each latent's bytes lie in it, without reading
 * the latents.
 */
final class LatentFile {
  private LatentFile() {}

  /** The latents of {@code file} below {@code store}, in the order of rows. */
  static List<StoredLatent> list(Configuration hadoop, Path store, String file) throws IOException {
    List<StoredLatent> latents = new ArrayList<>();
    try (ParquetFileReader reader = open(hadoop, new Path(store, file))) {
      MessageType columns = LatentColumns.origin(schema(reader));
      reader.setRequestedSchema(columns);
      for (BlockMetaData rowGroup : reader.getRowGroups()) {
        LatentPages pages = LatentPages.of(reader, rowGroup);
        PageReadStore rows = reader.readNextRowGroup();
        RecordReader<Group> records = records(columns, rows);
        for (long row = 0; row < rows.getRowCount(); row++) {
          LatentColumn.Values described = LatentColumns.values(records.read());
          LatentOrigin origin = LatentColumn.origin(described);
          int size = origin.format().size(origin.placement().bucket());
          int checksum = (Integer) described.of(LatentColumn.CHECKSUM);
          LatentPlace place = new LatentPlace(file, pages.position(row, size), size, checksum);
          latents.add(new StoredLatent(origin, place));
        }
      }
    } catch (RuntimeException | ChecksumException e) {
      throw unreadable(new Path(store, file), e);
    }
    return latents;
  }

  /**
   * Reads the footer and the last row group, all of it, and compares each of its latents with its
   * check sum.
   *
   * @throws IOException naming the file if it cannot be read or is not what was written
   */
  static void check(Configuration hadoop, Path file) throws IOException {
    try (ParquetFileReader reader = open(hadoop, file)) {
      MessageType columns = schema(reader);
      int last = reader.getRowGroups().size() - 1;
      PageReadStore rows = reader.readRowGroup(last);
      RecordReader<Group> records = records(columns, rows);
      for (long row = 0; row < rows.getRowCount(); row++) {
        Group record = records.read();
        int wanted = record.getInteger(LatentColumn.CHECKSUM.column(), 0);
        byte[] latent = record.getBinary(LatentColumns.LATENT, 0).getBytes();
        if (LatentFileWriter.checksum(latent) != wanted) {
          throw new DamagedFileException(
              "Cannot read %s: row %s of its last row group is damaged (remove it and encode again)"
                  .formatted(file, row));
        }
      }
    } catch (RuntimeException | ChecksumException e) {
      throw unreadable(file, e);
    }
  }

  /** Parquet throws all kinds of exceptions at damaged files. */
  static DamagedFileException unreadable(Path file, Exception cause) {
    return new DamagedFileException(
        "Cannot read %s: %s (remove it and encode again)".formatted(file, cause.getMessage()),
        cause);
  }

  private static ParquetFileReader open(Configuration hadoop, Path file) throws IOException {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(file, hadoop), ParquetReadOptions.builder().build());
  }

  private static MessageType schema(ParquetFileReader reader) {
    return reader.getFileMetaData().getSchema();
  }

  private static RecordReader<Group> records(MessageType columns, PageReadStore rows) {
    return new ColumnIOFactory()
        .getColumnIO(columns)
        .getRecordReader(rows, new GroupRecordConverter(columns));
  }
}
