package io.kohaku.settings.binding;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Finds what a recipe names: a relative path is relative to the file that says it, which may be an
 * included one, if there is such a file; else to the working directory, as is a path that no file
 * says (of {@code --set}, of an environment variable) and one below {@code run.work}, which is
 * written there.
 *
 * @param work the text of {@code run.work}, if there is one
 */
record RecipePath(Optional<String> work) {
  private static final Pattern ELSEWHERE =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*", Pattern.DOTALL);
  private static final Pattern WILD = Pattern.compile(".*[*?\\[{].*");

  /** For the settings of this root. */
  static RecipePath of(ConfigObject root) {
    Object run = root.unwrapped().get("run");
    return new RecipePath(
        run instanceof Map<?, ?> settings && settings.get("work") instanceof String work
            ? Optional.of(work)
            : Optional.empty());
  }

  /** The path to read: {@code text}, or where it lies beside the recipe that says it. */
  String find(ConfigValue value, String text, Place place) {
    boolean name = place.orName() && text.matches("[^./\\\\]*");
    if (text.isBlank() || name || isOfWork(text) || ELSEWHERE.matcher(text).matches()) {
      return text;
    }
    try {
      return folder(value.origin())
          .filter(folder -> !folder.equals(workingDirectory()))
          .map(folder -> folder.resolve(text))
          .filter(file -> !Path.of(text).isAbsolute() && isThere(file))
          .map(RecipePath::shortened)
          .orElse(text);
    } catch (InvalidPathException e) {
      return text;
    }
  }

  private boolean isOfWork(String text) {
    return work.filter(folder -> text.equals(folder) || text.startsWith(folder + "/")).isPresent();
  }

  /** The folder of the recipe that a value is from; none where no file says it, or two do. */
  private static Optional<Path> folder(ConfigOrigin origin) {
    URL url = origin.url();
    boolean recipe = origin.resource() == null && url != null && "file".equals(url.getProtocol());
    try {
      return recipe ? Optional.ofNullable(Path.of(url.toURI()).getParent()) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Whether there is such a file or folder, or anything that the first wild step matches. */
  private static boolean isThere(Path file) {
    if (Files.exists(file)) {
      return true;
    }
    Path at = file.getRoot();
    for (Iterator<Path> steps = file.iterator(); steps.hasNext() && Files.isDirectory(at); ) {
      String step = steps.next().toString();
      if (WILD.matcher(step).matches()) {
        return anyIn(at, step);
      }
      at = at.resolve(step);
    }
    return false;
  }

  private static boolean anyIn(Path folder, String pattern) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
      return found.iterator().hasNext();
    } catch (IOException | PatternSyntaxException e) {
      return false;
    }
  }

  private static Path workingDirectory() {
    return Path.of("").toAbsolutePath();
  }

  /** From the working directory where it lies in there, for messages that can be read. */
  private static String shortened(Path file) {
    Path here = workingDirectory();
    return (file.startsWith(here) ? here.relativize(file) : file).toString();
  }
}
