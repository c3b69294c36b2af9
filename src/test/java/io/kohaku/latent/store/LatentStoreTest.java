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
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentStoreTest {
  private static final Configuration HADOOP = new Configuration();
  private static final Bucket BUCKET = new Bucket(512, 256);
  private static final LatentFormat FORMAT = new LatentFormat(Posterior.MEAN, Storage.FP16);

  @TempDir private Path folder;

  @Test
  void everyLatentIsReadBackByItsPositionFromSmallRowGroups() throws IOException {
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    List<StoredLatent> latents = write(store, "chunk", 300);
    assertThat(store.files()).containsExactly("bucket=512x256/chunk.parquet");
    assertThat(latents).hasSize(300);
    for (int id = 0; id < 300; id++) {
      assertThat(latents.get(id).origin()).isEqualTo(origin(id));
      assertThat(store.bytes(id, latents.get(id).place())).isEqualTo(latent(id));
    }
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(folder.toString(), store.files().get(0)), HADOOP),
            ParquetReadOptions.builder().build())) {
      assertThat(reader.getRowGroups())
          .hasSizeGreaterThan(2)
          .extracting(BlockMetaData::getTotalByteSize)
          .allMatch(size -> size < 2.2 * (1 << 20));
    }
  }

  @Test
  void theFirstFinishedFileOfAChunkStays() throws IOException {
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    List<StoredLatent> first = write(store, "chunk", 3);
    assertThat(write(store, "chunk", 5)).isEqualTo(first);
    try (ChunkFiles files = new ChunkFiles(store, "chunk", "third")) {
      assertThat(files.finishedBefore()).isEqualTo(first);
    }
  }

  @Test
  void whatIsNotFinishedIsNotThere() throws IOException {
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    try (ChunkFiles files = new ChunkFiles(store, "chunk", "killed")) {
      files.write(origin(1), latent(1));
      assertThat(store.files()).isEmpty();
    }
    assertThat(folder.resolve("_unfinished")).isEmptyDirectory();
    Path left = Files.createDirectories(folder.resolve("_unfinished/left"));
    store.discardUnfinishedBefore(System.currentTimeMillis() - 10_000);
    assertThat(left).exists();
    store.discardUnfinishedBefore(System.currentTimeMillis() + 10_000);
    assertThat(left).doesNotExist();
  }

  @Test
  void damageIsTold() throws IOException {
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    LatentPlace place = write(store, "chunk", 1).get(0).place();
    Path file = folder.resolve(place.file());
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(place.position() + 5);
      int before = bytes.read();
      bytes.seek(place.position() + 5);
      bytes.write(before ^ 1);
    }
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    assertThatThrownBy(() -> store.bytes(0, place))
        .hasMessageStartingWith("Cannot read the latent of post 0: ")
        .hasMessageEndingWith(
            " is damaged at byte %s (remove it and encode again)".formatted(place.position()));
  }

  @Test
  void aLatentOfTheWrongSizeIsABug() throws IOException {
    LatentStore store = new LatentStore(HADOOP, folder.toString());
    try (ChunkFiles files = new ChunkFiles(store, "chunk", "attempt")) {
      assertThatThrownBy(() -> files.write(origin(4), new byte[10]))
          .hasMessage("Cannot store post 4: 10 bytes of latent instead of 16384");
    }
  }

  private static List<StoredLatent> write(LatentStore store, String chunk, int count)
      throws IOException {
    try (ChunkFiles files = new ChunkFiles(store, chunk, "attempt-" + count)) {
      for (int id = 0; id < count; id++) {
        files.write(origin(id), latent(id));
      }
      return new ArrayList<>(files.finish());
    }
  }

  private static LatentOrigin origin(long id) {
    return new LatentOrigin(
        id,
        new Placement(600, 290 + (int) id, 512, 260, BUCKET),
        new ImageSource("file:/shards/data-0001.tar", id * 512, 1000 + id, 7),
        Sha256.of("image " + id),
        "key",
        FORMAT);
  }

  private static byte[] latent(long id) {
    byte[] bytes = new byte[FORMAT.size(BUCKET)];
    SeededStream random = SeededStream.of(Purpose.TRIAL, id);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextLong();
    }
    return bytes;
  }
}
