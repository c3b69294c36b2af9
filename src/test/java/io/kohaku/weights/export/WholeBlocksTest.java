package io.kohaku.weights.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeBlocksTest {
  private static final String LINEAR = "lora_unet_middle_block_1_proj_in";
  private static final String KERNEL = "lora_unet_middle_block_0_in_layers_2";

  @TempDir private Path folder;

  @Test
  void linearLayersAndKernelsAreToldApart() throws IOException {
    assertThat(of(whole(LINEAR), whole(KERNEL))).isEqualTo(WholeBlocks.ALL);
    assertThat(of(whole(LINEAR), decomposed(KERNEL))).isEqualTo(new WholeBlocks(true, false));
    assertThat(of(decomposed(LINEAR), whole(KERNEL))).isEqualTo(new WholeBlocks(false, true));
  }

  private WholeBlocks of(String[]... layers) throws IOException {
    TestFile file = new TestFile();
    for (String[] layer : layers) {
      for (String tensor : layer) {
        file.put(tensor, Dtype.F32, new long[] {1, 1}, 1);
      }
    }
    return WholeBlocks.of(file.write(folder.resolve("adapter.safetensors")));
  }

  private static String[] whole(String layer) {
    return new String[] {layer + ".lokr_w1", layer + ".lokr_w2"};
  }

  private static String[] decomposed(String layer) {
    return new String[] {layer + ".lokr_w1", layer + ".lokr_w2_a", layer + ".lokr_w2_b"};
  }
}
