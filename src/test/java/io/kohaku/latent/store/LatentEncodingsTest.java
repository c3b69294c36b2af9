package io.kohaku.latent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.digest.Sha256;
import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Latents are read whatever a Parquet writer made of them; our own writes them plain. */
class LatentEncodingsTest {
  private static final Configuration HADOOP = new Configuration();
  private static final Bucket BUCKET = new Bucket(512, 256);
  private static final LatentFormat FORMAT = new LatentFormat(Posterior.MEAN, Storage.FP16);
  private static final String FILE = "bucket=512x256/chunk.parquet";

  /** Of 16 KiB each: more than one row group. */
  private static final int ROWS = 200;

  @TempDir private Path folder;

  /** Each version has a factory of encodings that all of its writers in the JVM share. */
  @ParameterizedTest
  @EnumSource(WriterVersion.class)
  void otherWritersOfTheProcessDoNotDecideHowEqualLatentsAreWritten(WriterVersion version)
      throws IOException {
    try (LatentFileWriter writer = new LatentFileWriter(HADOOP, path(FILE))) {
      for (int id = 0; id < ROWS; id++) {
        // Before our second row group asks for its encodings, so no race decides what it gets.
        if (id % 50 == 25) {
          parquet("other-" + id, version, CompressionCodecName.SNAPPY).close();
        }
        writer.write(origin(id), latent(id));
      }
    }
    assertThat(read()).allMatch(latent -> latent.place().isDirect());
    assertThat(encodings())
        .isNotEmpty()
        .allMatch(all -> all.stream().noneMatch(Encoding::usesDictionary));
  }

  @Test
  void theBytesLieWhereParquetsOwnWriterPutsThem() throws IOException {
    try (LatentFileWriter writer = new LatentFileWriter(HADOOP, path(FILE))) {
      for (int id = 0; id < ROWS; id++) {
        writer.write(origin(id), latent(id));
      }
    }
    List<StoredLatent> ours = read();
    Files.delete(folder.resolve(FILE));
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(HadoopOutputFile.fromPath(path(FILE), HADOOP))
            .withType(LatentColumns.FILE)
            .withConf(HADOOP)
            .withDictionaryEncoding(LatentColumns.LATENT, false)
            .withRowGroupSize(2L << 20)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(1)
            .build()) {
      write(writer);
    }
    assertThat(read()).isEqualTo(ours);
  }

  @ParameterizedTest
  @CsvSource({
    "PARQUET_1_0, UNCOMPRESSED",
    "PARQUET_1_0, SNAPPY",
    "PARQUET_1_0, GZIP",
    "PARQUET_2_0, UNCOMPRESSED",
    "PARQUET_2_0, ZSTD"
  })
  void everyEncodingIsRead(WriterVersion version, CompressionCodecName codec) throws IOException {
    try (ParquetWriter<Group> writer = parquet(FILE, version, codec)) {
      write(writer);
    }
    assertThat(read()).noneMatch(latent -> latent.place().isDirect());
    new LatentStore(HADOOP, folder.toString()).check(FILE);
  }

  @Test
  void placesThatAnEarlierVersionGuessedAreSoughtByPost() throws IOException {
    try (ParquetWriter<Group> writer =
        parquet(FILE, WriterVersion.PARQUET_1_0, CompressionCodecName.UNCOMPRESSED)) {
      write(writer);
    }
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    LatentPlace place = store.list(FILE).get(7).place();
    for (long guessed : new long[] {-5000, 17, 1L << 40}) {
      LatentPlace wrong = new LatentPlace(FILE, guessed, place.size(), place.checksum());
      assertThat(store.bytes(7, wrong)).isEqualTo(latent(7));
    }
    LatentPlace anothers = new LatentPlace(FILE, LatentPlace.BY_POST, place.size(), 1);
    assertThatThrownBy(() -> store.bytes(7, anothers))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot read the latent of post 7: %s is damaged (remove it and encode again)",
            path(FILE));
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    try (LatentFileWriter writer = new LatentFileWriter(HADOOP, path(FILE))) {
      for (int id = 0; id < ROWS; id++) {
        writer.write(origin(id), latent(id));
      }
    }
    byte[] whole = Files.readAllBytes(folder.resolve(FILE));
    byte[] flipped = whole.clone();
    flipped[(int) (read().get(ROWS - 1).place().position() + 100)] ^= 1;
    for (byte[] bytes :
        List.of(flipped, Arrays.copyOf(whole, whole.length - 9), new byte[100], new byte[0])) {
      replace(bytes);
      LatentStore store = new LatentStore(HADOOP, folder.toString());
      assertThatThrownBy(() -> store.check(FILE))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("Cannot read " + path(FILE));
    }
    replace(whole);
    new LatentStore(HADOOP, folder.toString()).check(FILE);
    Files.delete(folder.resolve(FILE));
    assertThatThrownBy(() -> new LatentStore(HADOOP, folder.toString()).check(FILE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FILE);
  }

  /** How each row group holds its latents. */
  private List<Set<Encoding>> encodings() throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path(FILE), HADOOP))) {
      return reader.getRowGroups().stream()
          .flatMap(rowGroup -> rowGroup.getColumns().stream())
          .filter(column -> column.getPath().toDotString().equals(LatentColumns.LATENT))
          .map(ColumnChunkMetaData::getEncodings)
          .toList();
    }
  }

  private void replace(byte[] bytes) throws IOException {
    Path file = folder.resolve(FILE);
    Files.write(file, bytes);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  /** All rows of the file, which can be read. */
  private List<StoredLatent> read() throws IOException {
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    List<StoredLatent> latents = store.list(FILE);
    assertThat(latents).hasSize(ROWS);
    for (int id = 0; id < ROWS; id++) {
      assertThat(latents.get(id).origin()).isEqualTo(origin(id));
      // To seek a latent opens the file anew: some of every row group do.
      if (latents.get(id).place().isDirect() || id % 11 == 0) {
        assertThat(store.bytes(id, latents.get(id).place())).isEqualTo(latent(id));
      }
    }
    return latents;
  }

  private ParquetWriter<Group> parquet(
      String file, WriterVersion version, CompressionCodecName codec) throws IOException {
    return ExampleParquetWriter.builder(HadoopOutputFile.fromPath(path(file), HADOOP))
        .withType(LatentColumns.FILE)
        .withConf(HADOOP)
        .withWriterVersion(version)
        .withCompressionCodec(codec)
        .withRowGroupSize(1L << 18)
        .withPageSize(1 << 16)
        .build();
  }

  private static void write(ParquetWriter<Group> writer) throws IOException {
    for (int id = 0; id < ROWS; id++) {
      byte[] latent = latent(id);
      writer.write(LatentColumns.write(origin(id), latent, LatentFileWriter.checksum(latent)));
    }
  }

  private org.apache.hadoop.fs.Path path(String file) {
    return new org.apache.hadoop.fs.Path(folder.toString(), file);
  }

  private static LatentOrigin origin(long id) {
    return new LatentOrigin(
        id,
        new Placement(600, 300, 512, 256, BUCKET),
        new ImageSource("file:/shards/data-0001.tar", id * 512, 1000, 7),
        Sha256.of("image"),
        "key",
        FORMAT);
  }

  /** Of five pictures that many posts share. */
  private static byte[] latent(long id) {
    byte[] bytes = new byte[FORMAT.size(BUCKET)];
    Arrays.fill(bytes, (byte) (1 + id % 5));
    return bytes;
  }
}
