package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.provenance.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to published latents whose store is removed, loses a file or is damaged. */
class LatentStoreLossIT {
  private static final int IMAGES = 6;

  @TempDir private Path folder;
  private EncodedSite site;
  private Manifest first;

  @BeforeEach
  void encode() throws IOException {
    site = EncodedSite.make(folder, IMAGES);
    site.run(new SelectedPosts(IMAGES));
    site.run(new IndexJob());
    first = site.run(new EncodeJob());
    assertThat(site.run(new EncodeJob())).as("up to date").isEqualTo(first);
  }

  @Test
  void aRemovedStoreIsFilledAgain() throws IOException {
    for (Path file : files()) {
      Files.delete(file);
    }
    assertThatThrownBy(() -> site.run(new ExportLatentsJob()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read latents: the store of latents ")
        .hasMessageEndingWith(" is missing: run encode, which fills it again");
    Manifest again = site.run(new EncodeJob());
    assertThat(again.counts()).containsEntry("encoded", (long) IMAGES);
    assertThat(again.output("latents").content()).isEqualTo(first.output("latents").content());
    assertThat(site.run(new ExportLatentsJob()).output("npz").rows()).isEqualTo(IMAGES);
  }

  @Test
  void aLostFileIsMadeAgain() throws IOException {
    int all = files().size();
    Files.delete(files().get(0));
    assertThatThrownBy(() -> site.run(new ExportLatentsJob()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read latents: the store of latents ")
        .hasMessageEndingWith(
            " has %s files of %s: run encode, which fills it again", all - 1, all);
    Manifest again = site.run(new EncodeJob());
    long lost = again.counts().get("encoded");
    assertThat(lost).isBetween(1L, IMAGES - 1L);
    assertThat(again.counts()).containsEntry("reused", IMAGES - lost);
    assertThat(files()).hasSize((int) (long) first.counts().get("store-files"));
    assertThat(site.run(new ExportLatentsJob()).output("npz").rows()).isEqualTo(IMAGES);
  }

  @Test
  void whatCannotBeReadBackIsNotPublished() throws IOException {
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, new byte[bytes.length]);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    assertThatThrownBy(() -> site.force(new EncodeJob()))
        .rootCause()
        .hasMessageContaining(file.getFileName().toString());
    assertThat(site.workspace().published("encode")).isEqualTo(first);

    Files.write(file, bytes);
    site.force(new EncodeJob(), "latents.verify=full");
    int middle = bytes.length / 8; // Within the first latent.
    bytes[middle] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> site.force(new EncodeJob(), "latents.verify=full"))
        .hasStackTraceContaining(file.getFileName() + ": row 0 of its last row group is damaged");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("work/encode/store"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }
}
