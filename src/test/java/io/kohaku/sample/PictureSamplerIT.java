package io.kohaku.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.sample.prompt.ChunkJoin;
import io.kohaku.sample.prompt.Emphasis;
import io.kohaku.sample.prompt.PromptChunk;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.TextEncoder;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PictureSamplerIT {
  private static TinyPictures tiny;

  private MemoryScope scope;
  private NDManager manager;

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    tiny = new TinyPictures(TinyPictures.base(folder));
  }

  @AfterAll
  static void free() {
    tiny.close();
  }

  @BeforeEach
  void open() {
    scope = MemoryScope.open(tiny.sdxl.manager());
    manager = scope.manager();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static PictureRequest request(String prompt, long seed, SamplingOptions options) {
    return new PictureRequest(prompt, "bad", 96, 64, seed, options);
  }

  private static SamplingOptions options(Sampler sampler, double guidance, Emphasis emphasis) {
    return new SamplingOptions(
        sampler, SigmaSchedule.KARRAS, 3, guidance, emphasis, ChunkJoin.WHOLE);
  }

  private float[] latents(PictureRequest request) {
    return tiny.sampler.latents(manager, request).toFloatArray();
  }

  @Test
  void decodesTheGoldenLatents() {
    NDArray mean = TinyPictures.golden(manager, "vae_mean", Dtype.F32);
    NDArray expected = TinyPictures.golden(manager, "vae_decoded", Dtype.F32);
    NDArray picture = new LatentDecoder(tiny.vae, 128, 32).decode(manager, mean.mul(Vae.SCALE));
    assertThat(TinyPictures.relative(picture, expected)).isLessThan(1e-4);
  }

  @Test
  void tilesMeetWithoutSeams() {
    NDArray latents =
        SampleKernels.call(
            manager, "unit_noise", new long[] {1, 4, 24, 40}, 7, manager.getDevice());
    NDArray whole = new LatentDecoder(tiny.vae, 40, 4).decode(manager, latents);
    NDArray tiled = new LatentDecoder(tiny.vae, 24, 8).decode(manager, latents);
    assertThat(tiled.getShape()).isEqualTo(whole.getShape());
    double difference = tiled.sub(whole).abs().mean().getFloat();
    assertThat(difference / whole.abs().mean().getFloat()).isLessThan(0.2);
    assertThat(steepest(tiled)).isLessThan(1.2 * steepest(whole));
  }

  /** Largest mean difference of neighbouring columns: a seam would stand out. */
  private static double steepest(NDArray picture) {
    int width = (int) picture.getShape().get(3);
    NDArray right = picture.get(":, :, :, 1:" + width);
    NDArray left = picture.get(":, :, :, 0:" + (width - 1));
    return right.sub(left).abs().reshape(-1, width - 1).mean(new int[] {0}).max().getFloat();
  }

  @Test
  void rowsAreJoinedAsTheReferenceJoinsThem() {
    NDArray ids = TinyPictures.golden(manager, "te_ids1", Dtype.I64).reshape(6, 1, 77);
    Tape tape = Tape.inference(manager);
    TextEncoder.Output output = tiny.sdxl.first().forward(tape, tape.input(ids));
    NDArray joined = SampleKernels.call(manager, "joined_rows", output.hidden().array(), 2, false);
    NDArray expected = TinyPictures.golden(manager, "te_hidden1", Dtype.F32);
    assertThat(TinyPictures.relative(joined, expected)).isLessThan(1e-4);
    NDArray whole = SampleKernels.call(manager, "joined_rows", output.hidden().array(), 2, true);
    assertThat(whole.getShape()).isEqualTo(new Shape(2, 231, 32));
  }

  @Test
  void aPlainPromptIsEncodedAsInTraining() {
    List<Integer> letters = TinyPictures.LETTERS.encode().apply("red hair");
    PromptChunk chunk = new PromptChunk(letters, letters.stream().map(letter -> 1.0).toList());
    Tape tape = Tape.inference(manager);
    NDArray first = manager.create(chunk.row(1022, 1023, 1023), new Shape(1, 1, 77));
    NDArray second = manager.create(chunk.row(1022, 1023, 0), new Shape(1, 1, 77));
    NDArray sizes = manager.create(new float[] {64, 96, 0, 0, 64, 96}, new Shape(1, 6));
    Sdxl.Conditioning expected =
        tiny.sdxl.condition(tape, tape.input(first), tape.input(second), tape.input(sizes));
    Sdxl.Conditioning actual =
        new PromptEncoder(tiny.sdxl, TinyPictures.LETTERS)
            .encode(
                tape,
                manager,
                List.of("red hair"),
                new PromptEncoder.Wanted(Emphasis.ORIGINAL, ChunkJoin.INNER, 64, 96));
    assertThat(actual.context().array()).isEqualTo(expected.context().array());
    assertThat(actual.vector().array()).isEqualTo(expected.vector().array());
  }

  @Test
  void weightsMultiplyTheirTokensAndTheMeanCanBeKept() {
    NDArray vectors =
        SampleKernels.call(manager, "unit_noise", new long[] {1, 77, 8}, 3, manager.getDevice())
            .add(1);
    float[] weights = new float[77];
    Arrays.fill(weights, 1);
    weights[5] = 1.5f;
    NDArray row = manager.create(weights, new Shape(1, 77));
    NDArray plain = SampleKernels.call(manager, "weighted_rows", vectors, row, false);
    assertThat(plain.get("0, 5")).isEqualTo(vectors.get("0, 5").mul(1.5f));
    assertThat(plain.get("0, 6")).isEqualTo(vectors.get("0, 6"));
    NDArray kept = SampleKernels.call(manager, "weighted_rows", vectors, row, true);
    assertThat((double) kept.mean().getFloat())
        .isCloseTo(vectors.mean().getFloat(), org.assertj.core.data.Offset.offset(1e-6));
    float ratio = vectors.mean().getFloat() / plain.mean().getFloat();
    assertThat(TinyPictures.relative(kept, plain.mul(ratio))).isLessThan(1e-6);
  }

  @ParameterizedTest
  @EnumSource(Sampler.class)
  void aPictureFollowsFromItsSeed(Sampler sampler) {
    SamplingOptions options = options(sampler, 5, Emphasis.NO_NORM);
    float[] one = latents(request("red hair", 1, options));
    assertThat(one).hasSize(4 * 8 * 12);
    assertThat(latents(request("red hair", 1, options))).isEqualTo(one);
    assertThat(latents(request("red hair", 2, options))).isNotEqualTo(one);
    assertThat(latents(request("blue hair", 1, options))).isNotEqualTo(one);
  }

  private Sdxl.Conditioning conditioning(Tape tape) {
    return new PromptEncoder(tiny.sdxl, TinyPictures.LETTERS)
        .encode(
            tape,
            manager,
            List.of("red hair"),
            new PromptEncoder.Wanted(Emphasis.NONE, ChunkJoin.WHOLE, 64, 96));
  }

  @Test
  void eulerIsTheFormulaStepByStep() {
    SamplingOptions options = options(Sampler.EULER, 1, Emphasis.NONE);
    float[] actual = latents(request("red hair", 9, options));
    double[] levels = SigmaSchedule.KARRAS.levels(NoiseLevels.SDXL, 3);
    Tape tape = Tape.inference(manager);
    Sdxl.Conditioning conditioning = conditioning(tape);
    NDArray noise =
        SampleKernels.call(manager, "unit_noise", new long[] {4, 4, 8, 12}, 9, manager.getDevice());
    NDArray x = noise.get("0:1").mul(levels[0]);
    for (int i = 0; i < 3; i++) {
      NDArray input = x.div(Math.sqrt(levels[i] * levels[i] + 1));
      NDArray time = manager.create(new float[] {(float) NoiseLevels.SDXL.timestepAt(levels[i])});
      NDArray epsilon =
          tiny.sdxl.predict(tape, tape.input(input), tape.input(time), conditioning).array();
      x = x.add(epsilon.mul(levels[i + 1] - levels[i]));
    }
    assertThat(TinyPictures.relative(manager.create(actual, x.getShape()), x)).isLessThan(1e-4);
  }

  @Test
  void velocityOfPureNoiseIsTheSignalTurnedOver() {
    Preconditioning velocity = Preconditioning.of(Prediction.VELOCITY, true);
    PictureSampler sampler =
        new PictureSampler(tiny.sdxl, tiny.vae, TinyPictures.LETTERS, 1024, velocity);
    SamplingOptions once =
        new SamplingOptions(
            Sampler.EULER, SigmaSchedule.DISCRETE, 1, 1, Emphasis.NONE, ChunkJoin.WHOLE);
    NDArray latents = sampler.latents(manager, request("red hair", 9, once));
    Tape tape = Tape.inference(manager);
    Sdxl.Conditioning conditioning = conditioning(tape);
    NDArray noise =
        SampleKernels.call(manager, "unit_noise", new long[] {2, 4, 8, 12}, 9, manager.getDevice());
    NDArray time = manager.create(new float[] {999});
    NDArray said =
        tiny.sdxl
            .predict(tape, tape.input(noise.get("0:1")), tape.input(time), conditioning)
            .array();
    assertThat(TinyPictures.relative(latents, said.neg())).isLessThan(2e-3);
  }

  @Test
  void guidanceGoesFromTheNegativePromptPastThePrompt() {
    NDArray x = manager.ones(new Shape(1, 4, 1, 1));
    NDArray epsilon = manager.create(new float[] {1, 1, 1, 1, 3, 3, 3, 3}, new Shape(2, 4, 1, 1));
    NDArray guided = SampleKernels.call(manager, "guided", x, epsilon, 1.0, -0.5, 4.0);
    assertThat(guided.toFloatArray()).containsOnly(0.5f + 4 * (-0.5f - 0.5f));
  }

  @Test
  void longPromptsAndBreaksAreDrawn() {
    SamplingOptions options = options(Sampler.EULER, 5, Emphasis.NO_NORM);
    BufferedImage image =
        tiny.sampler.draw(request("(red:1.2) hair, ".repeat(12) + "BREAK end", 1, options));
    assertThat(image.getWidth()).isEqualTo(96);
    assertThat(image.getHeight()).isEqualTo(64);
  }

  @Test
  void sizesThatTheNetworkCannotHalveAreRefused() {
    SamplingOptions options = options(Sampler.EULER, 1, Emphasis.NONE);
    assertThatThrownBy(() -> new PictureRequest("", "", 100, 64, 1, options))
        .hasMessage("Invalid size: 100x64 (must be multiples of 32)");
    assertThatThrownBy(() -> new LatentDecoder(tiny.vae, 8, 4))
        .hasMessage("Invalid tile: 8 latents, 4 of overlap (must be above twice the overlap)");
  }
}
