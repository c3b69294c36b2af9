package io.kohaku.engine.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCheckTest {
  private static final Configuration HADOOP = new Configuration();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("tiny.safetensors");
    TinySdxl.load().write(file);
    Files.writeString(
        folder.resolve("vocab.json"), "{\"a\":0,\"<|startoftext|>\":1022,\"<|endoftext|>\":1023}");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n");
  }

  private ModelSettings model() {
    List<String> overrides = List.of("model.checkpoint=" + file, "model.tokenizer=" + folder);
    return SettingsSource.read(List.of(), overrides).settings().model();
  }

  private void change(String piece, int id) throws IOException {
    Path vocabulary = folder.resolve("vocab.json");
    ObjectNode pieces = (ObjectNode) JSON.readTree(vocabulary.toFile());
    JSON.writeValue(vocabulary.toFile(), pieces.put(piece, id));
  }

  private void refuses(String why) {
    assertThatThrownBy(() -> TokenizerCheck.require(model(), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot use tokenizer %s with %s: %s (name the tokenizer that the checkpoint was trained with)"
                .formatted(folder, file, why));
  }

  @Test
  void tellsWhatIsWrongWithATokenizer() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "");
    assertThatThrownBy(() -> TokenizerCheck.require(model(), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("vocab.json");
  }

  @Test
  void theFolderIsToBeNamedAndNotItsFile() throws IOException {
    Path itself = Files.writeString(folder.resolve("tokenizer.json"), "{}");
    List<String> overrides = List.of("model.checkpoint=" + file, "model.tokenizer=" + itself);
    ModelSettings model = SettingsSource.read(List.of(), overrides).settings().model();
    assertThatThrownBy(() -> TokenizerCheck.require(model, HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot read tokenizer %s: it is a file (name the folder that it lies in)"
                .formatted(itself));
  }

  @Test
  void idsBeyondATextEncoderAreRefused() throws IOException {
    TokenizerCheck.require(model(), HADOOP);
    change("a piece that no merge gives", 1024);
    TokenizerCheck.require(model(), HADOOP);
    change("a", 1024);
    refuses("its ids reach 1024, the first text encoder knows 1024");
  }

  @Test
  void anotherEndOfTextsIsRefused() throws IOException {
    change("<|endoftext|>", 1000);
    refuses("its texts end with id 1000, those of the first text encoder with 1023");
  }

  @Test
  void aCheckpointThatIsStillToBeMadeIsNotLookedAt() throws IOException {
    change("a", 1024);
    Files.delete(file);
    TokenizerCheck.require(model(), HADOOP);
  }
}
