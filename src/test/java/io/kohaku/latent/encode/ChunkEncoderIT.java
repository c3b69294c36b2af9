package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.image.Pictures;
import io.kohaku.latent.SmallImages;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkEncoderIT {
  @TempDir private Path folder;
  private ChunkSite site;

  @BeforeEach
  void makeSite() throws IOException {
    site = new ChunkSite(folder);
  }

  @Test
  void momentsAreDrawnAnewWithEverySeed() throws IOException {
    List<WantedImage> images = site.images(1);
    EncodePlan moments = site.plan(Posterior.MOMENTS, Precision.FP32, "a");
    EncodePlan sample = site.plan(Posterior.SAMPLE, Precision.FP32, "b");
    StoredLatent stored = ChunkSite.stored(site.encode(images, moments)).get(0);
    Map<Long, float[]> drawn = site.latents(site.encode(images, sample), "b");
    assertThat(stored.place().size()).isEqualTo(2 * 4 * 16 * 16 * 2);
    assertThat(site.values(stored, "a", sample.drawSeed(0))).contains(drawn.get(0L), within(5e-3f));
    assertThat(site.values(stored, "a", 1)).isNotEqualTo(site.values(stored, "a", 2));
  }

  @Test
  void aFinishedChunkIsListedNotEncoded() throws IOException {
    List<WantedImage> images = site.images(3);
    EncodePlan plan = site.plan(Posterior.SAMPLE, Precision.FP32, "a");
    List<StoredLatent> first = ChunkSite.stored(site.encode(images, plan));
    // Without the images, encoding again would fail.
    Files.delete(Path.of(URI.create(images.get(0).source().shard())));
    assertThat(ChunkSite.stored(site.encode(images, plan)))
        .containsExactlyInAnyOrderElementsOf(first);
    assertThat(new LatentStore(ChunkSite.HADOOP, plan.store()).files()).hasSize(1);
    assertThat(folder.resolve("a/_unfinished")).isEmptyDirectory();
  }

  @Test
  void aChangedShardIsNotMistakenForTheIndexedOne() throws IOException {
    List<WantedImage> images = site.images(1);
    Path file = Path.of(URI.create(images.get(0).source().shard()));
    Files.write(file, Pictures.png(20, 20, 5));
    assertThatThrownBy(() -> site.encode(images, site.plan(Posterior.SAMPLE, Precision.FP32, "a")))
        .hasMessage(
            "Cannot prepare post 0: Cannot read %s: it has changed since it was indexed (index the shards again)"
                .formatted(images.get(0).source().shard()));
  }

  @Test
  void smallBucketsHaveLargerBatchesWherePixelsAreCounted() throws IOException {
    RecordedEncoders vae = new RecordedEncoders(site.source());
    EncoderChoice encoder = new EncoderChoice(vae, Precision.FP32);
    List<WantedImage> images = new ArrayList<>();
    for (int id = 0; id < 7; id++) {
      // 200x200 becomes 128x128, 100x100 without enlarging 64x64: a quarter of the pixels.
      images.add(site.image(id, Pictures.png(id < 3 ? 200 : 100, id < 3 ? 200 : 100, id)));
    }
    site.encode(images, site.plan(latents(2 * 128 * 128), false, "a").with(encoder));
    assertThat(vae.batches).containsExactly("FP32 2", "FP32 1", "FP32 4");
    vae.batches.clear();
    site.encode(images, site.plan(latents(0), false, "b").with(encoder));
    assertThat(vae.batches).containsExactly("FP32 2", "FP32 2", "FP32 2", "FP32 1");
  }

  /** In batches of two images, or of so many pixels. */
  private static LatentSettings latents(int batchPixels) {
    LatentSettings two = SmallImages.latents(Posterior.MEAN, Precision.FP32);
    return new LatentSettings(
        two.precision(),
        two.memoryFormat(),
        two.posterior(),
        two.storage(),
        two.runner(),
        two.batchSize(),
        batchPixels,
        two.chunkSize(),
        two.decodeThreads(),
        two.prefetch(),
        two.imports(),
        two.verify(),
        two.maxRejectFraction());
  }
}
