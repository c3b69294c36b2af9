package io.kohaku.demo.scene;

/** What is special about a post, so that every reason to turn one away has its cases. */
public enum Fate {
  /** An ordinary picture that the pipeline keeps. */
  KEPT(0, "jpg"),
  /** Deleted on the site; its picture is in the shards all the same. */
  DELETED(0.04, "jpg"),
  /** Banned: neither hash nor address are shown. */
  BANNED(0.02, "jpg"),
  /** Behind a paid account: neither hash nor address are shown. */
  GOLD_ONLY(0.03, "png"),
  GIF(0.025, "gif"),
  MP4(0.02, "mp4"),
  WEBM(0.01, "webm"),
  UGOIRA(0.01, "zip"),
  /** A still that no shard holds. */
  MISSING(0.008, "jpg"),
  /** A still whose bytes in the shard are cut off. */
  BROKEN(0.004, "png");

  private final double share;
  private final String extension;

  Fate(double share, String extension) {
    this.share = share;
    this.extension = extension;
  }

  /** How many of {@code posts} posts meet this fate; at least one of each. */
  public int count(int posts) {
    return Math.max(1, (int) Math.round(share * posts));
  }

  /** The file's extension where the fate decides it. */
  public String extension() {
    return extension;
  }

  /** Whether the post has a picture to draw. */
  public boolean still() {
    return extension.equals("jpg") || extension.equals("png");
  }

  /** Whether the site shows the file's hash and address. */
  public boolean visible() {
    return this != BANNED && this != GOLD_ONLY;
  }

  /** Whether a shard holds the picture. */
  public boolean stored() {
    return still() && visible() && this != MISSING;
  }
}
