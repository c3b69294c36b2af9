package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every bucket from 256 to 4096 pixels a side, and every number of rows. */
class ShapesIT {
  private static TinyModel tiny;

  @BeforeAll
  static void open() {
    tiny = new TinyModel(ModelOptions.DEFAULT);
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  @ParameterizedTest
  @CsvSource({"256, 4096, 1", "4096, 256, 3", "256, 256, 2", "1216, 832, 3", "352, 544, 1"})
  void bucketsOfAllShapesPass(int height, int width, int rows) {
    try (MemoryScope scope = MemoryScope.open(tiny.manager)) {
      Tape tape = Tape.inference(scope.manager());
      long[] ids = new long[rows * TokenRows.LENGTH];
      NDArray tokens = scope.manager().create(ids, new Shape(1, rows, TokenRows.LENGTH));
      Sdxl.Conditioning conditioning =
          tiny.sdxl.condition(
              tape,
              tape.input(tokens),
              tape.input(tokens),
              tape.input(scope.manager().create(new float[6], new Shape(1, 6))));
      assertThat(conditioning.context().array().getShape())
          .isEqualTo(new Shape(1, 75L * rows + 2, 80));
      Value epsilon =
          tiny.sdxl.predict(
              tape,
              tape.input(data(scope, "latents", 1, 4, height / 8, width / 8)),
              tape.input(scope.manager().create(new long[] {500})),
              conditioning);
      assertThat(epsilon.array().getShape()).isEqualTo(new Shape(1, 4, height / 8, width / 8));
      assertThat(epsilon.array().isNaN().any().getBoolean()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"256, 2048", "2048, 256", "264, 1000"})
  void picturesOfAllShapesAreEncoded(int height, int width) {
    try (Vae vae = Vae.open(tiny.checkpoint, TinyModel.DEVICE, Dtype.F32);
        MemoryScope scope = MemoryScope.open(vae.manager())) {
      Vae.Posterior moments =
          vae.encode(scope.manager(), data(scope, "picture", 1, 3, height, width));
      Shape latents = new Shape(1, 4, height / 8, width / 8);
      assertThat(moments.mean().getShape()).isEqualTo(latents);
      assertThat(moments.logVariance().getShape()).isEqualTo(latents);
      assertThat(vae.decode(scope.manager(), moments.mean()).getShape())
          .isEqualTo(new Shape(1, 3, height, width));
    }
  }

  @Test
  void shapesThatDoNotHalveAreRefused() {
    try (MemoryScope scope = MemoryScope.open(tiny.manager);
        Vae vae = Vae.open(tiny.checkpoint, TinyModel.DEVICE, Dtype.F32)) {
      Tape tape = Tape.inference(scope.manager());
      Value any = tape.input(scope.manager().create(1f));
      Value latents = tape.input(data(scope, "latents", 1, 4, 32, 30));
      assertThatThrownBy(() -> tiny.sdxl.unet().forward(tape, latents, any, any, any))
          .hasMessage(
              "Invalid latents: (1, 4, 32, 30) ([batch, channels, height, width], height and width"
                  + " multiples of 4: pictures of multiples of 32 pixels)");
      NDArray picture = data(scope, "picture", 1, 3, 64, 65);
      assertThatThrownBy(() -> vae.encode(scope.manager(), picture))
          .hasMessage(
              "Invalid pictures: (1, 3, 64, 65) ([batch, 3, height, width], height and width"
                  + " multiples of 8)");
    }
  }

  private static NDArray data(MemoryScope scope, String key, long... shape) {
    Shape size = new Shape(shape);
    return scope.manager().create(FormulaWeights.data(key, (int) size.size()), size);
  }
}
