package io.kohaku.sample.picture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.kohaku.demo.DemoData;
import io.kohaku.demo.DemoSummary;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.settings.DemoSettings;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No picture is drawn with an adapter whose numbers are none: it is named instead. */
class SpoiltAdapterIT {
  @Test
  void isNamedWithItsTensor(@TempDir Path folder) throws IOException {
    DemoSummary demo = DemoData.generate(folder.resolve("demo"), new DemoSettings(1, 50, 64));
    String tensor = "lora_unet_middle_block_0_in_layers_2.lokr_w1";
    TestFile file = TestFile.adapter();
    long[] shape = file.shapes().get(tensor);
    float[] values = new float[(int) (shape[0] * shape[1])];
    values[0] = Float.NaN;
    Path spoilt =
        file.put(tensor, Dtype.F32, shape, values).write(folder.resolve("spoilt.safetensors"));
    PictureFolder pictures =
        new PictureFolder(
            PictureFolderIT.model(demo), PictureFolderIT.settings(), "Kohaku test", Device.cpu());
    List<MergedAdapters.Source> adapters = List.of(new MergedAdapters.Source(spoilt, 1));
    assertThatThrownBy(
            () -> pictures.draw(demo.base(), adapters, folder.resolve("pictures"), drawn -> {}))
        .isInstanceOf(WorthlessResultException.class)
        .hasMessage(
            "Cannot add an adapter: tensor %s of the adapter %s has numbers that are none (drawn by %s)",
            tensor, spoilt, demo.base());
  }
}
