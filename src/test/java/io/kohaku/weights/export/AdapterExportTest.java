package io.kohaku.weights.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterExportTest {
  @TempDir private Path folder;

  private Path trained() throws IOException {
    return new TestFile()
        .put("lora_unet_x.lokr_w1", Dtype.F32, new long[] {1, 2}, 1, 2)
        .put("lora_unet_x.lokr_w2", Dtype.F32, new long[] {2, 1}, 3, 0.1f)
        .put("lora_unet_x.scalar", Dtype.F32, new long[] {}, 0.1f)
        .put("lora_unet_x.alpha", Dtype.F32, new long[] {}, 1e13f)
        .write(folder.resolve("trained.safetensors"));
  }

  @Test
  void tensorsAreRoundedOnceAndTheHeaderIsAsGiven() throws IOException, NoSuchAlgorithmException {
    Path exported = folder.resolve("delta.safetensors");
    AdapterExport.write(trained(), exported, Dtype.F16, Map.of("ss_training_comment", "hello"));
    try (SafeTensors file = SafeTensors.open(exported)) {
      float tenth = Float.intBitsToFloat(0x3dccc000); // The fp16 number that is nearest to 0.1.
      assertThat(file.tensors().keySet())
          .containsExactlyInAnyOrder(
              "lora_unet_x.alpha", "lora_unet_x.lokr_w1", "lora_unet_x.lokr_w2");
      assertThat(TestFile.values(file, "lora_unet_x.lokr_w2")).containsExactly(3, tenth);
      assertThat(TestFile.values(file, "lora_unet_x.lokr_w1")).containsExactly(tenth, 2 * tenth);
      assertThat(TestFile.values(file, "lora_unet_x.alpha")).containsExactly(65504);
      assertThat(file.metadata())
          .containsEntry("ss_training_comment", "hello")
          .containsEntry("sshs_model_hash", sha256OfData(exported));
      assertThat(file.metadata().get("sshs_legacy_hash")).hasSize(8);
    }
    assertThat(AdapterExport.layers(exported)).isEqualTo(1);
  }

  /** Digest of a file's bytes behind its header. */
  private static String sha256OfData(Path file) throws IOException, NoSuchAlgorithmException {
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] data = Arrays.copyOfRange(bytes, 8 + (int) header, bytes.length);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }

  private Map<String, String> texts(Map<String, Long> tags, String... overrides)
      throws IOException {
    Path base = Files.writeString(folder.resolve("sdxl.safetensors"), "weights");
    List<String> all = new ArrayList<>(List.of("model.checkpoint=" + base));
    all.addAll(List.of(overrides));
    Settings settings = SettingsSource.read(List.of(), all).settings();
    TreeMap<String, Long> buckets = new TreeMap<>(Map.of("832x1216", 5L, "1024x1024", 7L));
    TrainingFacts facts = new TrainingFacts(49, 13, 3, 0, 2);
    AdapterHeader.Run run =
        new AdapterHeader.Run(facts, 1700000100.5, 100, "0000000fabc", WholeBlocks.ALL);
    return new AdapterHeader(settings, run, buckets, tags).texts();
  }

  @Test
  void theHeaderNamesTheAdapter() throws IOException {
    assertThat(texts(Map.of(), "export.name=delta", "export.model-spec.author=x"))
        .containsEntry("ss_output_name", "delta")
        .containsEntry("modelspec.title", "delta")
        .containsEntry("modelspec.author", "x")
        .containsEntry("modelspec.sai_model_spec", "1.0.0")
        .containsEntry("modelspec.architecture", "stable-diffusion-xl-v1-base/lora")
        .containsEntry("modelspec.resolution", "1024x1024")
        .containsEntry("modelspec.prediction_type", "epsilon")
        .containsEntry("ss_base_model_version", "sdxl_base_v1-0")
        .containsEntry("ss_v2", "False");
    assertThat(texts(Map.of(), "export.name=delta", "export.model-spec.title=Great"))
        .containsEntry("ss_output_name", "delta")
        .containsEntry("modelspec.title", "Great");
  }

  @Test
  void theHeaderTellsOfTheRun() throws IOException {
    assertThat(texts(Map.of()))
        .containsEntry("ss_session_id", "15")
        .containsEntry("ss_num_train_images", "49")
        .containsEntry("ss_num_batches_per_epoch", "13")
        .containsEntry("ss_max_train_steps", "3")
        .containsEntry("ss_epoch", "0")
        .containsEntry("ss_steps", "2")
        .containsEntry("ss_training_started_at", "1700000000.500000")
        .containsEntry("ss_training_finished_at", "1700000100.500000")
        .containsEntry("ss_sd_model_name", "sdxl.safetensors")
        .containsEntry("ss_sd_model_hash", "e3b0c442")
        .containsEntry(
            "ss_new_sd_model_hash",
            "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c")
        .containsEntry("ss_resolution", "(1024, 1024)")
        .containsEntry("ss_caption_tag_dropout_rate", "0.1")
        .containsEntry("ss_bucket_no_upscale", "False")
        .containsEntry("ss_clip_skip", "None")
        .containsEntry("ss_dataset_dirs", "{\"kohaku\":{\"n_repeats\":1,\"img_count\":12}}")
        .doesNotContainKeys("ss_tag_frequency", "ss_vae_name");
    assertThat(texts(Map.of()).get("ss_bucket_info"))
        .isEqualTo(
            "{\"buckets\":{\"0\":{\"resolution\":[1024,1024],\"count\":7},"
                + "\"1\":{\"resolution\":[832,1216],\"count\":5}}}");
  }

  @Test
  void theVaeAndTheWordsAreToldWhereThereAreSome() throws IOException {
    Path vae = Files.writeString(folder.resolve("vae.safetensors"), "vae");
    Map<String, Long> tags = new LinkedHashMap<>();
    tags.put("1girl", 9L);
    tags.put("long hair", 4L);
    Map<String, String> texts =
        texts(tags, "model.vae=" + vae, "export.comment=try", "images.buckets.upscale=false");
    assertThat(texts)
        .containsEntry("ss_vae_name", "vae.safetensors")
        .containsEntry("ss_training_comment", "try")
        .containsEntry("ss_min_bucket_reso", "None")
        .containsKeys("ss_vae_hash", "ss_new_vae_hash");
    JsonNode frequency = new ObjectMapper().readTree(texts.get("ss_tag_frequency"));
    assertThat(frequency.at("/kohaku/long hair").asLong()).isEqualTo(4);
    assertThat(frequency.get("kohaku").fieldNames())
        .toIterable()
        .containsExactly("1girl", "long hair");
  }
}
