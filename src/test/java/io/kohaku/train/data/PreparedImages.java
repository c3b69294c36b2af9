package io.kohaku.train.data;

import io.kohaku.Recipes;
import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.store.ChunkFiles;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.sdxl.tokenizer.ClipTokenizerTest;
import io.kohaku.settings.LatentSettings.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A store of made-up latents and rows prepared on them, without Spark. */
final class PreparedImages {
  private static final Configuration HADOOP = new Configuration();

  private final Path folder;
  private final LatentStore store;
  private final ClipTokenizer tokenizer;

  PreparedImages(Path folder) throws IOException {
    this.folder = folder;
    this.store = new LatentStore(HADOOP, folder.resolve("store").toString());
    this.tokenizer = ClipTokenizer.open(ClipTokenizerTest.files());
  }

  /** Stores latents of one bucket in a file of its own; ids go up from {@code first}. */
  List<StoredLatent> store(Bucket bucket, LatentFormat format, long first, int count)
      throws IOException {
    try (ChunkFiles files = new ChunkFiles(store, "chunk", "attempt")) {
      for (long id = first; id < first + count; id++) {
        Placement placement =
            new Placement(
                bucket.width() + (int) (id % 50),
                bucket.height(),
                bucket.width(),
                bucket.height(),
                bucket);
        ImageSource source = new ImageSource("shard", id, 1, 1);
        files.write(
            new LatentOrigin(id, placement, source, "digest", "key", format),
            latent(id, format, bucket));
      }
      return files.finish();
    }
  }

  private static byte[] latent(long id, LatentFormat format, Bucket bucket) {
    int width = format.storage() == Storage.FP16 ? Short.BYTES : Float.BYTES;
    float[] values = new float[format.size(bucket) / width];
    SeededStream stream = SeededStream.of(Purpose.TRIAL, id, 77);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (8 * stream.nextDouble() - 4);
    }
    return LatentBytes.of(values, format.storage());
  }

  /** The row of a stored latent, which may be said to lie elsewhere. */
  static PreparedRow row(StoredLatent latent, LatentPlace place, long id) {
    Placement placement = latent.origin().placement();
    return new PreparedRow(
        id,
        place,
        latent.origin().format(),
        new SizeConditioning(
            placement.originalHeight(),
            placement.originalWidth(),
            1,
            2,
            placement.bucket().height(),
            placement.bucket().width()),
        List.of("1girl", "name " + id),
        List.of("solo", "long hair", "smile", "sky " + id % 3));
  }

  PreparedWriter writer(Bucket bucket) throws IOException {
    return new PreparedWriter(HADOOP, hadoop(prepared()), bucket.name());
  }

  Path prepared() {
    return folder.resolve("prepared");
  }

  Path stored(LatentPlace place) {
    return folder.resolve("store").resolve(place.file());
  }

  LatentStore store() {
    return store;
  }

  ClipTokenizer tokenizer() {
    return tokenizer;
  }

  PreparedDataset open() throws IOException {
    return new PreparedDataset(
        HADOOP,
        hadoop(prepared()),
        store,
        new Augmentation(Recipes.defaults().captions().augmentation()),
        new CaptionTokens(tokenizer, 150));
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toString());
  }
}
