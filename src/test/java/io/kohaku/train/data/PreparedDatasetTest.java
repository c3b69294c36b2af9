package io.kohaku.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.StoredLatent;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.SampleKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedDatasetTest {
  private static final Bucket SQUARE = new Bucket(64, 64);
  private static final Bucket TALL = new Bucket(64, 128);
  private static final ImageDataset.Epoch MOMENT = new ImageDataset.Epoch(5, 2);

  @TempDir private Path folder;
  private PreparedImages images;
  private List<StoredLatent> square;
  private List<StoredLatent> tall;

  @BeforeEach
  void prepare() throws IOException {
    images = new PreparedImages(folder);
    square = prepared(SQUARE, new LatentFormat(Posterior.MEAN, Storage.FP32), 1, 3);
    tall = prepared(TALL, new LatentFormat(Posterior.MOMENTS, Storage.FP16), (1L << 40) + 1, 5);
  }

  private List<StoredLatent> prepared(Bucket bucket, LatentFormat format, long first, int count)
      throws IOException {
    List<StoredLatent> latents = images.store(bucket, format, first, count);
    PreparedWriter writer = images.writer(bucket);
    for (StoredLatent latent : latents) {
      writer.write(PreparedImages.row(latent, latent.place(), latent.origin().id()));
    }
    writer.finish();
    return latents;
  }

  @Test
  void rowsAreReadAtRandomWithAllThatAStepNeeds() throws IOException {
    try (PreparedDataset set = images.open()) {
      assertThat(set.sizes()).containsExactly(3, 5);
      assertThat(set.fullestBucket()).isEqualTo(TALL);
      assertBatch(set.read(new EpochOrder.Slot(0, new int[] {2, 0}, 40), MOMENT, 0), square, 2, 0);
      assertBatch(set.read(new EpochOrder.Slot(1, new int[] {1, 4}, 40), MOMENT, 0), tall, 1, 4);
    }
  }

  private void assertBatch(MicroBatch batch, List<StoredLatent> latents, int... rows)
      throws IOException {
    assertThat(batch.images()).isEqualTo(rows.length);
    for (int i = 0; i < rows.length; i++) {
      StoredLatent latent = latents.get(rows[i]);
      long id = latent.origin().id();
      Bucket bucket = latent.origin().placement().bucket();
      SampleKey key = new SampleKey(5, 2, 40 + i);
      assertThat(batch.ids()[i]).isEqualTo(id);
      assertThat(batch.keys().get(i)).isEqualTo(key);
      assertThat(part(batch.sizes(), i, rows.length))
          .containsExactly(bucket.height(), 64 + id % 50, 1, 2, bucket.height(), bucket.width());
      float[] values =
          LatentBytes.values(
              images.store().bytes(id, latent.place()),
              latent.origin().format(),
              key.posteriorSeed());
      for (int j = 0; j < values.length; j++) {
        values[j] *= (float) Vae.SCALE;
      }
      assertThat(part(batch.latents(), i, rows.length)).isEqualTo(values);
      assertThat(values).hasSize(4 * batch.height() * batch.width());
      assertThat(batch.texts().get(i)).contains("name " + id, "long hair");
      assertTokens(batch, i);
    }
  }

  private static float[] part(float[] all, int index, int count) {
    int size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  private void assertTokens(MicroBatch batch, int i) {
    int size = 2 * TokenRows.LENGTH;
    int[] encoded = images.tokenizer().encode(batch.texts().get(i));
    assertThat(batch.tokens().rows()).isEqualTo(2);
    assertThat(Arrays.copyOfRange(batch.tokens().first(), i * size, (i + 1) * size))
        .isEqualTo(flat(TokenRows.PADDED_WITH_END.of(images.tokenizer(), encoded, 150)));
    assertThat(Arrays.copyOfRange(batch.tokens().second(), i * size, (i + 1) * size))
        .isEqualTo(flat(TokenRows.PADDED_WITH_ZERO.of(images.tokenizer(), encoded, 150)));
  }

  private static long[] flat(long[][] rows) {
    return Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
  }

  @Test
  void filesOfAnotherLayoutAreRefused() throws IOException {
    Path list = images.prepared().resolve("64x64.files");
    String refusal =
        "Cannot read prepared images file:%s: another version wrote them (run the job prepare again)"
            .formatted(images.prepared().resolve("64x64.rows"));
    List<String> lines = Files.readAllLines(list);
    assertThat(lines).hasSize(2).last().isEqualTo("bucket=64x64/chunk.parquet");
    Files.deleteIfExists(list.resolveSibling(".64x64.files.crc"));
    Files.writeString(list, "id int64\n" + lines.get(1) + "\n");
    assertThatThrownBy(images::open).hasMessage(refusal);
    Files.delete(list);
    assertThatThrownBy(images::open).hasMessage(refusal);
  }

  @Test
  void aDamagedOrMissingLatentIsNamedByPostAndFile() throws IOException {
    EpochOrder.Slot slot = new EpochOrder.Slot(0, new int[] {1}, 0);
    Path file = images.stored(square.get(1).place());
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) square.get(1).place().position()] ^= 1;
    Files.write(file, bytes);
    try (PreparedDataset set = images.open()) {
      assertThatThrownBy(() -> set.read(slot, MOMENT, 0))
          .hasMessageStartingWith("Cannot read the latent of post 2: %s is damaged", file);
      Files.delete(file);
      assertThatThrownBy(() -> set.read(slot, MOMENT, 0))
          .hasMessage(
              "Cannot read the latent of post 2: %s is missing (run encode, which makes it again)",
              file);
    }
  }
}
