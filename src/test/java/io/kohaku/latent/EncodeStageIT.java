package io.kohaku.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.image.Archives;
import io.kohaku.image.Bucket;
import io.kohaku.image.ImagePreparer;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.Pictures;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Natives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodeStageIT {
  @TempDir private Path folder;

  @Test
  void everyPostHasALatentOrAReason() throws IOException {
    LatentSite site = new LatentSite(folder);
    site.shard(
        "data-0001.tar",
        Archives.empty()
            .file("1.png", Pictures.png(300, 300, 1))
            .file("1001.png", Pictures.png(100, 300, 2))
            .file("2001.png", "not a picture".getBytes(StandardCharsets.UTF_8)));
    site.shard(
        "data-0002.tar",
        Archives.empty()
            .file("2.png", Pictures.png(300, 300, 3))
            .file("3.gif", Pictures.encoded(Pictures.picture(64, 64, 4), "gif")));
    site.posts(Map.of(1L, "300x300", 1001L, "300x300", 2001L, "9x9", 2L, "300x300"));
    site.posts(Map.of(3L, "64x64", 404L, "64x64"));

    List<Row> encoded = site.encode();

    assertThat(LatentSite.ids(encoded)).containsExactly(1L, 2L, 3L, 404L, 1001L, 2001L);
    assertThat(LatentSite.reasons(encoded))
        .containsOnly(Map.entry(404L, "no-image"), Map.entry(2001L, "unknown-format"));
    LatentReader reader = site.reader();
    Bucket square = new Bucket(128, 128);
    assertThat(reader.buckets()).contains(square);
    assertThat(reader.rows(square)).isEqualTo(3);
    checkLatents(site, reader);
  }

  private static void checkLatents(LatentSite site, LatentReader reader) throws IOException {
    try (NDManager scope = Natives.manager(Device.cpu());
        VaeEncoder vae = VaeEncoder.open(site.plan().vae(), Device.cpu(), Precision.FP32)) {
      ImagePreparer preparer = new ImagePreparer(site.plan().images());
      for (Bucket bucket : reader.buckets()) {
        for (int row = 0; row < reader.rows(bucket); row++) {
          NDArray latent = reader.read(scope, bucket, row, 0);
          Moments moments =
              vae.encode(List.of(preparer.prepare(site.bytes(reader.id(bucket, row))))).get(0);
          float[] expected = moments.sample(site.plan().drawSeed(reader.id(bucket, row)));
          assertThat(latent.getShape().getShape())
              .containsExactly(4, bucket.height() / 8, bucket.width() / 8);
          assertThat(latent.toFloatArray())
              .hasSameSizeAs(expected)
              .contains(expected, within(4e-3f));
        }
      }
    } catch (ImageRejected e) {
      throw new AssertionError(e);
    }
  }
}
