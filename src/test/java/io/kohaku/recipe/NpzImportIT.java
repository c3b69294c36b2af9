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
  private static final int IMAGES = 9;

  @TempDir private Path folder;

  @Test
  void everyFileIsImportedOrListedWithAReason() throws IOException {
    EncodedSite site = EncodedSite.make(folder, IMAGES);
    site.run(new SelectedPosts(IMAGES));
    site.run(new IndexJob());
    Path caches = Files.createDirectories(folder.resolve("caches"));
    writeInto(caches);
    Manifest encode = site.run(new EncodeJob(), "latents.imports=[\"%s\"]".formatted(caches));
    assertThat(encode.counts())
        .containsAllEntriesOf(Map.of("imported", 1L, "encoded", 8L, "reused", 0L));
    assertThat(StageMetrics.of("encode")).containsEntry("imports", 9.0);
    assertThat(site.table("encode", "import-rejects").orderBy("id").collectAsList())
        .extracting(row -> row.getAs("id") + " " + row.getAs("reason") + ": " + row.getAs("detail"))
        .satisfiesExactly(
            row -> assertThat(row).isEqualTo("2 undecodable: original_size of 0.0 x 0.0 pixels"),
            row -> assertThat(row).isEqualTo("3 undecodable: latents of no pixels: [4, 0, 0]"),
            row -> assertThat(row).startsWith("4 latent-not-finite: values that are not finite in"),
            row -> assertThat(row).contains("5 undecodable: no zip of arrays", "Git LFS"),
            row -> assertThat(row).contains("6 undecodable: ", "a file without a byte"),
            row -> assertThat(row).startsWith("7 undecodable: 19 x 27 latents are no multiple of"),
            row -> assertThat(row).contains("8 undecodable: 4 x 4 latents", "from 64 to 256"),
            row -> assertThat(row).contains("9 undecodable: 8 x 36 latents", "from 64 to 256"));
  }

  /** One that can be used, then eight that cannot. */
  private static void writeInto(Path caches) throws IOException {
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
            6, new byte[0],
            7, cached(19, 27),
            8, cached(4, 4),
            9, cached(8, 36));
    for (Map.Entry<Integer, byte[]> file : files.entrySet()) {
      Files.write(caches.resolve(file.getKey() + ".npz"), file.getValue());
    }
  }

  /** A file like any other, of latents of this size. */
  private static byte[] cached(int height, int width) throws IOException {
    String shape = "(4, %s, %s)".formatted(height, width);
    byte[] size = NpzFiles.numbers("<i8", 8 * width, 8 * height);
    byte[] box = NpzFiles.numbers("<i8", 0, 0, 8 * width, 8 * height);
    return NpzFiles.usual()
        .with("latents.npy", NpzFiles.npy("<f4", shape, new byte[16 * height * width]))
        .with("original_size.npy", NpzFiles.npy("<i8", "(2,)", size))
        .with("crop_ltrb.npy", NpzFiles.npy("<i8", "(4,)", box))
        .bytes();
  }
}
