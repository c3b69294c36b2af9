package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.latent.npz.NpzFiles;
import io.kohaku.provenance.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Latents of other tools that cannot be used are listed, and their posts' images are encoded. */
class NpzImportIT {
  private static final int IMAGES = 6;

  @TempDir private Path folder;

  @Test
  void everyFileIsImportedOrListedWithAReason() throws IOException {
    EncodedSite site = EncodedSite.make(folder, IMAGES);
    site.run(new SelectedPosts(IMAGES));
    site.run(new IndexJob());
    Path caches = Files.createDirectories(folder.resolve("caches"));
    byte[] size = NpzFiles.numbers("<i4", 128, 96);
    byte[] none = NpzFiles.npy("<i8", "(2,)", new byte[16]);
    byte[] empty = NpzFiles.npy("<f4", "(4, 0, 0)", new byte[0]);
    double[] values = new double[4 * 12 * 16];
    values[700] = 1e6; // Infinite in fp16.
    byte[] infinite = NpzFiles.npy("<f8", "(4, 12, 16)", NpzFiles.numbers("<f8", values));
    Map<Integer, byte[]> files =
        Map.of(
            1,
                NpzFiles.usual()
                    .with("original_size.npy", NpzFiles.npy("<i4", "(2,)", size))
                    .bytes(),
            2, NpzFiles.usual().with("original_size.npy", none).bytes(),
            3, NpzFiles.usual().with("latents.npy", empty).bytes(),
            4, NpzFiles.usual().with("latents.npy", infinite).bytes(),
            5, "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII),
            6, new byte[0]);
    for (Map.Entry<Integer, byte[]> file : files.entrySet()) {
      Files.write(caches.resolve(file.getKey() + ".npz"), file.getValue());
    }
    Manifest encode = site.run(new EncodeJob(), "latents.imports=[\"%s\"]".formatted(caches));
    assertThat(encode.counts())
        .containsAllEntriesOf(Map.of("imported", 1L, "encoded", 5L, "reused", 0L));
    assertThat(StageMetrics.of("encode")).containsEntry("imports", 6.0);
    assertThat(site.table("encode", "import-rejects").orderBy("id").collectAsList())
        .extracting(row -> row.getAs("id") + " " + row.getAs("reason") + ": " + row.getAs("detail"))
        .satisfiesExactly(
            row -> assertThat(row).isEqualTo("2 undecodable: original_size of 0.0 x 0.0 pixels"),
            row -> assertThat(row).isEqualTo("3 undecodable: latents of no pixels: [4, 0, 0]"),
            row ->
                assertThat(row)
                    .isEqualTo("4 latent-not-finite: values that are not finite in FP16"),
            row -> assertThat(row).contains("5 undecodable: no zip of arrays", "Git LFS"),
            row -> assertThat(row).contains("6 undecodable: ", "a file without a byte"));
  }
}
