package io.kohaku.demo;

import io.kohaku.demo.model.DemoCheckpoint;
import io.kohaku.demo.model.DemoTokenizer;
import io.kohaku.demo.scene.DemoPost;
import io.kohaku.demo.scene.Fate;
import io.kohaku.demo.scene.Picture;
import io.kohaku.settings.DemoSettings;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Generates everything that the demo reads; the same settings give the same bytes. */
public final class DemoData {
  /** Lines that are no post: cut off, not an object, and without an id. */
  private static final List<String> MALFORMED =
      List.of("{\"id\": 4012141, \"created_at\": \"2020-05-", "[]", "{\"rating\": \"g\"}");

  private DemoData() {}

  /**
   * Writes posts, shards, tokenizer and base checkpoint under {@code folder}, over what is there.
   *
   * @throws IOException if a file cannot be written
   */
  public static DemoSummary generate(Path folder, DemoSettings settings) throws IOException {
    List<DemoPost> posts = new PostInventor(settings).posts();
    Path postFolder = Files.createDirectories(folder.resolve("posts"));
    Path shardFolder = folder.resolve("shards");
    int shards = write(posts, postFolder.resolve("posts.jsonl"), shardFolder);
    Path tokenizer = folder.resolve("tokenizer");
    DemoTokenizer.learn(posts).write(tokenizer);
    Path base = folder.resolve("base.safetensors");
    DemoCheckpoint.write(base);
    return new DemoSummary(
        postFolder,
        shardFolder,
        tokenizer,
        base,
        posts.size(),
        MALFORMED.size(),
        (int) posts.stream().filter(post -> post.fate().stored()).count(),
        shards,
        fates(posts));
  }

  private static int write(List<DemoPost> posts, Path file, Path shardFolder) throws IOException {
    PostJson json = new PostJson();
    try (Writer lines = Files.newBufferedWriter(file);
        DemoShards shards = new DemoShards(shardFolder)) {
      for (int i = 0; i < posts.size(); i++) {
        DemoPost post = posts.get(i);
        Picture picture = Picture.of(post);
        if (post.fate().stored()) {
          shards.add(post, picture);
        }
        lines.append(json.line(post, picture)).append('\n');
        if (i % 16 == 15 && i / 16 < MALFORMED.size()) {
          lines.append(MALFORMED.get(i / 16)).append('\n');
        }
      }
      return shards.count();
    }
  }

  private static Map<String, Integer> fates(List<DemoPost> posts) {
    Map<String, Integer> fates = new LinkedHashMap<>();
    for (Fate fate : Fate.values()) {
      fates.put(fate.name(), 0);
    }
    posts.forEach(post -> fates.merge(post.fate().name(), 1, Integer::sum));
    return fates;
  }
}
