package io.kohaku.demo.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.demo.scene.CaptionText;
import io.kohaku.demo.scene.DemoPost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tokenizer in CLIP's two files, small enough for the tiny SDXL: {@value #SIZE} entries. */
public final class DemoTokenizer {
  /** Entries: 256 bytes, the same at a word's end, the merges, begin and end of text. */
  static final int SIZE = 1024;

  private static final int MERGES = SIZE - 2 * 256 - 2;

  private final List<BytePairs.Pair> merges;

  private DemoTokenizer(List<BytePairs.Pair> merges) {
    this.merges = List.copyOf(merges);
  }

  public static DemoTokenizer learn(List<DemoPost> posts) {
    BytePairs pairs = new BytePairs();
    DemoVocabulary.words().forEach(pairs::read);
    posts.forEach(post -> pairs.read(CaptionText.of(post.tags())));
    return new DemoTokenizer(pairs.merges(MERGES));
  }

  /** The entries by rising id. */
  List<String> entries() {
    List<String> entries = new ArrayList<>(BytePairs.alphabet());
    BytePairs.alphabet().forEach(letter -> entries.add(letter + "</w>"));
    merges.forEach(merge -> entries.add(merge.merged()));
    entries.add("<|startoftext|>");
    entries.add("<|endoftext|>");
    return entries;
  }

  /** Writes {@code vocab.json} and {@code merges.txt}. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    ObjectNode vocabulary = new ObjectMapper().createObjectNode();
    List<String> entries = entries();
    for (int id = 0; id < entries.size(); id++) {
      vocabulary.put(entries.get(id), id);
    }
    if (vocabulary.size() != SIZE) {
      throw new IllegalStateException(
          "Invalid vocabulary: " + vocabulary.size() + " entries (must be " + SIZE + ")");
    }
    Files.writeString(folder.resolve("vocab.json"), vocabulary.toString());
    StringBuilder lines = new StringBuilder("#version: 0.2\n");
    merges.forEach(
        merge -> lines.append(merge.left()).append(' ').append(merge.right()).append('\n'));
    Files.writeString(folder.resolve("merges.txt"), lines);
  }
}
