package io.kohaku.recipe;

/** What the stages are called: their commands, folders and inputs of one another. */
final class StageNames {
  static final String DEMO_DATA = "demo-data";
  static final String SELECT = "select";
  static final String CAPTION = "caption";
  static final String INDEX = "index";
  static final String ENCODE = "encode";
  static final String PREPARE = "prepare";
  static final String TRAIN = "train";
  static final String EXPORT = "export";
  static final String EXPORT_LATENTS = "export-latents";
  static final String EXPORT_VAE = "export-vae";
  static final String MERGE = "merge";
  static final String BAKE = "bake";
  static final String SAMPLE = "sample";
  static final String VERIFY = "verify";

  private StageNames() {}
}
