package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import java.util.Locale;

/** The data is worse than the settings allow; nothing was published. */
public final class DataGateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says which gate, the number seen and the number allowed. */
  public DataGateException(String message) {
    super(message);
  }

  /** The same for what is published: all that it rejected, of {@code kept} and those together. */
  public static void check(String key, double allowed, Manifest published, long kept) {
    long rejected = published.rejects().values().stream().mapToLong(Long::longValue).sum();
    check(key, allowed, rejected, kept + rejected);
  }

  /**
   * Fails if the rejected share is above the allowed one.
   *
   * @param key the setting that names the allowed share
   */
  public static void check(String key, double allowed, long rejected, long total) {
    double share = total == 0 ? 0 : (double) rejected / total;
    if (share > allowed) {
      throw new DataGateException(
          String.format(
              Locale.ROOT,
              "Cannot go on: %d of %d rejected, a share of %.4f above %s = %s (nothing was published)",
              rejected,
              total,
              share,
              key,
              allowed));
    }
  }
}
