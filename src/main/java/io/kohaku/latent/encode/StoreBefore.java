package io.kohaku.latent.encode;

import static org.apache.spark.sql.functions.col;

import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the store held before a run, by which the latents that the run reuses are told from those
 * that it makes.
 *
 * <p>Files of the store are never changed, so a latent is reused if and only if its file lay there
 * before. Tasks count nothing: it does not matter how often one is tried, or whether the attempt
 * that counts found its chunk finished by an attempt before it.
 *
 * @param latents the {@link LatentTable} of an earlier run, whose files need not be read anew
 * @param files all finished files, relative to the store's folder
 */
public record StoreBefore(Optional<Dataset<Row>> latents, Set<String> files) {
  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  public StoreBefore {
    files = Set.copyOf(files);
  }

  /**
   * Lists the store's files once, and removes what killed attempts left behind more than a day ago.
   */
  public static StoreBefore of(
      EncodePlan plan, Configuration hadoop, Optional<Dataset<Row>> latents) throws IOException {
    LatentStore store = new LatentStore(hadoop, plan.store());
    store.discardUnfinishedBefore(System.currentTimeMillis() - DAY);
    return new StoreBefore(latents, new HashSet<>(store.files()));
  }

  /**
   * Counts the latents of a run by where they come from. It reads two columns of the table and
   * brings one row for each file of the store to the driver: for four million latents in chunks of
   * 2048 these are two thousand rows, and two seconds on two cores.
   *
   * @param encoded the run's {@link EncodedTable}, as it was written
   * @param importKey the key of latents that were made elsewhere
   */
  public LatentCounts count(Dataset<Row> encoded, String importKey) {
    long reused = 0;
    long imported = 0;
    long made = 0;
    for (Row file :
        encoded
            .where(col(EncodedTable.REASON).isNull())
            .groupBy(EncodedTable.FILE, EncodedTable.KEY)
            .count()
            .collectAsList()) {
      long latents = file.getLong(2);
      if (files.contains(file.getString(0))) {
        reused += latents;
      } else if (file.getString(1).equals(importKey)) {
        imported += latents;
      } else {
        made += latents;
      }
    }
    return new LatentCounts(reused, imported, made);
  }
}
