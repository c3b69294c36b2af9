package io.kohaku.train;

import io.kohaku.LocalSpark;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.MidSdxl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Prepares a site for {@code bench/train.sh}: the mid-size SDXL and latents of one bucket. */
final class TrainSpeed {
  private static final String TOKENS =
      "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight";

  private TrainSpeed() {}

  /** Takes the folder, the side of the images in pixels and how many; the last has no caption. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    String bucket = arguments[1] + "x" + arguments[1];
    int images = Integer.parseInt(arguments[2]);
    new TrainingSite(folder).prepare(LocalSpark.session(), Map.of(bucket, images), 0, 0);
    long vocabulary = TinySdxl.load().tensors().get(TOKENS)[0];
    long parameters = MidSdxl.write(folder.resolve("base.safetensors"), vocabulary);
    System.out.printf("U-Net of %,d parameters%n", parameters);
    System.exit(0);
  }
}
