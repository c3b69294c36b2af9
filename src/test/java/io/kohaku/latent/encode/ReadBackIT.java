package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.store.SmallLatents;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.settings.LatentSettings.Verify;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadBackIT {
  @TempDir private Path folder;

  @Test
  void aQuickLookReadsTheEndsOfEachFileAndAFullOneEveryLatent() throws IOException {
    SparkSession spark = LocalSpark.session();
    // 32 KiB each: row groups of 62.
    SmallLatents.write(spark, folder, Map.of("256x256", 200, "64x64", 1), 0);
    String store = folder.resolve("store").toString();
    Dataset<Row> encoded =
        LatentTable.encoded(spark.read().parquet(folder.resolve("table").toString()));
    ReadBack.run(encoded, store, Verify.QUICK);
    ReadBack.run(encoded, store, Verify.FULL);

    damage(encoded, 100);
    ReadBack.run(encoded, store, Verify.QUICK);
    assertThatThrownBy(() -> ReadBack.run(encoded, store, Verify.FULL))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "Cannot publish latents: Cannot read the latent of post 100: " + store)
        .hasMessageContaining("chunk.parquet is damaged at byte ")
        .hasMessageNotContaining("\n");
    damage(encoded, 1);
    assertThatThrownBy(() -> ReadBack.run(encoded, store, Verify.QUICK))
        .hasStackTraceContaining("Cannot read the latent of post 1: ");
  }

  private void damage(Dataset<Row> encoded, long id) throws IOException {
    Row row = encoded.where("id = " + id).first();
    Path file = folder.resolve("store").resolve(row.<String>getAs(EncodedTable.FILE));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(row.<Long>getAs(LatentColumn.POSITION.column()));
      bytes.write(0x77);
    }
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }
}
