package io.kohaku.latent.vae;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaeDigestTest {
  @TempDir Path folder;

  @Test
  void theDigestOfAVaeIsThisOne() throws IOException {
    String expected = "bdc450893c15d64173ff153174d4c3269c56f460f5bf61f234033c31aa41bf05";
    String prefix = "first_stage_model.";
    assertThat(digest("vae", List.of(bias(""), weight("")))).isNotEqualTo(expected);
    assertThat(digest("model", List.of(weight(prefix), bias(prefix)))).isEqualTo(expected);
    TensorSource other = TensorSource.of("model.x", Dtype.U8, new long[] {1}, new byte[] {9});
    assertThat(digest("more", List.of(bias(prefix), other, weight(prefix)))).isEqualTo(expected);
  }

  private static TensorSource weight(String prefix) {
    return TensorSource.of(prefix + "w", Dtype.F16, new long[] {1, 2}, new byte[] {1, 2, 3, 4});
  }

  private static TensorSource bias(String prefix) {
    return TensorSource.of(prefix + "b", Dtype.U8, new long[] {1}, new byte[] {5});
  }

  private String digest(String name, List<TensorSource> tensors) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    SafeTensorsWriter.write(file, Map.of(), tensors);
    return VaeDigest.of(new VaeSource(file.toString(), "", 64));
  }
}
