package io.kohaku.latent;

import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.Precision;
import io.kohaku.settings.SpeedSettings.MemoryFormat;
import java.util.List;

/** Settings for images that take no time. */
public final class SmallImages {
  private SmallImages() {}

  /** Buckets of about 128 pixels square. */
  public static ImageSettings images(String shards) {
    return images(shards, new BucketSettings(128, 128, 64, 256, 64, true));
  }

  public static ImageSettings images(String shards, BucketSettings buckets) {
    return new ImageSettings(
        List.of(shards),
        1 << 20,
        1_000_000,
        4000,
        1,
        ImageSettings.Alpha.COMPOSITE,
        "ffffff",
        ImageSettings.Orientation.APPLY,
        ImageSettings.Resize.AREA,
        false,
        buckets);
  }

  public static LatentSettings latents(LatentSettings.Posterior posterior, Precision precision) {
    return new LatentSettings(
        LatentSettings.Computing.valueOf(precision.name()),
        MemoryFormat.CONTIGUOUS,
        posterior,
        LatentSettings.Storage.FP16,
        LatentSettings.Runner.KERNELS,
        2,
        0,
        8,
        2,
        4,
        List.of(),
        LatentSettings.Verify.QUICK,
        0.5);
  }
}
