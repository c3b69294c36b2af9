package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.data.PreparationStage;
import io.kohaku.train.loop.TrainingMeter;
import io.kohaku.train.model.AdaptedNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a rank opens is closed, wherever opening it stops. */
class OpenRankIT {
  private static final String[] RECIPE = {"train.ema.decay=0.9", "train.log.inputs=true"};

  /** Resources of a whole rank. */
  private static final int ALL = 10;

  @TempDir static Path folder;
  private static TrainingSite site;

  /** What is in the way of opening, and how many resources are open when it is met. */
  enum Obstacle {
    TOKENIZER(0, "no-tokenizer"),
    TRAINING_CAPTIONS(0, "64x64.words"),
    HELD_OUT_CAPTIONS(1, "64x64.words"),
    CHECKPOINT(2, "garbage"),
    RESUMED_ADAPTER(4, "garbage"),
    SAVED_STATE(8, "Cannot resume from"),
    LOGS(8, "Cannot write logs"),
    INPUT_LOG(9, "inputs-0.jsonl");

    private final int open;
    private final String message;

    Obstacle(int open, String message) {
      this.open = open;
      this.message = message;
    }
  }

  @BeforeAll
  static void prepare() throws IOException {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 8), 2, 0);
    Files.writeString(folder.resolve("garbage"), "garbage");
    Autograd.enterThread();
  }

  /** Knows what it is in charge of, and fails as the statement after any opening may. */
  private static final class Watch extends Closer {
    private final List<AutoCloseable> watched = new ArrayList<>();
    private final int last;

    Watch(int last) {
      this.last = last;
    }

    @Override
    public <T extends AutoCloseable> T add(T resource) {
      super.add(resource);
      watched.add(resource);
      if (watched.size() == last) {
        throw new IllegalStateException("the next statement");
      }
      return resource;
    }
  }

  @ParameterizedTest
  @EnumSource(Obstacle.class)
  void whatIsOpenWhenOpeningStopsIsClosed(Obstacle obstacle) throws Exception {
    Watch opened = new Watch(ALL + 1);
    TrainInputs inputs = inputs(obstacle);
    Settings settings = settings(obstacle);
    assertThatThrownBy(() -> Ranks.open(settings, inputs, opened))
        .hasMessageContaining(obstacle.message);
    assertThat(opened.watched).hasSize(obstacle.open);
    closeAndCheck(opened);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void whatIsOpenWhenAnyStepFailsIsClosed(int step) throws Exception {
    Watch opened = new Watch(step);
    assertThatThrownBy(() -> Ranks.open(site.settings(RECIPE), site.inputs("step-" + step), opened))
        .hasMessage("the next statement");
    assertThat(opened.watched).hasSize(step);
    closeAndCheck(opened);
  }

  static IntStream steps() {
    return IntStream.rangeClosed(1, ALL);
  }

  private static void closeAndCheck(Watch opened) throws IOException {
    opened.close();
    for (AutoCloseable resource : opened.watched) {
      if (resource instanceof Sdxl sdxl) {
        assertThat(sdxl.manager().isOpen()).isFalse();
      }
    }
    assertThat(openFiles()).isEmpty();
  }

  @Test
  void whatIsOpenWhenPicturesCannotBeOpenedIsClosed() throws Exception {
    AtomicReference<AdaptedNetworks> networks = new AtomicReference<>();
    TrainingHooks hooks =
        new TrainingHooks(
            TrainingMeter.NONE,
            (settings, pictures, adapted) -> {
              networks.set(adapted);
              throw new IOException("no pictures");
            });
    Settings settings = site.settings("train.sample-every=1");
    assertThatThrownBy(() -> Ranks.run(1, site.inputs("no-pictures"), settings, () -> false, hooks))
        .hasMessageContaining("no pictures");
    assertThat(networks.get().sdxl().manager().isOpen()).isFalse();
    assertThat(openFiles()).isEmpty();
  }

  @Test
  void allIsClosedInTheEnd() throws Exception {
    OpenRank rank;
    try (Watch opened = new Watch(ALL + 1)) {
      rank = Ranks.open(site.settings(RECIPE), site.inputs("whole"), opened);
      assertThat(opened.watched).hasSize(ALL);
      assertThat(rank.resources().networks().sdxl().manager().isOpen()).isTrue();
      assertThat(openFiles()).isNotEmpty();
    }
    assertThat(rank.resources().networks().sdxl().manager().isOpen()).isFalse();
    assertThat(openFiles()).isEmpty();
  }

  private static Settings settings(Obstacle obstacle) {
    List<String> recipe = new ArrayList<>(List.of(RECIPE));
    String garbage = folder.resolve("garbage").toString();
    switch (obstacle) {
      case CHECKPOINT -> recipe.add("model.checkpoint=" + garbage);
      case RESUMED_ADAPTER -> recipe.add("lokr.resume=" + garbage);
      case TOKENIZER -> recipe.add("model.tokenizer=" + folder.resolve("no-tokenizer"));
      default -> {}
    }
    return site.settings(recipe.toArray(String[]::new));
  }

  private static TrainInputs inputs(Obstacle obstacle) throws Exception {
    TrainInputs inputs = site.inputs(obstacle.name());
    Path logs = site.logs(obstacle.name());
    switch (obstacle) {
      case TRAINING_CAPTIONS -> {
        return withoutCaptions(inputs, PreparationStage.TRAINING, PreparationStage.HELD_OUT);
      }
      case HELD_OUT_CAPTIONS -> {
        return withoutCaptions(inputs, PreparationStage.HELD_OUT, PreparationStage.TRAINING);
      }
      case SAVED_STATE ->
          Ranks.run(1, inputs, site.settings("train.steps=1", "train.micro-batch=1"));
      case LOGS -> {
        Files.createDirectories(logs.getParent());
        Files.writeString(logs, "in the way");
      }
      case INPUT_LOG -> Files.createDirectories(logs.resolve("inputs-0.jsonl"));
      default -> {}
    }
    return inputs;
  }

  /** The same images, but the rows of one set point to words that are not there. */
  private static TrainInputs withoutCaptions(TrainInputs inputs, String broken, String whole)
      throws IOException {
    Path prepared = Path.of(inputs.prepared());
    Path half = Files.createDirectories(folder.resolve("without-" + broken));
    Files.createSymbolicLink(half.resolve(whole), prepared.resolve(whole));
    Files.createDirectories(half.resolve(broken));
    for (String kind : List.of(".rows", ".files")) {
      Path file = Path.of(broken, "64x64" + kind);
      Files.copy(prepared.resolve(file), half.resolve(file));
    }
    return new TrainInputs(
        half.toString(),
        inputs.latentStore(),
        inputs.dataDigest(),
        inputs.checkpoints(),
        inputs.output(),
        inputs.preset());
  }

  /** Files of the site that this process holds open. */
  private static List<String> openFiles() throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : links.toList()) {
        try {
          files.add(Files.readSymbolicLink(link).toString());
        } catch (IOException e) {
          // The listing itself was open and is not any more.
        }
      }
    }
    files.removeIf(file -> !file.startsWith(folder.toString()));
    return files;
  }
}
