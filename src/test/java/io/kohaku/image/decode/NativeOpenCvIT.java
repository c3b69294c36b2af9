package io.kohaku.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeOpenCvIT {
  @TempDir private Path folder;

  @Test
  void manyAtOnceUnpackOneWholeLibraryAndTheNextNothing() throws Exception {
    Path shared = folder.resolve("natives");
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<Path>> unpacked = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      unpacked.add(pool.submit(() -> NativeOpenCv.unpacked(shared)));
    }
    Path library = unpacked.get(0).get();
    for (Future<Path> other : unpacked) {
      assertThat(other.get()).isEqualTo(library);
    }
    pool.shutdown();
    try (Stream<Path> files = Files.list(shared)) {
      assertThat(files.toList()).containsExactly(library);
    }
    Object before = Files.readAttributes(library, "unix:ino,lastModifiedTime");
    assertThat(NativeOpenCv.unpacked(shared)).isEqualTo(library);
    assertThat((Object) Files.readAttributes(library, "unix:ino,lastModifiedTime"))
        .isEqualTo(before);

    Files.write(library, new byte[1000]); // Cut, as by a full disk.
    NativeOpenCv.unpacked(shared);
    assertThat(Files.size(library)).isGreaterThan(1_000_000);
  }

  @Test
  void refusesAFolderThatOthersCanWrite() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> NativeOpenCv.unpacked(open))
        .hasMessage(
            open + " can be written by others (remove it, or name a folder by -Dkohaku.natives)");
  }
}
