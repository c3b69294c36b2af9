package io.kohaku.image.shard;

import io.kohaku.input.Appearance;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Archives that must be unpacked first, known by how their names end. */
final class PackedArchive {
  private static final Pattern NAME =
      Pattern.compile(".*\\.(?:tar\\.|t)?(gz|bz2|bz|xz|zst|lz4|zip|7z|rar)");

  private static final Map<String, Appearance> BY_ENDING =
      Map.of(
          "gz", Appearance.GZIP,
          "bz2", Appearance.BZIP2,
          "bz", Appearance.BZIP2,
          "xz", Appearance.XZ,
          "zst", Appearance.ZSTD,
          "lz4", Appearance.LZ4,
          "zip", Appearance.ZIP,
          "7z", Appearance.SEVEN_ZIP,
          "rar", Appearance.RAR);

  private PackedArchive() {}

  /** How a file of this name is packed, if it is. */
  static Optional<Appearance> of(String name) {
    Matcher ending = NAME.matcher(name.toLowerCase(Locale.ROOT));
    return ending.matches() ? Optional.of(BY_ENDING.get(ending.group(1))) : Optional.empty();
  }
}
