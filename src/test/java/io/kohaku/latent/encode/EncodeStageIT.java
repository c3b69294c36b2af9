package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.kohaku.image.Bucket;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.Pictures;
import io.kohaku.image.prepare.ImagePreparer;
import io.kohaku.image.shard.Archives;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.LatentSite;
import io.kohaku.latent.Moments;
import io.kohaku.latent.exported.ExportedEncoders;
import io.kohaku.latent.exported.TinyExport;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.MomentsEncoder;
import io.kohaku.settings.ExportVaeSettings;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    assertThat(buckets(site)).filteredOn("128x128"::equals).hasSize(3);
    checkLatents(site);
  }

  @Test
  void nothingIsEncodedTwiceAndAChangedShardOnlyInPart() throws IOException {
    byte[] second = Pictures.png(300, 300, 3);
    LatentSite site = twoShards(second);
    List<Row> first = site.encode();
    List<String> files = site.files();
    assertThat(LatentSite.reasons(first)).isEmpty();
    toldAndCounted(site, 0, 4, new LatentCounts(0, 0, 4));
    bothCropsAreStored(first.get(2));

    assertThat(site.encode()).isEqualTo(first);
    assertThat(site.files()).as("second run").isEqualTo(files);
    toldAndCounted(site, 4, 0, new LatentCounts(4, 0, 0));
    assertThat(site.encode(false)).as("tables lost, store kept").isEqualTo(first);
    assertThat(site.files()).isEqualTo(files);
    toldAndCounted(site, 4, 0, new LatentCounts(4, 0, 0));

    // The same bytes elsewhere in the shard, and other bytes.
    site.shard(
        "data-0002.tar",
        Archives.empty()
            .file("cover.txt", new byte[700])
            .file("2.png", second)
            .file("1002.png", Pictures.png(300, 300, 99)));
    List<Row> third = site.encode();
    toldAndCounted(site, 2, 2, new LatentCounts(3, 0, 1));

    List<String> added = new ArrayList<>(site.files());
    added.removeAll(files);
    assertThat(added)
        .singleElement()
        .satisfies(f -> assertThat(site.posts(f)).containsExactly(1002L));
    assertThat(LatentSite.ids(third)).containsExactly(1L, 2L, 1001L, 1002L);
    assertThat(third.get(0)).isEqualTo(first.get(0));
    assertThat(third.get(2)).isEqualTo(first.get(2));
    assertThat(third.get(1).<Object>getAs("file")).isEqualTo(first.get(1).getAs("file"));
    checkLatents(site);
    assertThat(site.encode()).isEqualTo(third);
  }

  private LatentSite twoShards(byte[] second) throws IOException {
    LatentSite site = new LatentSite(folder);
    site.shard(
        "data-0001.tar",
        Archives.empty()
            .file("1.png", Pictures.png(300, 300, 1))
            .file("1001.png", Pictures.png(300, 310, 2)));
    site.shard(
        "data-0002.tar",
        Archives.empty().file("2.png", second).file("1002.png", Pictures.png(300, 300, 4)));
    site.posts(Map.of(1L, "300x300", 1001L, "300x310", 2L, "300x300", 1002L, "300x300"));
    return site;
  }

  private static void toldAndCounted(LatentSite site, long reused, long rest, LatentCounts counts) {
    assertThat(site.work().reused()).as("told to be reused").isEqualTo(reused);
    assertThat(site.work().rest()).as("told to be read").isEqualTo(rest);
    assertThat(site.counts()).isEqualTo(counts);
  }

  @Test
  void whatATaskOfThisRunFinishedIsNotReusedWhenItIsTriedAgain() throws IOException {
    LatentSite site = new LatentSite(folder);
    site.shard(
        "data-0001.tar",
        Archives.empty()
            .file("1.png", Pictures.png(300, 300, 1))
            .file("2.png", Pictures.png(100, 300, 2))
            .file("3.png", "not a picture".getBytes(StandardCharsets.UTF_8)));
    site.posts(Map.of(1L, "300x300", 404L, "9x9"));
    site.encode();
    toldAndCounted(site, 0, 1, new LatentCounts(0, 0, 1));
    site.posts(Map.of(2L, "100x300", 3L, "300x300"));
    site.retryTasks();

    site.encode();

    toldAndCounted(site, 1, 2, new LatentCounts(1, 0, 1));
    assertThat(site.files()).hasSize(2);
  }

  /** 300x310 is resized to 128x132; fitted inside the bucket it would be 123.87 wide. */
  private static void bothCropsAreStored(Row row) {
    assertThat(row.<Integer>getAs("resized_width")).isEqualTo(128);
    assertThat(row.<Integer>getAs("resized_height")).isEqualTo(132);
    assertThat(row.<Integer>getAs("pixel_crop_left")).isZero();
    assertThat(row.<Integer>getAs("pixel_crop_top")).isEqualTo(2);
    assertThat(row.<Integer>getAs("crop_left")).isEqualTo(2);
    assertThat(row.<Integer>getAs("crop_top")).isZero();
  }

  @Test
  void anImageOfAnotherSizeThanItsPostSaysGoesToItsTrueBucket() throws IOException {
    LatentSite site = new LatentSite(folder);
    site.shard(
        "data-0001.tar",
        Archives.empty()
            .file("1.png", Pictures.png(300, 300, 1))
            .file("1001.png", Pictures.png(100, 400, 2)));
    site.posts(Map.of(1L, "300x300", 1001L, "300x300"));

    List<Row> encoded = site.encode();

    assertThat(encoded.get(1).<String>getAs("bucket")).isEqualTo("64x256");
    assertThat(buckets(site)).containsExactlyInAnyOrder("64x256", "128x128");
    Row tall = site.latents().get(buckets(site).indexOf("64x256"));
    assertThat(LatentColumn.sizes(EncodedTable.values(tall)).toArray())
        .containsExactly(400, 100, 0, 0, 256, 64);
  }

  @Test
  void djlsPredictorOnTheExportedVaeGivesTheSameLatents(@TempDir Path other) throws IOException {
    LatentSite site = new LatentSite(folder);
    site.shard(
        "data-0001.tar",
        Archives.empty()
            .file("1.png", Pictures.png(300, 300, 1))
            .file("2.png", Pictures.png(100, 400, 2))
            .file("3.png", Pictures.png(310, 300, 3))
            .file("4.png", "not a picture".getBytes(StandardCharsets.UTF_8)));
    site.posts(Map.of(1L, "300x300", 2L, "300x300", 3L, "300x300", 4L, "300x300"));
    List<Row> kernels = site.encode();
    ExportVaeSettings settings =
        new ExportVaeSettings(
            Precision.FP32, LatentSettings.Posterior.MEAN, LatentSettings.Storage.FP32);
    Path model = TinyExport.write(other, site.plan().vae(), settings);
    LatentSite exported =
        site.with(
            new EncoderChoice(
                ExportedEncoders.of(model, Optional.empty(), site.plan().vae()), Precision.FP32),
            other);

    List<Row> predictor = exported.encode();

    assertThat(exported.plan().key("vae")).isEqualTo(site.plan().key("vae"));
    assertThat(predictor).isEqualTo(kernels);
    assertThat(LatentSite.ids(predictor)).containsExactly(1L, 2L, 3L, 4L);
    for (Row row : predictor.subList(0, 3)) {
      assertThat(exported.latent(row)).isEqualTo(site.latent(row)).isNotEmpty();
    }
  }

  private static List<String> buckets(LatentSite site) {
    return site.latents().stream().map(row -> row.<String>getAs(EncodedTable.BUCKET)).toList();
  }

  /** Every latent is that of its post's image, and the rows of a bucket go up from 0. */
  private static void checkLatents(LatentSite site) throws IOException {
    Map<String, Integer> rows = new HashMap<>();
    try (MomentsEncoder vae = site.plan().vae().encoder(Device.cpu(), Precision.FP32)) {
      ImagePreparer preparer = new ImagePreparer(site.plan().images());
      for (Row row : site.latents()) {
        long id = row.getAs(EncodedTable.ID);
        Bucket bucket = Bucket.parse(row.getAs(EncodedTable.BUCKET));
        assertThat(row.<Number>getAs(LatentTable.ROW).intValue())
            .isEqualTo(rows.merge(bucket.name(), 1, Integer::sum) - 1);
        Moments moments = vae.encode(List.of(preparer.prepare(site.bytes(id)))).get(0);
        float[] expected = moments.sample(site.plan().drawSeed(id));
        assertThat(
                LatentBytes.values(
                    site.latent(row), LatentColumn.format(EncodedTable.values(row)), 0))
            .hasSize(4 * bucket.height() / 8 * bucket.width() / 8)
            .contains(expected, within(4e-3f));
      }
    } catch (ImageRejected e) {
      throw new AssertionError(e);
    }
  }
}
