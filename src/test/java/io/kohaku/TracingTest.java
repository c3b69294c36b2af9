package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The walks of {@code docs/tracing-a-run.md} go where the code goes, and are as short as said. */
class TracingTest {
  private static final Path PAGE = Path.of("docs/tracing-a-run.md");
  private static final Pattern LISTED = Pattern.compile("^\\s*(\\d+\\.|[-*]) ");
  private static final Pattern ROOM =
      Pattern.compile("^(\\d+)\\. `([a-z.]+)`: (`\\w+`(?:, `\\w+`)*): .+$");
  private static final Pattern WORD = Pattern.compile("\\w+");

  /** The steps of one walk, each the name of a package and its files. */
  private record Walk(String title, List<String> packages, List<Path> files) {
    static Walk of(String section) {
      Walk walk =
          new Walk(section.lines().findFirst().orElseThrow(), new ArrayList<>(), new ArrayList<>());
      section.lines().filter(line -> LISTED.matcher(line).lookingAt()).forEach(walk::add);
      return walk;
    }

    private void add(String line) {
      Matcher room = ROOM.matcher(line);
      assertThat(room.matches()).as(line).isTrue();
      assertThat(room.group(1)).isEqualTo(String.valueOf(packages.size() + 1));
      packages.add(room.group(2));
      Path folder = Path.of("src/main/java/io/kohaku", room.group(2).replace('.', '/'));
      WORD.matcher(room.group(3))
          .results()
          .forEach(file -> files.add(folder.resolve(file.group() + ".java")));
    }

    /** From the first room to the last. */
    String course() {
      return "%s: %s to %s".formatted(title, packages.get(0), packages.get(packages.size() - 1));
    }

    /** Whether a file uses another one of the walk, or is used by one. */
    boolean hasNeighbour(Path file) {
      return files.stream()
          .filter(other -> !other.equals(file))
          .anyMatch(other -> uses(file, other) || uses(other, file));
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static boolean uses(Path user, Path used) {
    try {
      String code =
          Files.readString(user)
              .replaceAll("(?s)/\\*.*?\\*/", "")
              .replaceAll("(?m)^(import|package) .*$", "");
      return Pattern.compile("\\b" + name(used) + "\\b").matcher(code).find();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Walk> walks() throws IOException {
    String[] sections = Files.readString(PAGE).split("\n## ");
    return Stream.of(sections).skip(1).map(Walk::of);
  }

  @Test
  void fourThingsAreFollowedFromTheirSourceToTheirEnd() throws IOException {
    assertThat(walks().map(Walk::course))
        .containsExactly(
            "A post: post.json to sdxl",
            "An image: image.shard to train.model",
            "A LoKr weight: lokr.preset to weights.export",
            "A learning rate: settings to train.log");
  }

  @ParameterizedTest
  @MethodSource("walks")
  void aWalkGoesThroughFilesThatAreThereAndEntersNoRoomTwice(Walk walk) {
    assertThat(walk.files()).hasSizeBetween(10, 30).doesNotHaveDuplicates().allMatch(Files::exists);
    assertThat(walk.packages()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("walks")
  void everyFileOfAWalkHandsOnToAnotherOrTakesFromOne(Walk walk) {
    assertThat(walk.files()).allMatch(walk::hasNeighbour);
  }
}
