package io.kohaku.sample;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.number.WorthlessResultException;
import io.kohaku.sample.prompt.ChunkJoin;
import io.kohaku.sample.prompt.Emphasis;
import io.kohaku.sdxl.layout.Network;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture without numbers is no black picture. */
class WorthlessPictureIT {
  private static final String LAYER = "middle_block.1.transformer_blocks.0.ff.net.2";

  @Test
  void failsAndNamesTheTensorThatIsNoNumber(@TempDir Path folder) throws IOException {
    SamplingOptions options =
        new SamplingOptions(
            Sampler.EULER, SigmaSchedule.DISCRETE, 2, 5, Emphasis.NONE, ChunkJoin.WHOLE);
    PictureRequest request = new PictureRequest("red hair", "bad", 96, 64, 7, options);
    try (TinyPictures tiny = new TinyPictures(TinyPictures.base(folder))) {
      tiny.sdxl.weight(Network.UNET, LAYER).muli(Float.NaN);
      assertThatThrownBy(() -> tiny.sampler.draw(request))
          .isInstanceOf(WorthlessResultException.class)
          .hasMessage(
              "Cannot draw the picture of seed 7: its pixels are no numbers: tensor"
                  + " model.diffusion_model.%s.weight has numbers that are none or too large"
                      .formatted(LAYER)
                  + " for their format");
    }
  }
}
