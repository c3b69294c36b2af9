package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.image.Pictures;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.OverflowingVae;
import io.kohaku.latent.SmallImages;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.Outcome;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A folder with the tiny model, images that are one chunk, and an encoder of chunks. */
final class ChunkSite {
  static final Configuration HADOOP = new Configuration();

  private final Path folder;
  private final Path checkpoint;
  private long fallbacks;

  ChunkSite(Path folder) throws IOException {
    this.folder = folder;
    this.checkpoint = folder.resolve("tiny.safetensors");
    TinySdxl.load().write(checkpoint);
  }

  Path checkpoint() {
    return checkpoint;
  }

  /** How many images were encoded again in fp32 so far. */
  long fallbacks() {
    return fallbacks;
  }

  List<WantedImage> images(int count) throws IOException {
    List<WantedImage> images = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      images.add(picture(id));
    }
    return images;
  }

  WantedImage picture(long id) throws IOException {
    return image(id, Pictures.png(200, 200, id));
  }

  WantedImage grey(long id, int level) throws IOException {
    return image(id, OverflowingVae.grey(200, 200, level));
  }

  WantedImage image(long id, byte[] png) throws IOException {
    Path file = Files.write(folder.resolve(id + ".png"), png);
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
    return new WantedImage(
        id, ImageSource.wholeFile(FileSystem.getLocal(HADOOP).getFileStatus(path)), null);
  }

  VaeSource source() {
    return new VaeSource(checkpoint.toString(), "", 32);
  }

  EncodePlan plan(Posterior posterior, Precision precision, String store) {
    return plan(SmallImages.latents(posterior, precision), true, store);
  }

  EncodePlan plan(LatentSettings latents, boolean upscale, String store) {
    ImageSettings images =
        SmallImages.images(folder.toString(), new BucketSettings(128, 128, 64, 256, 64, upscale));
    return new EncodePlan(images, latents, source(), 1, folder.resolve(store).toString());
  }

  List<Outcome> encode(List<WantedImage> images, EncodePlan plan) throws IOException {
    AtomicLong done = new AtomicLong();
    ChunkEncoder.Watch watch = new ChunkEncoder.Watch(done::addAndGet, count -> fallbacks += count);
    try (ChunkEncoder encoder = new ChunkEncoder(plan, "key", HADOOP, Device.cpu(), watch)) {
      List<Outcome> outcomes = encoder.encode(images, "attempt-" + System.nanoTime());
      assertThat(done.get()).as("images counted for people").isEqualTo(images.size());
      return outcomes;
    }
  }

  static List<StoredLatent> stored(List<Outcome> outcomes) {
    return outcomes.stream().map(outcome -> ((Outcome.Encoded) outcome).latent()).toList();
  }

  /** What was stored of each post. */
  Map<Long, float[]> latents(List<Outcome> outcomes, String store) throws IOException {
    Map<Long, float[]> latents = new TreeMap<>();
    for (StoredLatent latent : stored(outcomes)) {
      latents.put(latent.origin().id(), values(latent, store, 0));
    }
    return latents;
  }

  float[] values(StoredLatent latent, String store, long drawSeed) throws IOException {
    byte[] bytes =
        new LatentStore(HADOOP, folder.resolve(store).toString())
            .bytes(latent.origin().id(), latent.place());
    return LatentBytes.values(bytes, latent.origin().format(), drawSeed);
  }
}
