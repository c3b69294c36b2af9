package io.kohaku.weights.verify;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.tensor.MemoryScope;

/**
 * One forward pass on fixed numbers: through both text encoders and the U-Net, so that a weight
 * that is loaded into the wrong place changes it.
 */
final class ForwardProbe {
  private static final int SIDE = 16;
  private static final int WORDS = 256;

  private ForwardProbe() {}

  /** The predicted noise, {@code 4 · 16 · 16} numbers. */
  static float[] run(Sdxl sdxl) {
    SeededStream random = SeededStream.of(Purpose.FORWARD_PROBE);
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDManager manager = scope.manager();
      long[] ids = new long[TokenRows.LENGTH];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextInt(WORDS);
      }
      float[] latents = new float[VaeSizes.LATENT_CHANNELS * SIDE * SIDE];
      for (int i = 0; i < latents.length; i++) {
        latents[i] = (float) (2 * random.nextDouble() - 1);
      }
      Tape tape = Tape.inference(manager);
      NDArray idsBRT = manager.create(ids, new Shape(1, 1, ids.length));
      int side = VaeSizes.REDUCTION * SIDE;
      float[] size = new SizeConditioning(side, side, 0, 0, side, side).toArray();
      NDArray sizes = manager.create(size, new Shape(1, size.length));
      Sdxl.Conditioning conditioning =
          sdxl.condition(tape, tape.input(idsBRT), tape.input(idsBRT), tape.input(sizes));
      NDArray latentsBCHW =
          manager.create(latents, new Shape(1, VaeSizes.LATENT_CHANNELS, SIDE, SIDE));
      NDArray timesteps = manager.create(new float[] {500}, new Shape(1));
      return sdxl.predict(tape, tape.input(latentsBCHW), tape.input(timesteps), conditioning)
          .array()
          .toFloatArray();
    }
  }

  /** Largest difference over the largest number of {@code expected}. */
  static double difference(float[] actual, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double here = Math.abs(actual[i] - expected[i]);
      difference = here <= difference ? difference : here;
    }
    return difference / largest;
  }
}
