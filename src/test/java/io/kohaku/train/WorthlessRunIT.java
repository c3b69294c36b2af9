package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.Worth;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn nothing do not end as if they had. */
class WorthlessRunIT {
  private static final String CANNOT_TRAIN =
      "Cannot train: the loss on the fixed images is no number";

  @TempDir Path folder;
  private TrainingSite site;

  @BeforeEach
  void prepare() throws IOException {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 8), 2, 0);
  }

  @Test
  void aBaseWeightThatIsNoNumberEndsTheRunAtItsFirstMeasurementOnAllRanks() throws Exception {
    String key = "model.diffusion_model.middle_block.1.transformer_blocks.0.ff.net.2.weight";
    spoil(folder.resolve("base.safetensors"), key, Float.NaN);
    List<TrainOutcome> outcomes =
        Ranks.run(2, site.inputs("nan"), site.settings("cluster.ranks=2"), () -> false);
    assertThat(outcomes).allSatisfy(outcome -> assertThat(why(outcome)).startsWith(CANNOT_TRAIN));
    assertThat(Worth.reason(outcomes))
        .isEqualTo(
            CANNOT_TRAIN
                + " at update 0: tensor "
                + key
                + " has numbers that are none or too large for their format");
    assertThat(site.output("nan", TrainInputs.ADAPTER)).doesNotExist();
  }

  @Test
  void aWeightThatIsTooLargeForHalfPrecisionIsNamed() throws Exception {
    String key = "model.diffusion_model.input_blocks.0.0.bias";
    spoil(folder.resolve("base.safetensors"), key, 70_000f);
    TrainOutcome outcome = Ranks.run(1, site.inputs("fp16"), site.settings("train.compute=fp16"));
    assertThat(why(outcome)).contains("tensor " + key + " has numbers that are none or too large");
  }

  @Test
  void finiteWeightsWhoseProductsAreNotAreNamedByTheirLayers() throws Exception {
    String key = "model.diffusion_model.input_blocks.0.0.weight";
    spoil(folder.resolve("base.safetensors"), key, Float.MAX_VALUE);
    assertThat(why(Ranks.run(1, site.inputs("large"), site.settings())))
        .contains("numbers that are none come out of the layers around model.diffusion_model.");
  }

  @Test
  void aRunThatLeftOutAllItsUpdatesPublishesNothingNorDoesItsNextStart() throws Exception {
    String[] guarded = {
      "train.epochs=3", "train.guard.max-gradient-norm=1e-9", "train.guard.max-skipped=99"
    };
    for (int start = 0; start < 2; start++) {
      TrainOutcome outcome = Ranks.run(1, site.inputs("guarded"), site.settings(guarded));
      assertThat(why(outcome))
          .startsWith("Cannot publish an adapter: none of 3 updates was applied");
      assertThat(outcome.progress().leftOut()).isEqualTo(3);
      assertThat(site.output("guarded", TrainInputs.ADAPTER)).doesNotExist();
    }
    assertThat(Files.readString(site.logs("guarded").resolve("metrics.jsonl")))
        .contains("\"train/left_out_updates\":3");
  }

  /** Overwrites the first number of a float32 tensor. */
  private static void spoil(Path file, String key, float value) throws IOException {
    TensorInfo tensor;
    try (SafeTensors opened = SafeTensors.open(file)) {
      tensor = opened.info(key);
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(head, 0);
      ByteBuffer number = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      number.putFloat(value).flip();
      channel.write(number, 8 + head.getLong(0) + tensor.begin());
    }
  }

  private static String why(TrainOutcome outcome) {
    assertThat(outcome.end()).isInstanceOf(RunEnd.Worthless.class);
    return ((RunEnd.Worthless) outcome.end()).why();
  }
}
