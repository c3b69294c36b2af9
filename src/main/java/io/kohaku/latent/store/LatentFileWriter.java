package io.kohaku.latent.store;

import io.kohaku.latent.LatentOrigin;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.factory.DefaultV1ValuesWriterFactory;
import org.apache.parquet.example.data.GroupWriter;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * Writes one file of the store: small row groups, the latents plain and uncompressed.
 *
 * <p>Parquet's own writer asks a factory of encodings that all writers of a JVM share (its {@code
 * DefaultValuesWriterFactory} hands out a static one, however often it is made), which goes by the
 * settings of whichever was opened last: a table that Spark writes beside it would decide how
 * latents are encoded. This one has a factory of its own.
 */
final class LatentFileWriter implements Closeable {
  private static final long ROW_GROUP_BYTES = 2 << 20;

  private final ParquetProperties properties =
      ParquetProperties.builder()
          .withDictionaryEncoding(LatentColumns.LATENT, false)
          .withMinRowCountForPageSizeCheck(1)
          .withMaxRowCountForPageSizeCheck(1)
          .withValuesWriterFactory(new DefaultV1ValuesWriterFactory())
          .build();

  private final CodecFactory codecs;
  private final ParquetFileWriter file;
  private RowGroup rowGroup;
  private boolean closed;

  LatentFileWriter(Configuration hadoop, Path file) throws IOException {
    this.codecs = new CodecFactory(hadoop, properties.getPageSizeThreshold());
    this.file =
        new ParquetFileWriter(
            HadoopOutputFile.fromPath(file, hadoop),
            LatentColumns.FILE,
            ParquetFileWriter.Mode.CREATE,
            ROW_GROUP_BYTES,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            properties.getColumnIndexTruncateLength(),
            properties.getStatisticsTruncateLength(),
            properties.getPageWriteChecksumEnabled());
    this.file.start();
    this.rowGroup = new RowGroup();
  }

  /** Adds a row. */
  void write(LatentOrigin origin, byte[] latent) throws IOException {
    int expected = origin.format().size(origin.placement().bucket());
    if (latent.length != expected) {
      throw new IllegalStateException(
          "Cannot store post %s: %s bytes of latent instead of %s"
              .formatted(origin.id(), latent.length, expected));
    }
    rowGroup.rows.write(LatentColumns.write(origin, latent, checksum(latent)));
    rowGroup.count++;
    if (rowGroup.isFull()) {
      rowGroup.finish();
      rowGroup = new RowGroup();
    }
  }

  /** CRC-32C. */
  static int checksum(byte[] latent) {
    CRC32C sum = new CRC32C();
    sum.update(latent);
    return (int) sum.getValue();
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        rowGroup.finish();
        file.end(Map.of());
      } finally {
        codecs.release();
      }
    }
  }

  /** The rows that are not yet in the file. */
  private final class RowGroup {
    private final ColumnChunkPageWriteStore pages =
        new ColumnChunkPageWriteStore(
            codecs.getCompressor(CompressionCodecName.UNCOMPRESSED),
            LatentColumns.FILE,
            properties.getAllocator(),
            properties.getColumnIndexTruncateLength(),
            properties.getPageWriteChecksumEnabled());
    private final ColumnWriteStore columns =
        properties.newColumnWriteStore(LatentColumns.FILE, pages, pages);
    private final RecordConsumer consumer =
        new ColumnIOFactory().getColumnIO(LatentColumns.FILE).getRecordWriter(columns);
    private final GroupWriter rows = new GroupWriter(consumer, LatentColumns.FILE);
    private final long limit;
    private long count;

    RowGroup() throws IOException {
      limit = Math.min(file.getNextRowGroupSize(), ROW_GROUP_BYTES);
    }

    /** As Parquet's own writer ends row groups: two rows before there would be too many bytes. */
    boolean isFull() {
      long bytes = columns.getBufferedSize();
      return bytes > limit - 2 * (bytes / count);
    }

    void finish() throws IOException {
      consumer.flush();
      if (count > 0) {
        file.startBlock(count);
        columns.flush();
        pages.flushToFileWriter(file);
        file.endBlock();
      }
      columns.close();
    }
  }
}
