package io.kohaku.files;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Names the disk that is full where Java and Spark only say that one is. */
public final class FullDisk {
  private static final List<String> SAID =
      List.of("No space left on device", "Disk quota exceeded");

  private FullDisk() {}

  /** Whether a disk is full anywhere among the causes of a failure. */
  public static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (SAID.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The failure with what is free at each place that is written to.
   *
   * @param places paths of this machine, or URIs of other file systems, which are left out
   */
  public static IOException named(Throwable failure, String... places) {
    String free =
        Arrays.stream(places)
            .filter(place -> !place.isBlank())
            .map(FullDisk::free)
            .filter(text -> !text.isEmpty())
            .distinct()
            .collect(Collectors.joining(", "));
    String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return new IOException("Cannot write: %s (%s)".formatted(first, free), failure);
  }

  private static String free(String place) {
    URI named = NamedPath.of(place).toUri();
    if (named.getScheme() != null && !named.getScheme().equals("file")) {
      return "";
    }
    Path at = Path.of(named.getPath()).toAbsolutePath();
    while (at.getParent() != null && !Files.exists(at)) {
      at = at.getParent();
    }
    try {
      return "%s KiB free at %s".formatted(Files.getFileStore(at).getUsableSpace() >> 10, place);
    } catch (IOException e) {
      return place + " cannot be looked at (" + e.getMessage() + ")";
    }
  }
}
