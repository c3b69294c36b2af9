package io.kohaku.weights.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.KeyName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the header of an adapter says that {@code conf/delta.conf} trained. */
class HeaderConformanceTest {
  @TempDir private Path folder;

  private Settings delta;
  private Map<String, String> texts;

  @BeforeEach
  void write() throws IOException {
    Path base = Files.writeString(folder.resolve("sdxl.safetensors"), "weights");
    delta = Recipes.delta("model.checkpoint=" + base);
    TrainingFacts facts = new TrainingFacts(3_665_398, 916_389, 28_638, 0, 28_638);
    texts =
        new AdapterHeader(
                delta,
                new AdapterHeader.Run(facts, 1.7e9, 1.5e6, "0123456789ab", WholeBlocks.ALL),
                new TreeMap<>(),
                Map.of())
            .texts();
  }

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "network", () -> texts("ss_network_module", "ss_network_dim", "ss_network_alpha"),
            "arguments", () -> arguments("algo", "factor", "conv_dim", "conv_alpha"),
            "norms", () -> arguments("train_norm", "full_matrix"),
            "run",
                () ->
                    texts("ss_seed", "ss_noise_offset", "ss_min_snr_gamma", "ss_max_token_length"),
            "steps",
                () ->
                    texts(
                        "ss_lr_scheduler",
                        "ss_lr_warmup_steps",
                        "ss_gradient_accumulation_steps",
                        "ss_total_batch_size"),
            "words",
                () -> texts("ss_shuffle_caption", "ss_keep_tokens", "ss_caption_tag_dropout_rate"),
            "sizes", () -> texts("ss_resolution", "ss_min_bucket_reso", "ss_max_bucket_reso"),
            "precision", this::precision));
  }

  private String texts(String... keys) {
    return Arrays.stream(keys).map(texts::get).collect(Collectors.joining(", "));
  }

  private String arguments(String... keys) throws IOException {
    JsonNode arguments = new ObjectMapper().readTree(texts.get("ss_network_args"));
    return Arrays.stream(keys)
        .map(key -> arguments.path(key).asText("not there"))
        .map(text -> text.isEmpty() ? "not there" : text.replaceFirst("\\.0$", ""))
        .collect(Collectors.joining(", "));
  }

  private String precision() {
    return texts("ss_mixed_precision", "ss_full_fp16")
        + ", "
        + KeyName.ofConstant(delta.export().savePrecision());
  }
}
