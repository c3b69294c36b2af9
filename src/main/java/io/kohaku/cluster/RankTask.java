package io.kohaku.cluster;

import java.io.Serializable;

/**
 * What every rank does; it travels to the executors.
 *
 * @param <T> what a rank hands back to the driver
 */
@FunctionalInterface
public interface RankTask<T extends Serializable> extends Serializable {
  /** Runs on one rank, while it runs on all others. */
  T run(RankContext context) throws Exception;
}
