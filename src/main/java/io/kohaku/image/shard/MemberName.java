package io.kohaku.image.shard;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an archive entry's or a file's name says: {@code 7654321.webp}, with or without folders.
 *
 * @param id the post
 * @param extension in lower case, without the dot
 */
record MemberName(long id, String extension) {
  private static final Set<String> IMAGES =
      Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp", "avif");
  private static final Pattern NAME = Pattern.compile("(\\d{1,18})\\.([A-Za-z0-9]+)");

  /** Reads a name; rejects what would leave the archive, names no post, or is no image. */
  static MemberName parse(String path) throws ImageRejected {
    String unix = path.replace('\\', '/');
    if (unix.startsWith("/") || ("/" + unix + "/").contains("/../")) {
      throw new ImageRejected(RejectReason.UNSAFE_NAME, path);
    }
    Matcher name = NAME.matcher(unix.substring(unix.lastIndexOf('/') + 1));
    if (!name.matches()) {
      throw new ImageRejected(RejectReason.NO_POST_ID, path);
    }
    String extension = name.group(2).toLowerCase(Locale.ROOT);
    if (!IMAGES.contains(extension)) {
      throw new ImageRejected(RejectReason.NOT_AN_IMAGE, path);
    }
    return new MemberName(Long.parseLong(name.group(1)), extension);
  }
}
