package io.kohaku.latent.table;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentPlace;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;

/** The latents of one bucket in their order, a few dozen bytes each. */
final class BucketRows {
  private final Bucket bucket;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> files = new HashMap<>();

  BucketRows(Bucket bucket) {
    this.bucket = bucket;
  }

  record Entry(
      long id,
      int originalWidth,
      int originalHeight,
      int cropLeft,
      int cropTop,
      LatentPlace place,
      LatentFormat format) {}

  void add(Group row) {
    int place = row.getInteger("row", 0);
    while (entries.size() <= place) {
      entries.add(null);
    }
    if (entries.get(place) != null) {
      throw new IllegalStateException(
          "Invalid latent table: bucket " + bucket.name() + " has two rows " + place);
    }
    String file = files.computeIfAbsent(row.getString("file", 0), name -> name);
    entries.set(
        place,
        new Entry(
            row.getLong("id", 0),
            row.getInteger("original_width", 0),
            row.getInteger("original_height", 0),
            row.getInteger("crop_left", 0),
            row.getInteger("crop_top", 0),
            new LatentPlace(
                file,
                row.getLong("position", 0),
                row.getInteger("size", 0),
                row.getInteger("checksum", 0)),
            new LatentFormat(
                Posterior.valueOf(row.getString("posterior", 0)),
                Storage.valueOf(row.getString("storage", 0)))));
  }

  void requireWhole() {
    int missing = entries.indexOf(null);
    if (missing >= 0) {
      throw new IllegalStateException(
          "Invalid latent table: bucket " + bucket.name() + " has no row " + missing);
    }
  }

  int size() {
    return entries.size();
  }

  Entry entry(int row) {
    return entries.get(row);
  }

  SizeConditioning conditioning(int row) {
    Entry entry = entries.get(row);
    return new SizeConditioning(
        entry.originalHeight,
        entry.originalWidth,
        entry.cropTop,
        entry.cropLeft,
        bucket.height(),
        bucket.width());
  }
}
