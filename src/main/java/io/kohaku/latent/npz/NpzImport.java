package io.kohaku.latent.npz;

import io.kohaku.digest.Sha256;
import io.kohaku.files.NamedPath;
import io.kohaku.image.BucketChoice;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.Placement;
import io.kohaku.image.RejectReason;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.store.ChunkFiles;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.Outcome;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.settings.LatentSettings.Posterior;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Takes latents that sd-scripts cached into the store, one chunk of files at a time. */
final class NpzImport {
  private static final long MOST_BYTES = 1 << 29;

  private final EncodePlan plan;
  private final Configuration hadoop;
  private final LatentStore store;
  private final BucketChoice buckets;
  private final TrainableSizes sizes;
  private final LongConsumer done;

  NpzImport(EncodePlan plan, Configuration hadoop, LongConsumer done) throws IOException {
    this.plan = plan;
    this.hadoop = hadoop;
    this.store = new LatentStore(hadoop, plan.store());
    this.buckets = new BucketChoice(plan.images().buckets());
    this.sizes = new TrainableSizes(plan.images().buckets());
    this.done = done;
  }

  /** One outcome for each file. */
  List<Outcome> run(List<WantedImage> sources, String attempt) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    try (ChunkFiles files =
        new ChunkFiles(store, WantedImage.chunk(plan.importKey(), sources), attempt)) {
      Set<Long> finished = new HashSet<>();
      for (StoredLatent latent : files.finishedBefore()) {
        outcomes.add(new Outcome.Encoded(latent));
        finished.add(latent.origin().id());
      }
      done.accept(finished.size());
      for (WantedImage source : sources) {
        if (!finished.contains(source.id())) {
          take(source, files, outcomes);
          done.accept(1);
        }
      }
      files.finish().forEach(latent -> outcomes.add(new Outcome.Encoded(latent)));
    }
    return outcomes;
  }

  private void take(WantedImage wanted, ChunkFiles files, List<Outcome> outcomes)
      throws IOException {
    if (wanted.source().length() > MOST_BYTES) {
      String detail = wanted.source().length() + " bytes, more than latents have";
      outcomes.add(rejected(wanted, RejectReason.TOO_MANY_BYTES, detail));
      return;
    }
    byte[] file = bytes(wanted.source());
    LatentFormat format = new LatentFormat(Posterior.SAMPLE, plan.latents().storage());
    NpzLatent latent;
    try {
      latent =
          NpzLatent.parse(file, (width, height) -> usual(width, height).map(Placement::bucket));
    } catch (IOException e) {
      outcomes.add(rejected(wanted, RejectReason.UNDECODABLE, e.getMessage()));
      return;
    }
    Placement placement = placement(latent);
    Optional<Outcome> refusal = refusal(wanted, latent, placement, format);
    if (refusal.isPresent()) {
      outcomes.add(refusal.get());
      return;
    }
    LatentOrigin origin =
        new LatentOrigin(
            wanted.id(), placement, wanted.source(), Sha256.of(file), plan.importKey(), format);
    files.write(origin, LatentBytes.of(latent.values(), format.storage()));
  }

  /** Why a latent that was read is not taken, if it is not. */
  private Optional<Outcome> refusal(
      WantedImage wanted, NpzLatent latent, Placement placement, LatentFormat format) {
    Optional<String> size = sizes.problem(latent.bucket());
    if (size.isPresent()) {
      return Optional.of(rejected(wanted, RejectReason.UNDECODABLE, size.get()));
    } else if (!latent.isLetterBox(placement.letterBox())) {
      String detail = "crop_ltrb " + latent.box() + " instead of " + placement.letterBox();
      return Optional.of(rejected(wanted, RejectReason.UNDECODABLE, detail));
    } else if (!format.holds(latent.values())) {
      String detail = "values that are not finite in " + format.storage();
      return Optional.of(rejected(wanted, RejectReason.LATENT_NOT_FINITE, detail));
    }
    return Optional.empty();
  }

  /** As the settings place the image, if that is its bucket; else resized to the bucket exactly. */
  private Placement placement(NpzLatent latent) {
    return usual(latent.originalWidth(), latent.originalHeight())
        .filter(placement -> placement.bucket().equals(latent.bucket()))
        .orElseGet(
            () ->
                new Placement(
                    latent.originalWidth(),
                    latent.originalHeight(),
                    latent.bucket().width(),
                    latent.bucket().height(),
                    latent.bucket()));
  }

  private Optional<Placement> usual(int width, int height) {
    try {
      return Optional.of(buckets.place(width, height));
    } catch (ImageRejected e) {
      // Too small for these settings, but it may have been encoded elsewhere.
      return Optional.empty();
    }
  }

  private static Outcome rejected(WantedImage source, RejectReason reason, String detail) {
    return new Outcome.Rejected(source, reason.text(), detail);
  }

  private byte[] bytes(ImageSource source) throws IOException {
    Path path = new Path(source.shard());
    byte[] bytes = new byte[Math.toIntExact(source.length())];
    try (FSDataInputStream in = NamedPath.open(path, hadoop)) {
      in.readFully(bytes);
    }
    return bytes;
  }
}
