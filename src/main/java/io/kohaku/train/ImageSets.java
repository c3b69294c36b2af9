package io.kohaku.train;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.settings.Settings;
import io.kohaku.train.data.Augmentation;
import io.kohaku.train.data.CaptionTokens;
import io.kohaku.train.data.PreparationStage;
import io.kohaku.train.data.PreparedDataset;
import io.kohaku.train.loop.MicroBatchLoss;
import io.kohaku.train.loop.Validation;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a run is trained on and what it is measured on.
 *
 * @param training never empty
 * @param heldOut may be empty
 */
record ImageSets(PreparedDataset training, PreparedDataset heldOut) {

  /** The sets that the preparation wrote; {@code opened} closes them. */
  static ImageSets open(Settings settings, TrainInputs inputs, Configuration hadoop, Closer opened)
      throws IOException {
    LatentStore latents = new LatentStore(hadoop, inputs.latentStore());
    CaptionTokens tokens =
        new CaptionTokens(
            ClipTokenizer.open(java.nio.file.Path.of(settings.model().tokenizer())),
            settings.model().tokens());
    Augmentation augmentation = new Augmentation(settings.captions().augmentation());
    Path training = new Path(inputs.prepared(), PreparationStage.TRAINING);
    Path heldOut = new Path(inputs.prepared(), PreparationStage.HELD_OUT);
    ImageSets sets =
        new ImageSets(
            opened.add(new PreparedDataset(hadoop, training, latents, augmentation, tokens)),
            opened.add(new PreparedDataset(hadoop, heldOut, latents, augmentation, tokens)));
    if (sets.training.sizes().isEmpty()) {
      throw new IllegalArgumentException(
          "Missing images: none in " + inputs.prepared() + " has a latent and a caption");
    }
    return sets;
  }

  /** Measures on the images held out, else on one micro-batch of those trained on. */
  Validation validation(RunPlan plan, MicroBatchLoss loss) {
    if (heldOut.sizes().isEmpty()) {
      return new Validation(training, List.of(plan.order(0).slot(0)), plan.seed(), loss);
    }
    List<EpochOrder.Slot> slots = Validation.all(heldOut, plan.microBatch(), plan.seed());
    return new Validation(heldOut, slots, plan.seed(), loss);
  }

  /** How much goes through a layer in a micro-batch of the bucket with the most images. */
  LayerTokens tokens(RunPlan plan, int captionTokens) {
    Bucket bucket = training.fullestBucket();
    return new LayerTokens(
        plan.microBatch(),
        bucket.height() / LatentFormat.REDUCTION,
        bucket.width() / LatentFormat.REDUCTION,
        captionTokens / TokenRows.CONTENT);
  }
}
