package io.kohaku.latent.encode;

import ai.djl.Device;
import io.kohaku.image.Bucket;
import io.kohaku.image.RejectReason;
import io.kohaku.image.prepare.ImagePreparer;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.image.shard.ImageFetcher;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.Moments;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.encode.PreparedAhead.Result;
import io.kohaku.latent.store.ChunkFiles;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.Outcome;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.latent.vae.VaeEncoders;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes one chunk of images into files of the store, usually one.
 *
 * <p>A chunk that an earlier attempt finished is found by its name, which its images and the key
 * make, and is listed instead of encoded.
 */
final class ChunkEncoder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkEncoder.class);

  private final EncodePlan plan;
  private final String key;
  private final LatentStore store;
  private final ImageFetcher fetcher;
  private final ImagePreparer preparer;
  private final VaeEncoders vaes;
  private final Configuration hadoop;
  private final Device device;
  private final Watch watch;
  private boolean fellBack;

  /**
   * Counts for people.
   *
   * @param done takes how many images more are done
   * @param fallbacks takes how many more were encoded again in fp32
   */
  record Watch(LongConsumer done, LongConsumer fallbacks) {}

  /** An encoder for one task. */
  ChunkEncoder(EncodePlan plan, String key, Configuration hadoop, Device device, Watch watch)
      throws IOException {
    this.plan = plan;
    this.key = key;
    this.store = new LatentStore(hadoop, plan.store());
    this.fetcher = new ImageFetcher(hadoop, plan.images().maxBytes());
    this.preparer = new ImagePreparer(plan.images());
    this.vaes = new VaeEncoders(plan.encoder().source().onThisMachine(hadoop), device);
    this.hadoop = hadoop;
    this.device = device;
    this.watch = watch;
  }

  /**
   * One outcome for each image, in no order.
   *
   * @throws WorthlessResultException at the first image that the VAE itself spoils
   * @param attempt a name that no other attempt has
   */
  List<Outcome> encode(List<WantedImage> images, String attempt) throws IOException {
    try (ChunkFiles files = new ChunkFiles(store, WantedImage.chunk(key, images), attempt)) {
      return new Attempt(files).run(images);
    }
  }

  @Override
  public void close() {
    Closer.close(List.of(vaes, fetcher));
  }

  /** One attempt at one chunk. */
  private final class Attempt {
    private final ChunkFiles files;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Map<Bucket, List<Result.Ready>> waiting = new LinkedHashMap<>();

    Attempt(ChunkFiles files) {
      this.files = files;
    }

    List<Outcome> run(List<WantedImage> images) throws IOException {
      Set<Long> finished = new HashSet<>();
      for (StoredLatent latent : files.finishedBefore()) {
        outcomes.add(new Outcome.Encoded(latent));
        finished.add(latent.origin().id());
      }
      watch.done().accept(finished.size());
      List<WantedImage> rest =
          images.stream()
              .filter(image -> !finished.contains(image.id()))
              .sorted(WantedImage.BY_SOURCE)
              .toList();
      try (PreparedAhead ahead = new PreparedAhead(fetcher, preparer, plan.latents(), rest)) {
        for (Result result = ahead.next(); result != null; result = ahead.next()) {
          accept(result);
        }
      }
      for (Bucket bucket : List.copyOf(waiting.keySet())) {
        encode(bucket);
      }
      files.finish().forEach(latent -> outcomes.add(new Outcome.Encoded(latent)));
      return outcomes;
    }

    private void accept(Result result) throws IOException {
      if (result instanceof Result.Ready ready) {
        Bucket bucket = ready.pixels().placement().bucket();
        List<Result.Ready> batch = waiting.computeIfAbsent(bucket, b -> new ArrayList<>());
        batch.add(ready);
        if (batch.size() == plan.latents().batch((long) bucket.width() * bucket.height())) {
          encode(bucket);
        }
      } else if (result instanceof Result.Unchanged unchanged) {
        WantedImage image = unchanged.image();
        outcomes.add(new Outcome.Encoded(image.earlier().movedTo(image.source())));
        watch.done().accept(1);
      } else if (result instanceof Result.Rejected rejected) {
        reject(rejected.image(), rejected.reason(), rejected.detail());
      }
    }

    private void encode(Bucket bucket) throws IOException {
      List<Result.Ready> batch = waiting.remove(bucket);
      List<PreparedImage> pixels = batch.stream().map(Result.Ready::pixels).toList();
      List<Moments> moments = vaes.of(plan.encoder().precision()).encode(pixels);
      for (int i = 0; i < batch.size(); i++) {
        write(batch.get(i), moments.get(i));
      }
    }

    private void write(Result.Ready ready, Moments moments) throws IOException {
      long id = ready.image().id();
      LatentFormat format = plan.format();
      float[] latent = moments.stored(format.posterior(), plan.drawSeed(id));
      if (plan.encoder().precision() != Precision.FP32
          && !(moments.isFinite() && format.holds(latent))) {
        latent = exact(ready).stored(format.posterior(), plan.drawSeed(id));
      }
      if (!format.holds(latent)) {
        requireSound(ready);
        reject(
            ready.image(),
            RejectReason.LATENT_NOT_FINITE,
            "the VAE in fp32 gives values that are too large for " + format.storage());
        return;
      }
      LatentOrigin origin =
          new LatentOrigin(
              id, ready.pixels().placement(), ready.image().source(), ready.sha256(), key, format);
      files.write(origin, LatentBytes.of(latent, format.storage()));
      watch.done().accept(1);
    }

    /** Every picture is bytes, so it is the VAE that makes numbers of one which are none. */
    private void requireSound(Result.Ready ready) throws IOException {
      VaeSource vae = plan.vae();
      Optional<String> blame = vae.onThisMachine(hadoop).blame(device, ready.pixels());
      if (blame.isPresent()) {
        throw new WorthlessResultException(
            "Cannot encode post %s with the VAE of %s: its latents are no numbers, in fp32 neither: %s (name another VAE by model.vae)"
                .formatted(ready.image().id(), vae.path(), blame.get()));
      }
    }

    /** Encoded again in fp32, alone: what it gives does not depend on the images around it. */
    private Moments exact(Result.Ready ready) {
      watch.fallbacks().accept(1);
      if (!fellBack) {
        fellBack = true;
        LOG.warn(
            "Post {} is not finite in {} and is encoded again in FP32, as will be others like it",
            ready.image().id(),
            plan.encoder().precision());
      }
      return vaes.of(Precision.FP32).encode(List.of(ready.pixels())).get(0);
    }

    private void reject(WantedImage image, RejectReason reason, String detail) {
      outcomes.add(new Outcome.Rejected(image, reason.text(), detail));
      watch.done().accept(1);
    }
  }
}
