package io.kohaku.latent.store;

import io.kohaku.latent.LatentOrigin;
import java.io.Closeable;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;

/** Writes one file of the store: small row groups, the latents plain and uncompressed. */
final class LatentFileWriter implements Closeable {
  private static final long ROW_GROUP_BYTES = 2 << 20;

  private final ParquetWriter<Group> writer;

  LatentFileWriter(Configuration hadoop, Path file) throws IOException {
    this.writer =
        ExampleParquetWriter.builder(HadoopOutputFile.fromPath(file, hadoop))
            .withType(LatentColumns.FILE)
            .withConf(hadoop)
            .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
            .withDictionaryEncoding(LatentColumns.LATENT, false)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(1)
            .build();
  }

  /** Adds a row. */
  void write(LatentOrigin origin, byte[] latent) throws IOException {
    int expected = origin.format().size(origin.placement().bucket());
    if (latent.length != expected) {
      throw new IllegalStateException(
          "Cannot store post %s: %s bytes of latent instead of %s"
              .formatted(origin.id(), latent.length, expected));
    }
    writer.write(LatentColumns.write(origin, latent, checksum(latent)));
  }

  /** CRC-32C. */
  static int checksum(byte[] latent) {
    CRC32C sum = new CRC32C();
    sum.update(latent);
    return (int) sum.getValue();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
