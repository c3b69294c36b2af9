package io.kohaku.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedPathTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir java.nio.file.Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:b.json",
        "x[1].json",
        "{a,b}.json",
        "50%20.json",
        "#1.json",
        " blank .json",
        "投稿.json",
        "what?.json",
        "*.json",
        "a\\b.json"
      })
  void everyLetterStandsForItself(String name) throws IOException {
    Files.writeString(folder.resolve(name), name);
    Files.writeString(folder.resolve("a.json"), "another");
    Path path = NamedPath.of(folder + "/" + name);
    FileSystem files = LocalCopy.fileSystem(path, HADOOP);
    assertThat(path.toUri().getPath()).isEqualTo(folder.resolve(name).toString());
    assertThat(NamedPath.existing(files, path)).hasSize(1);
    assertThat(files).isInstanceOf(LocalFileSystem.class);
    try (var in = NamedPath.reading(files).open(path)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(name);
    }
    assertThat(FileText.of(path.toString(), HADOOP)).contains(name);
    assertThat(PathPattern.matching(path.toString(), HADOOP))
        .extracting(status -> status.getPath().getName())
        .containsExactly(name);
    assertThat(LocalCopy.of(path.toString(), HADOOP)).isEqualTo(folder.resolve(name));
  }

  @Test
  void aSchemeAndASlashMakeAUri() {
    assertThat(NamedPath.of("s3a://bucket/a:b [1]").toUri().getHost()).isEqualTo("bucket");
    assertThat(NamedPath.of("file:/a/b").toUri().getScheme()).isEqualTo("file");
    assertThat(NamedPath.of("run:1/posts").toUri().getScheme()).isNull();
    assertThat(NamedPath.of("run:1").getName()).isEqualTo("run:1");
    assertThat(new Path(NamedPath.of("run:1"), "select").toUri().getPath())
        .isEqualTo("./run:1/select");
  }

  @Test
  void whatIsNotThereIsNothing() throws IOException {
    Path path = NamedPath.of(folder + "/no[thing]");
    assertThat(NamedPath.existing(LocalCopy.fileSystem(path, HADOOP), path)).isEmpty();
    assertThat(PathPattern.matching(path.toString(), HADOOP)).isEmpty();
    assertThat(FileText.of(path.toString(), HADOOP)).isEmpty();
  }

  @Test
  void aPatternMatchesWhereFoldersAndNeighboursHaveOddNames() throws IOException {
    java.nio.file.Path odd = Files.createDirectories(folder.resolve("[1] {a}:%/deep"));
    for (String name : List.of("1.json", "2.json", "3.json", "2:3.json", "a.txt")) {
      Files.writeString(odd.resolve(name), name);
    }
    Files.createDirectories(folder.resolve("other/deep"));
    Files.writeString(folder.resolve("other/deep/9.json"), "9");
    assertThat(names(folder + "/*/deep/[12]*.json"))
        .containsExactly("1.json", "2.json", "2:3.json");
    assertThat(names(folder + "/{other,none}/deep/?.json")).containsExactly("9.json");
    assertThat(names(folder + "/*/deep/{1,9}.json")).containsExactly("1.json", "9.json");
    assertThat(names(folder + "/*/none/*")).isEmpty();
  }

  @Test
  void aFolderIsNoPattern() throws IOException {
    java.nio.file.Path odd = Files.createDirectories(folder.resolve("[ab]/bucket=1"));
    Files.writeString(odd.resolve("x.parquet"), "");
    Files.createDirectories(folder.resolve("a/bucket=2"));
    Path store = NamedPath.of(folder + "/[ab]");
    assertThat(
            PathPattern.below(
                LocalCopy.fileSystem(store, HADOOP), store, List.of("bucket=*", "*.parquet")))
        .extracting(status -> status.getPath().toUri().getPath())
        .containsExactly(odd.resolve("x.parquet").toString());
  }

  private static List<String> names(String pattern) throws IOException {
    return PathPattern.matching(pattern, HADOOP).stream()
        .map(FileStatus::getPath)
        .map(Path::getName)
        .toList();
  }
}
