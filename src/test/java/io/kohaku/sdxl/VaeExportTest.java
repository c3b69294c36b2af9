package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The exported encoder through DJL's own ways, against the reference and against {@link Vae}. */
class VaeExportTest {
  private static TinyModel tiny;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    tiny = new TinyModel(ModelOptions.DEFAULT);
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  @Test
  void plainCriteriaGiveTheReferencesMeans() throws Exception {
    try (ZooModel<NDList, NDList> model = load(Dtype.F32);
        Predictor<NDList, NDList> predictor = model.newPredictor()) {
      NDArray pictures = named(tiny.golden("vae_image"));
      NDArray moments = predictor.predict(new NDList(pictures)).get(0);
      NDArray mean = moments.get(":, :4");
      NDArray logVariance = moments.get(":, 4:");
      assertThat(TinyModel.relative(mean, tiny.golden("vae_mean"))).isLessThan(1e-4);
      assertThat(TinyModel.relative(logVariance, tiny.golden("vae_logvar"))).isLessThan(1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void everyBatchHasTheBitsThatTheNetworkGivesIt(Dtype dtype) throws Exception {
    try (ZooModel<NDList, NDList> model = load(dtype);
        Predictor<NDList, NDList> predictor = model.newPredictor();
        Vae vae = Vae.open(tiny.checkpoint, TinyModel.DEVICE, dtype)) {
      NDArray wide = named(rgb(3, 64, 128));
      NDArray square = named(rgb(2, 96, 96));
      NDList moments = predictor.predict(new NDList(wide, square));
      assertThat(moments).hasSize(2);
      same(moments.get(0), vae, wide);
      same(moments.get(1), vae, square);
    }
  }

  @Test
  void theSameWeightsGiveTheSameBytes() throws IOException {
    ByteArrayOutputStream once = new ByteArrayOutputStream();
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    VaeExport.write(tiny.checkpoint, Dtype.F32, once);
    VaeExport.write(tiny.checkpoint, Dtype.F32, again);
    assertThat(again.toByteArray()).isEqualTo(once.toByteArray());
  }

  private static void same(NDArray moments, Vae vae, NDArray rgb) {
    Vae.Posterior expected = vae.encode(vae.manager(), vae.pictures(vae.manager(), rgb));
    assertThat(moments.get(":, :4").toFloatArray()).isEqualTo(expected.mean().toFloatArray());
    assertThat(moments.get(":, 4:").toFloatArray())
        .isEqualTo(expected.logVariance().toFloatArray());
  }

  private ZooModel<NDList, NDList> load(Dtype dtype) throws Exception {
    VaeExport.write(tiny.checkpoint, dtype, Files.newOutputStream(folder.resolve("model.pt")));
    return Criteria.builder()
        .setTypes(NDList.class, NDList.class)
        .optEngine("PyTorch")
        .optDevice(TinyModel.DEVICE)
        .optModelPath(folder)
        .optOption("mapLocation", "true")
        .optTranslator(new NoopTranslator())
        .build()
        .loadModel();
  }

  private static NDArray named(NDArray batch) {
    batch.setName("xs[]");
    return batch;
  }

  private static NDArray rgb(int count, int height, int width) {
    byte[] bytes = new byte[count * height * width * 3];
    SeededStream stream = SeededStream.of(Purpose.TRIAL, height, width);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) stream.nextInt(256);
    }
    return tiny.manager.create(
        java.nio.ByteBuffer.wrap(bytes), new Shape(count, height, width, 3), DataType.UINT8);
  }
}
