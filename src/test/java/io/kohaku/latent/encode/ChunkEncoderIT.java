package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.image.Pictures;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentSite;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.Outcome;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkEncoderIT {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;
  private Path checkpoint;

  @BeforeEach
  void writeCheckpoint() throws IOException {
    checkpoint = folder.resolve("tiny.safetensors");
    TinySdxl.load().write(checkpoint);
  }

  @Test
  void whatOverflowsIsEncodedAgainIn32Bits() throws IOException {
    scale("first_stage_model.encoder.conv_in.weight", 1e6f);
    List<WantedImage> images = images(3);
    Map<Long, float[]> half =
        latents(encode(images, plan(Posterior.MEAN, Precision.FP16, "a")), "a");
    Map<Long, float[]> exact =
        latents(encode(images, plan(Posterior.MEAN, Precision.FP32, "b")), "b");
    assertThat(half).hasSize(3).containsOnlyKeys(exact.keySet());
    half.forEach((id, values) -> assertThat(values).contains(exact.get(id), within(2e-3f)));
  }

  @Test
  void whatIsNotFiniteEvenThenIsRejected() throws IOException {
    scale("first_stage_model.quant_conv.bias", Float.NaN);
    List<Outcome> outcomes = encode(images(2), plan(Posterior.SAMPLE, Precision.BF16, "a"));
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(
            outcome -> {
              Outcome.Rejected rejected = (Outcome.Rejected) outcome;
              assertThat(rejected.reason()).isEqualTo("latent-not-finite");
              assertThat(rejected.detail())
                  .isEqualTo("the VAE in fp32 gives values that are not finite in FP16");
            });
  }

  @Test
  void momentsAreDrawnAnewWithEverySeed() throws IOException {
    List<WantedImage> images = images(1);
    EncodePlan moments = plan(Posterior.MOMENTS, Precision.FP32, "a");
    EncodePlan sample = plan(Posterior.SAMPLE, Precision.FP32, "b");
    StoredLatent stored = stored(encode(images, moments)).get(0);
    Map<Long, float[]> drawn = latents(encode(images, sample), "b");
    assertThat(stored.place().size()).isEqualTo(2 * 4 * 16 * 16 * 2);
    assertThat(values(stored, "a", sample.drawSeed(0))).contains(drawn.get(0L), within(5e-3f));
    assertThat(values(stored, "a", 1)).isNotEqualTo(values(stored, "a", 2));
  }

  @Test
  void aFinishedChunkIsListedNotEncoded() throws IOException {
    List<WantedImage> images = images(3);
    EncodePlan plan = plan(Posterior.SAMPLE, Precision.FP32, "a");
    List<StoredLatent> first = stored(encode(images, plan));
    // Without the images, encoding again would fail.
    Files.delete(Path.of(URI.create(images.get(0).source().shard())));
    assertThat(stored(encode(images, plan))).containsExactlyInAnyOrderElementsOf(first);
    assertThat(new LatentStore(HADOOP, plan.store()).files()).hasSize(1);
    assertThat(folder.resolve("a/_unfinished")).isEmptyDirectory();
  }

  @Test
  void aChangedShardIsNotMistakenForTheIndexedOne() throws IOException {
    List<WantedImage> images = images(1);
    Path file = Path.of(URI.create(images.get(0).source().shard()));
    Files.write(file, Pictures.png(20, 20, 5));
    assertThatThrownBy(() -> encode(images, plan(Posterior.SAMPLE, Precision.FP32, "a")))
        .hasMessage(
            "Cannot prepare post 0: Cannot read %s: it has changed since it was indexed (index the shards again)"
                .formatted(images.get(0).source().shard()));
  }

  private List<WantedImage> images(int count) throws IOException {
    List<WantedImage> images = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      Path file = folder.resolve(id + ".png");
      Files.write(file, Pictures.png(200, 200, id));
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
      images.add(
          new WantedImage(
              id, ImageSource.wholeFile(FileSystem.getLocal(HADOOP).getFileStatus(path)), null));
    }
    return images;
  }

  private EncodePlan plan(Posterior posterior, Precision precision, String store) {
    return new EncodePlan(
        LatentSite.images(folder.toString()),
        LatentSite.latents(posterior, precision),
        new VaeSource(checkpoint.toString(), "", 32),
        1,
        folder.resolve(store).toString());
  }

  private static List<Outcome> encode(List<WantedImage> images, EncodePlan plan)
      throws IOException {
    AtomicLong done = new AtomicLong();
    try (ChunkEncoder encoder =
        new ChunkEncoder(plan, "key", HADOOP, Device.cpu(), done::addAndGet)) {
      List<Outcome> outcomes = encoder.encode(images, "attempt-" + System.nanoTime());
      assertThat(done.get()).as("images counted for people").isEqualTo(images.size());
      return outcomes;
    }
  }

  private static List<StoredLatent> stored(List<Outcome> outcomes) {
    return outcomes.stream().map(outcome -> ((Outcome.Encoded) outcome).latent()).toList();
  }

  private Map<Long, float[]> latents(List<Outcome> outcomes, String store) throws IOException {
    Map<Long, float[]> latents = new TreeMap<>();
    for (StoredLatent latent : stored(outcomes)) {
      latents.put(latent.origin().id(), values(latent, store, 0));
    }
    return latents;
  }

  private float[] values(StoredLatent latent, String store, long drawSeed) throws IOException {
    byte[] bytes =
        new LatentStore(HADOOP, folder.resolve(store).toString())
            .bytes(latent.origin().id(), latent.place());
    return LatentBytes.values(bytes, latent.origin().format(), drawSeed);
  }

  /** Multiplies a tensor of the checkpoint in place. */
  private void scale(String tensor, float factor) throws IOException {
    long begin;
    long size;
    try (SafeTensors file = SafeTensors.open(checkpoint)) {
      begin = file.info(tensor).begin();
      size = file.info(tensor).size();
    }
    try (FileChannel file =
        FileChannel.open(checkpoint, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      file.read(header, 0);
      long start = 8 + header.getLong(0) + begin;
      ByteBuffer values = file.map(FileChannel.MapMode.READ_WRITE, start, size);
      values.order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < size; at += 4) {
        values.putFloat(at, values.getFloat(at) * factor);
      }
    }
  }
}
