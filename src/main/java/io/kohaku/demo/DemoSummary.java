package io.kohaku.demo;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was generated and where it lies.
 *
 * @param posts folder of the posts' JSON lines
 * @param shards folder of the pictures' archives
 * @param tokenizer folder of vocab.json and merges.txt
 * @param base the tiny SDXL checkpoint
 * @param postCount well-formed posts
 * @param malformedCount lines that are no post
 * @param pictureCount pictures in the shards, the broken one among them
 * @param shardCount archives
 * @param fates how many posts met each fate, by its name
 */
public record DemoSummary(
    Path posts,
    Path shards,
    Path tokenizer,
    Path base,
    int postCount,
    int malformedCount,
    int pictureCount,
    int shardCount,
    Map<String, Integer> fates) {

  /** Keeps the order of the fates. */
  public DemoSummary {
    fates = Collections.unmodifiableMap(new LinkedHashMap<>(fates));
  }
}
