package io.kohaku.sdxl.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.Golden;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CLIP's own tokenizer, against the ids of the reference. */
public class ClipTokenizerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FILES = files();

  private final ClipTokenizer tokenizer = ClipTokenizer.open(FILES);

  @TempDir private Path folder;

  @Test
  void idsAreThoseOfTheReference() throws IOException {
    JsonNode texts = JSON.readTree(Golden.path("clip-tokens.json").toFile());
    assertThat(texts).hasSizeGreaterThan(7);
    for (JsonNode text : texts) {
      int[] expected = JSON.convertValue(text.get("ids"), int[].class);
      assertThat(tokenizer.encode(text.get("text").asText()))
          .as(text.get("text").asText())
          .isEqualTo(Arrays.copyOfRange(expected, 1, expected.length - 1));
    }
  }

  @Test
  void oneFileServesAsWellAsTwo() throws IOException {
    ObjectNode model = JSON.createObjectNode().put("type", "BPE").put("end_of_word_suffix", "</w>");
    model.set("vocab", JSON.readTree(FILES.resolve("vocab.json").toFile()));
    Files.readAllLines(FILES.resolve("merges.txt")).stream()
        .skip(1)
        .forEach(line -> model.withArray("merges").add(line));
    JSON.writeValue(
        folder.resolve("tokenizer.json").toFile(), JSON.createObjectNode().set("model", model));
    String text = "ロングヘア, it's a naïve café №7 😀";
    assertThat(ClipTokenizer.open(folder).encode(text)).isEqualTo(tokenizer.encode(text));
  }

  @Test
  void namesOfSpecialTokensStandForThemselves() {
    assertThat(tokenizer.encode("a<|endoftext|>b <|startoftext|>"))
        .containsExactly(320, 49407, 321, 49406);
  }

  @Test
  void lettersAreLoweredOneByOne() {
    assertThat(tokenizer.encode("ΟΔΟΣ")).isEqualTo(tokenizer.encode("οδοσ"));
  }

  @Test
  void whatIsNotClipsIsRefused() throws IOException {
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessage(
            "Missing tokenizer: vocab.json and merges.txt, or tokenizer.json, in " + folder);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, "{\"model\": {\"type\": \"Unigram\"}}");
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessage(
            "Cannot read tokenizer %s: not CLIP's (needs a BPE model with end_of_word_suffix </w>)"
                .formatted(file));
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b\n");
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessage("Missing token: <|startoftext|> in " + folder);
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nab\n");
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessage(
            "Invalid merge in %s: 'ab' (two pieces with a space between them)"
                .formatted(folder.resolve("merges.txt")));
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": \"x\"}");
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessageContaining("Invalid token id in " + folder.resolve("vocab.json"));
  }

  @Test
  void otherFilesAreSaidToBeWhatTheyAre() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    Path vocabulary = Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0");
    Path merges = Files.writeString(folder.resolve("merges.txt"), "a b\n");
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read tokenizer " + vocabulary + ": not JSON (");
    Files.writeString(vocabulary, "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1}");
    Files.writeString(merges, pointer);
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot read %s as a tokenizer: it seems to be a pointer of Git LFS (fetch the file itself: git lfs pull)"
                .formatted(merges));
    Files.write(merges, new byte[] {'a', ' ', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessage("Cannot read tokenizer " + merges + ": it must be UTF-8");
    Files.writeString(vocabulary, pointer);
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .hasMessageStartingWith("Cannot read " + vocabulary + " as a tokenizer: it seems to be ");
  }

  /** The folder of its files. */
  public static Path files() {
    try {
      return Path.of(ClipTokenizerTest.class.getResource("/clip-tokenizer").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
