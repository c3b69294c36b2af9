package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The walks of {@code docs/tracing-a-run.md} name what there is, and are as short as they say. */
class TracingTest {
  private static final Path PAGE = Path.of("docs/tracing-a-run.md");
  private static final Pattern ROOM = Pattern.compile("^\\d+\\. `([a-z.]+)`: ((?:`\\w+`(?:, )?)+)");
  private static final Pattern WORD = Pattern.compile("\\w+");

  /** The steps of one walk, each the name of a package and its files. */
  private record Walk(String title, List<String> packages, List<Path> files) {
    static Walk of(String section) {
      Walk walk =
          new Walk(section.lines().findFirst().orElseThrow(), new ArrayList<>(), new ArrayList<>());
      section.lines().map(ROOM::matcher).filter(room -> room.lookingAt()).forEach(walk::add);
      return walk;
    }

    private void add(MatchResult room) {
      packages.add(room.group(1));
      Path folder = Path.of("src/main/java/io/kohaku", room.group(1).replace('.', '/'));
      WORD.matcher(room.group(2))
          .results()
          .forEach(file -> files.add(folder.resolve(file.group() + ".java")));
    }
  }

  private static Stream<Walk> walks() throws IOException {
    String[] sections = Files.readString(PAGE).split("\n## ");
    return Stream.of(sections).skip(1).map(Walk::of).filter(walk -> !walk.files().isEmpty());
  }

  @Test
  void fourThingsAreFollowed() throws IOException {
    assertThat(walks().map(Walk::title))
        .containsExactly("A post", "An image", "A LoKr weight", "A learning rate");
  }

  @ParameterizedTest
  @MethodSource("walks")
  void aWalkGoesThroughFilesThatAreThereAndEntersNoRoomTwice(Walk walk) {
    assertThat(walk.files()).hasSizeBetween(10, 30).doesNotHaveDuplicates().allMatch(Files::exists);
    assertThat(walk.packages()).doesNotHaveDuplicates();
  }
}
