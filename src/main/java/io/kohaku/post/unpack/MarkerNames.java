package io.kohaku.post.unpack;

import java.util.Arrays;

/** Names of files that are beside the data: {@code _SUCCESS}, {@code .DS_Store}, checksums. */
public final class MarkerNames {
  private MarkerNames() {}

  /** Whether a file of this path, or a folder on it, is called so. */
  public static boolean holds(String path) {
    return Arrays.stream(path.split("/"))
        .anyMatch(
            name ->
                name.startsWith("_")
                    || name.startsWith(".") && !name.equals(".") && !name.equals(".."));
  }
}
