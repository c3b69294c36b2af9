package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.sdxl.tape.Segment;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.script.Autograd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tiny model against numbers computed by the reference implementations. */
class GoldenVectorsTest {
  private static final double TOLERANCE = 1e-4;
  private static TinyModel tiny;

  @BeforeAll
  static void open() {
    tiny = new TinyModel(ModelOptions.DEFAULT);
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  @BeforeEach
  void enterThread() {
    Autograd.enterThread();
  }

  @Test
  void textEncodersSayWhatTheReferencesSay() {
    Tape tape = Tape.inference(tiny.manager);
    TextEncoder.Output first =
        tiny.sdxl.first().forward(tape, tape.input(tiny.goldenIds("te_ids1")));
    TextEncoder.Output second =
        tiny.sdxl.second().forward(tape, tape.input(tiny.goldenIds("te_ids2")));
    agree(first.hidden().array(), "te_hidden1");
    agree(second.hidden().array(), "te_hidden2");
    agree(second.pooled().orElseThrow().array(), "te_pool");
    assertThat(first.pooled()).isEmpty();
  }

  @Test
  void theTransposedProjectionIsThatOfSdScripts() {
    ModelOptions options =
        new ModelOptions(Dtype.F32, Timesteps.HALF_WIDTH, PooledProjection.TRANSPOSED, 64);
    try (TinyModel transposed = new TinyModel(options)) {
      Tape tape = Tape.inference(transposed.manager);
      TextEncoder.Output second =
          transposed.sdxl.second().forward(tape, tape.input(tiny.goldenIds("te_ids2")));
      agree(second.pooled().orElseThrow().array(), "te_pool_sdscripts");
    }
  }

  @Test
  void theVectorHoldsPooledTextAndSizes() {
    Tape tape = Tape.inference(tiny.manager);
    NDArray vector = tiny.condition(tape).vector().array();
    agree(vector.get(":, :48"), "te_pool");
    agree(vector.get(":, 48:"), "size_embedding");
  }

  @Test
  void theUnetPredictsTheReferencesNoise() {
    ListeningTape tape = new ListeningTape(Tape.inference(tiny.manager));
    Sdxl.Conditioning conditioning = tiny.condition(tape);
    Value epsilon =
        tiny.sdxl.predict(
            tape,
            tape.input(tiny.golden("latents")),
            tape.input(tiny.goldenIds("timesteps")),
            conditioning);
    agree(epsilon.array(), "unet_out");
    for (String tap :
        List.of(
            "input_blocks.1.0",
            "input_blocks.4.1",
            "input_blocks.8.1",
            "label_emb",
            "middle_block.1",
            "output_blocks.2.2",
            "output_blocks.8.0",
            "time_embed")) {
      agree(tape.heard.get(tap), "unet_tap/" + tap);
    }
  }

  @Test
  void theAutoencoderIsThatOfTheReferenceBothWays() {
    try (Vae vae = Vae.open(tiny.checkpoint, TinyModel.DEVICE, Dtype.F32)) {
      Vae.Posterior moments = vae.encode(vae.manager(), tiny.golden("vae_image"));
      agree(moments.mean(), "vae_mean");
      agree(moments.logVariance(), "vae_logvar");
      agree(vae.decode(vae.manager(), tiny.golden("vae_mean")), "vae_decoded");
    }
  }

  private static void agree(NDArray actual, String golden) {
    assertThat(TinyModel.relative(actual, tiny.golden(golden))).as(golden).isLessThan(TOLERANCE);
  }

  /** Copies the output of every segment by its path. */
  private record ListeningTape(Tape tape, Map<String, NDArray> heard) implements Tape {
    ListeningTape(Tape tape) {
      this(tape, new HashMap<>());
    }

    @Override
    public Value leaf(NDArray array) {
      return tape.leaf(array);
    }

    @Override
    public Value call(Segment segment, Value... inputs) {
      Value output = tape.call(segment, inputs);
      String path =
          switch (segment.kernel()) {
            case TIME_EMBEDDING -> "time_embed";
            case LABEL_EMBEDDING -> "label_emb";
            default -> segment.path();
          };
      heard.put(path, output.array().duplicate());
      return output;
    }

    @Override
    public void drop(Value value) {
      tape.drop(value);
    }

    @Override
    public void backward(Value output, NDArray gradient) {
      tape.backward(output, gradient);
    }

    @Override
    public Optional<NDArray> gradient(Value leaf) {
      return tape.gradient(leaf);
    }
  }
}
