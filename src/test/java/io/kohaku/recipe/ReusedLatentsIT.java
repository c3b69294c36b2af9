package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.provenance.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What manifests say of latents that were there already, came from elsewhere, or were made. */
class ReusedLatentsIT {
  private static final int IMAGES = 6;

  @TempDir private Path folder;
  private EncodedSite site;

  @Test
  void latentsAreCountedByWhereTheyComeFrom() throws IOException {
    site = EncodedSite.make(folder, IMAGES);
    site.run(new IndexJob());
    site.run(new SelectedPosts(2)); // The posts 1 to 3, all of which have an image.
    encode(0, 0, 3);
    site.force(new SelectedPosts(IMAGES));
    assertThat(Accounting.of(Map.of("encode", encode(3, 0, 3))))
        .containsExactly(
            "posts selected 7 = latents 6 (reused 3, imported 0, encoded 3) + rejected 1 (no-image 1)");
    assertThat(StageMetrics.of("encode"))
        .containsAllEntriesOf(Map.of("reused", 3.0, "imported", 0.0, "encoded", 3.0));
    encode(6, 0, 0);

    site.run(new ExportLatentsJob());
    Path caches = Files.createDirectories(folder.resolve("caches"));
    String imports = "latents.imports=[\"%s\"]".formatted(caches);
    cache(caches, 1);
    cache(caches, 2);
    Files.write(caches.resolve("3.npz"), new byte[40]); // Its image was encoded before.
    encode(4, 2, 0, imports);
    cache(caches, 5);
    encode(2, 1, 3, imports, "latents.precision=bf16");
  }

  /** Encodes the selected posts, whose latents must come from there. */
  private Manifest encode(long reused, long imported, long encoded, String... overrides)
      throws IOException {
    Manifest manifest = site.force(new EncodeJob(), overrides);
    assertThat(manifest.counts())
        .containsAllEntriesOf(Map.of("reused", reused, "imported", imported, "encoded", encoded));
    assertThat(Accounting.of(Map.of("encode", manifest))).hasSize(1);
    return manifest;
  }

  private void cache(Path caches, int id) throws IOException {
    String name = id + ".npz";
    Files.copy(site.output("export-latents", "npz").resolve(name), caches.resolve(name));
  }
}
