package io.kohaku.recipe;

import io.kohaku.engine.Workspace;
import io.kohaku.latent.encode.StoreFiles;
import io.kohaku.provenance.Manifest;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The store of latents of a work folder, beside what {@link EncodeJob} published of it. */
final class PublishedStore {
  private static final String STORE = "store";

  private PublishedStore() {}

  /** The folder of the latents' files, which outlives any one run. */
  static Path folder(Workspace workspace) throws IOException {
    return new Path(workspace.stage(StageNames.ENCODE).path(), STORE);
  }

  /** What the store has lost since then, if anything. */
  static Optional<String> missing(Manifest published, Workspace workspace) throws IOException {
    long latents = published.output(EncodeJob.LATENTS).rows();
    return StoreFiles.missing(folder(workspace), workspace.hadoop(), latents, published.counts());
  }

  /** The folder, for jobs that read latents: all of its files must be there. */
  static Path require(Workspace workspace) throws IOException {
    StoreFiles.require(missing(workspace.published(StageNames.ENCODE), workspace));
    return folder(workspace);
  }
}
