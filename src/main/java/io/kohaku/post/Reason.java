package io.kohaku.post;

import java.util.Locale;

/** Why a post is rejected, in the order in which reasons are tried: the first counts. */
public enum Reason {
  MALFORMED,
  DELETED,
  BANNED,
  GOLD_ONLY,
  NOT_STILL_IMAGE,
  ANIMATED,
  NO_TAGS,
  TOO_SMALL,
  ASPECT,
  SCORE,
  DATE,
  WITHOUT_WANTED_TAG,
  UNWANTED_TAG,
  DUPLICATE_ID,
  DUPLICATE_MD5;

  /** Kebab-case name, as tables and manifests write it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
