package io.kohaku.latent.encode;

import io.kohaku.latent.table.EncodedTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run has to do, told before any of it is done.
 *
 * @param table an {@link EncodedTable} whose rows are made when an action runs, anew by each
 * @param reused how many of its latents the store holds already, of the very same images
 * @param rest how many images or files are to be read; some of them may turn out to be reused too,
 *     because they moved only, or to be rejected
 */
public record LatentWork(Dataset<Row> table, long reused, long rest) {
  private static final Logger LOG = LoggerFactory.getLogger(LatentWork.class);

  /** Says how much there is to encode. */
  public LatentWork told() {
    LOG.info("{} latents are in the store already; {} images to encode", reused, rest);
    return this;
  }

  /** Says how much there is to import. */
  public LatentWork toldImports() {
    LOG.info("{} imported latents are in the store already; {} files to import", reused, rest);
    return this;
  }
}
