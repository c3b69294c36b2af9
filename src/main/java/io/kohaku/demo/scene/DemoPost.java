package io.kohaku.demo.scene;

import java.time.OffsetDateTime;

/**
 * One post of the demo's site.
 *
 * @param rating the site's letter: g, s, q or e
 * @param favourites how many users keep it; its quality class follows
 * @param width pixels of the picture
 * @param height pixels of the picture
 */
public record DemoPost(
    long id,
    Fate fate,
    OffsetDateTime createdAt,
    char rating,
    int favourites,
    String extension,
    int width,
    int height,
    Scene scene,
    SceneTags tags) {

  /** The name of the picture in its shard. */
  public String member() {
    return id + "." + extension;
  }
}
