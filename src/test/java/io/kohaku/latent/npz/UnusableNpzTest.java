package io.kohaku.latent.npz;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every file that cannot be used says why. */
class UnusableNpzTest {
  private static void refuses(byte[] file, String reason) {
    assertThatThrownBy(() -> NpzLatentTest.parse(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void whatIsNoZipIsNamed() throws IOException {
    refuses(new byte[0], "no zip of arrays: it seems to be a file without a byte");
    refuses(new byte[100], "nothing but zeros");
    refuses(
        "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
            .getBytes(StandardCharsets.US_ASCII),
        "a pointer of Git LFS (fetch the file itself: git lfs pull)");
    refuses("<html>404".getBytes(StandardCharsets.US_ASCII), "a web page");
    refuses(NpzFiles.latents("<f4", false), "a numpy array");
    byte[] whole = NpzFiles.usual().bytes();
    for (int length : new int[] {4, 30, 200, whole.length / 2, whole.length - 1}) {
      refuses(Arrays.copyOf(whole, length), "a zip that is cut off or damaged");
    }
    refuses(new NpzFiles().with("a.npy", new byte[1]).bytes(), "no array latents (there are a)");
    refuses(NpzFiles.usual().without("crop_ltrb.npy").bytes(), "no array crop_ltrb");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "|O; (4, 12, 16); array latents: an array of type |O: Python objects, which only a pickle",
        "|V2; (4, 12, 16); as it writes bfloat16",
        "<c8; (4, 12, 16); complex numbers",
        "|b1; (4, 12, 16); truth values",
        "<U3; (4, 12, 16); texts",
        "<M8[ns]; (4, 12, 16); an array of type <M8[ns], not of numbers",
        "<f16; (4, 12, 16); not of numbers",
        "<i4; (4, 12, 16); latents of type <i4 instead of floats",
        "<f4; (1000000, 1000000); array latents: an array of shape [1000000, 1000000]",
        "<f4; (2147483647, 2147483647, 2147483647); an array of shape",
        "<f4; (99999999999, 1); a NumPy array of another kind",
        "<f4; (4, 0, 0); latents of no pixels: [4, 0, 0]",
        "<f4; (4, 12, 17); 3072 bytes of data for shape [4, 12, 17]",
        "<f4; (4, 12, 15); more than 2880 bytes of data for shape [4, 12, 15]",
        "<f4; (3, 16, 16); latents of shape [3, 16, 16] instead of [4, height / 8, width / 8]",
        "<f4; (16, 6, 8); latents of shape [16, 6, 8]",
        "<f4; (1, 4, 12, 16); latents of shape [1, 4, 12, 16]",
        "<f4; (768,); latents of shape [768]",
        "<f4; (-4, 12, 16); a NumPy array of another kind: {'descr': '<f4'"
      })
  void whatIsWrongWithLatentsIsTold(String type, String shape, String reason) throws IOException {
    byte[] data = shape.contains("0, 0)") ? new byte[0] : new byte[4 * 768];
    byte[] array = NpzFiles.npy(type, shape, data);
    refuses(NpzFiles.usual().with("latents.npy", array).bytes(), reason);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-5, 10", "128, 0", "128.5, 96", "NaN, 96", "Infinity, 1", "1e18, 1"})
  void sizesMustBeOfAnImage(double width, double height) throws IOException {
    byte[] size = NpzFiles.npy("<f8", "(2,)", NpzFiles.numbers("<f8", width, height));
    refuses(NpzFiles.usual().with("original_size.npy", size).bytes(), "original_size of ");
  }

  @Test
  void headersThatAreNoneAreRefused() throws IOException {
    for (String header :
        new String[] {
          "",
          "{",
          "{}",
          "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }",
          "{'descr': '<f4', 'fortran_order': False}",
          "{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} + x",
          "{'descr': '<f4, 'fortran_order': False, 'shape': (4,)}"
        }) {
      byte[] array = NpzFiles.npy(2, header, new byte[16]);
      refuses(
          NpzFiles.usual().with("latents.npy", array).bytes(),
          "array latents: a NumPy array of another kind: ");
    }
    byte[] four = NpzFiles.npy(4, "{}", new byte[0]);
    refuses(NpzFiles.usual().with("latents.npy", four).bytes(), "of version 4");
    byte[] array = NpzFiles.latents("<f4", false);
    array[8] = 0;
    array[9] = 80;
    refuses(NpzFiles.usual().with("latents.npy", array).bytes(), "a NumPy header of 20480 bytes");
    refuses(NpzFiles.usual().with("latents.npy", new byte[3]).bytes(), "no NumPy array");
    refuses(NpzFiles.usual().with("latents.npy", new byte[0]).bytes(), "array latents: ");
  }

  @Test
  void aFlippedBitIsNoticed() throws IOException {
    byte[] stored = NpzLatentTest.parse(NpzFiles.usual().bytes()).toBytes();
    stored[1000] ^= 4;
    refuses(stored, "array latents: its check sum is another: the file is damaged");
  }
}
