package io.kohaku.latent.npz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NpzLatentTest {
  /** Written by NumPy's savez: latents (i / 100 - 2) of a 128x64 bucket, image 600x300. */
  static byte[] byNumpy() throws IOException {
    try (InputStream in = NpzLatentTest.class.getResourceAsStream("/npz/7.npz")) {
      return in.readAllBytes();
    }
  }

  @Test
  void readsWhatNumpyWrites() throws IOException {
    NpzLatent latent = NpzLatent.parse(byNumpy());
    assertThat(latent.bucket()).isEqualTo(new Bucket(128, 64));
    assertThat(latent.values()).hasSize(512);
    assertThat(latent.values()[200]).isEqualTo(200 / 100f - 2);
    assertThat(latent.originalWidth()).isEqualTo(600);
    assertThat(latent.originalHeight()).isEqualTo(300);
    assertThat(latent.box()).isEqualTo(new Placement.LetterBox(0, 0, 128, 64));
  }

  @Test
  void readsWhatItWrites() throws IOException {
    NpzLatent latent = NpzLatent.parse(byNumpy());
    assertThat(NpzLatent.parse(latent.toBytes())).usingRecursiveComparison().isEqualTo(latent);
    assertThat(latent.toBytes()).isEqualTo(latent.toBytes());
  }

  @Test
  void refusesOtherFiles() throws IOException {
    assertThatThrownBy(() -> NpzLatent.parse(new byte[100]))
        .hasMessage("no array latents of 3 dimensions");
    byte[] array = NumpyArray.longs(1, 2, 3).toBytes();
    assertThatThrownBy(() -> NumpyArray.parse(Arrays.copyOf(array, array.length - 1)))
        .hasMessage("23 bytes of data for shape [3]");
    byte[] other = array.clone();
    other[22] = 'c';
    assertThatThrownBy(() -> NumpyArray.parse(other))
        .hasMessageStartingWith("a NumPy array of another kind: {'descr'");
    assertThatThrownBy(() -> NumpyArray.parse(array).floats())
        .hasMessage("an array of type <i8 instead of <f4");
  }
}
