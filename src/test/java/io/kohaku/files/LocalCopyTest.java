package io.kohaku.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.files.local.FolderTree;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCopyTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;
  private String bucket;

  @BeforeEach
  void makeBucket() throws IOException {
    bucket = BucketFileSystem.over(folder);
    Files.writeString(folder.resolve("weights.bin"), "abc");
  }

  @Test
  void aFileOfThisMachineIsReadInPlace() throws IOException {
    Path file = folder.resolve("weights.bin");
    assertThat(LocalCopy.of(file.toString(), HADOOP)).isEqualTo(file);
    assertThat(LocalCopy.of(file.toUri().toString(), HADOOP)).isEqualTo(file);
  }

  @Test
  void anotherFileIsCopiedOnceForEachVersion() throws IOException {
    String location = bucket + "/weights.bin";
    Path first = LocalCopy.of(location, HADOOP);
    assertThat(first).hasContent("abc").hasFileName("weights.bin");
    FileTime copied = Files.getLastModifiedTime(first.getParent());
    assertThat(LocalCopy.of(location, HADOOP)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first.getParent())).isEqualTo(copied);

    Files.writeString(folder.resolve("weights.bin"), "defg");
    Path second = LocalCopy.of(location, HADOOP);
    assertThat(second).isNotEqualTo(first).hasContent("defg");
    Files.setLastModifiedTime(folder.resolve("weights.bin"), FileTime.fromMillis(1_000_000));
    assertThat(LocalCopy.of(location, HADOOP)).isNotEqualTo(second).hasContent("defg");
  }

  @Test
  void aFolderIsCopiedWithAllThatIsInIt() throws IOException {
    Files.createDirectories(folder.resolve("model/unet"));
    Files.writeString(folder.resolve("model/index.json"), "{}");
    Files.writeString(folder.resolve("model/unet/part.bin"), "part");
    Path copy = LocalCopy.of(bucket + "/model", HADOOP);
    assertThat(copy).hasFileName("model");
    assertThat(copy.resolve("index.json")).hasContent("{}");
    assertThat(copy.resolve("unet/part.bin")).hasContent("part");
  }

  @Test
  void manyAtOnceGetOneCopy() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<Path>> copies = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      copies.add(pool.submit(() -> LocalCopy.of(bucket + "/weights.bin", HADOOP)));
    }
    for (Future<Path> copy : copies) {
      assertThat(copy.get()).isEqualTo(copies.get(0).get()).hasContent("abc");
    }
    pool.shutdown();
  }

  @Test
  void whatAKilledCopyLeftIsNoCopy() throws IOException {
    Path copy = LocalCopy.of(bucket + "/weights.bin", HADOOP).getParent();
    FolderTree.remove(copy);
    Path unfinished = copy.resolveSibling(copy.getFileName() + ".unfinished");
    Files.createDirectories(unfinished);
    Files.writeString(unfinished.resolve("weights.bin"), "a");
    assertThat(LocalCopy.of(bucket + "/weights.bin", HADOOP)).hasContent("abc");
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void whatCannotBeHadIsNamed() {
    assertThatThrownBy(() -> LocalCopy.of(bucket + "/none.bin", HADOOP))
        .isInstanceOf(IOException.class)
        .hasMessage("Missing file: " + bucket + "/none.bin");
    ModelSettings model =
        SettingsSource.read(List.of(), List.of("model.checkpoint=\"nowhere://a/b\""))
            .settings()
            .model();
    assertThatThrownBy(() -> LocalModel.of(model, HADOOP))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot use model.checkpoint: no file system for the scheme nowhere is known (give its"
                + " jar by --packages or --jars and, if it needs one,"
                + " spark.hadoop.fs.nowhere.impl)");
  }

  @Test
  void textsAreReadWhereTheyLie() throws IOException {
    assertThat(FileText.of(bucket + "/weights.bin", HADOOP)).contains("abc");
    assertThat(FileText.of(bucket + "/none", HADOOP)).isEmpty();
  }

  @Test
  void aTextThatTheDefaultFileSystemHasNotIsReadHere() throws IOException {
    Configuration hadoop = new Configuration(HADOOP);
    hadoop.set("fs.defaultFS", bucket.toString());
    Path file = folder.resolve("weights.bin");
    assertThat(FileText.of("/weights.bin", hadoop)).contains("abc");
    assertThat(FileText.of(Files.writeString(file, "here").toString(), hadoop)).contains("here");
    assertThat(FileText.of(bucket + file.toString(), hadoop)).isEmpty();
    assertThat(FileText.of(folder.resolve("none").toString(), hadoop)).isEmpty();
  }

  @Test
  void outputsArePutWholeAndNeverOverOthers() throws IOException {
    String count =
        LocalOutput.write(
            bucket + "/data/pictures",
            HADOOP,
            local -> {
              assertThat(local).hasFileName("pictures");
              Files.createDirectories(local.resolve("round"));
              Files.writeString(local.resolve("round/1.txt"), "one");
              Files.writeString(local.resolve("sheet.txt"), "all");
              assertThat(folder.resolve("data")).doesNotExist();
              return "2";
            });
    assertThat(count).isEqualTo("2");
    assertThat(folder.resolve("data/pictures/round/1.txt")).hasContent("one");
    assertThat(folder.resolve("data/pictures/sheet.txt")).hasContent("all");
    LocalOutput.write(
        folder.resolve("new/file.txt").toString(), HADOOP, local -> Files.writeString(local, "x"));
    assertThat(folder.resolve("new/file.txt")).hasContent("x");
    assertThatThrownBy(
            () ->
                LocalOutput.write(
                    bucket + "/weights.bin", HADOOP, local -> Files.writeString(local, "y")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot write " + bucket + "/weights.bin: ")
        .hasCauseInstanceOf(org.apache.hadoop.fs.FileAlreadyExistsException.class);
    assertThat(folder.resolve("weights.bin")).hasContent("abc");
  }

  @Test
  void aSchemeWithoutItsLibraryAndAnUnknownHostAreSaid() {
    for (String scheme : List.of("s3a", "gs")) {
      assertThatThrownBy(() -> LocalCopy.of(scheme + "://bucket/x", HADOOP))
          .as(scheme)
          .isInstanceOf(UnsupportedFileSystemException.class)
          .hasMessageStartingWith("no file system for the scheme " + scheme + " is known");
    }
    assertThatThrownBy(() -> LocalCopy.of("hdfs://host.invalid:1/x", HADOOP))
        .isInstanceOf(IOException.class)
        .hasMessage("Cannot reach hdfs://host.invalid:1/x: unknown host");
  }
}
