package io.kohaku.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedWriterTest {
  @TempDir Path folder;

  @Test
  void whatIsFinishedHasItsNameAndTheRestIsGone() throws IOException {
    PreparedWriter left = writer("8x16");
    try (PreparedWriter finished = writer("8x8")) {
      finished.finish();
    }
    assertThat(names()).anyMatch(name -> name.startsWith("_8x16.words."));
    left.close();
    assertThat(names()).containsExactlyInAnyOrder("8x8.words", "8x8.rows", "8x8.files");
  }

  private PreparedWriter writer(String bucket) throws IOException {
    return new PreparedWriter(
        new Configuration(), new org.apache.hadoop.fs.Path(folder.toUri()), bucket);
  }

  private String[] names() {
    return folder.toFile().list((File parent, String name) -> !name.endsWith(".crc"));
  }
}
