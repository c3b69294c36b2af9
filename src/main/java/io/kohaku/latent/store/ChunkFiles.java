package io.kohaku.latent.store;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.StoredLatent;
import io.kohaku.ownership.Closer;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * The files of one attempt at a chunk, one for each bucket, which get their names when all are
 * whole.
 */
public final class ChunkFiles implements Closeable {
  private final LatentStore store;
  private final String chunk;
  private final Path unfinished;
  private final Map<Bucket, LatentFileWriter> writers = new LinkedHashMap<>();

  /**
   * No files yet.
   *
   * @param chunk the files' name
   * @param attempt a name that no other attempt has
   */
  public ChunkFiles(LatentStore store, String chunk, String attempt) {
    this.store = store;
    this.chunk = chunk;
    this.unfinished = store.unfinished(attempt);
  }

  /** What earlier attempts at this chunk have finished. */
  public List<StoredLatent> finishedBefore() throws IOException {
    List<StoredLatent> latents = new ArrayList<>();
    for (String file : store.files(chunk)) {
      latents.addAll(store.list(file));
    }
    return latents;
  }

  /** Adds a latent to its bucket's file. */
  public void write(LatentOrigin origin, byte[] latent) throws IOException {
    Bucket bucket = origin.placement().bucket();
    LatentFileWriter writer = writers.get(bucket);
    if (writer == null) {
      writer = store.create(unfinished, LatentStore.file(bucket, chunk));
      writers.put(bucket, writer);
    }
    writer.write(origin, latent);
  }

  /** Names the files and says what they hold: what lies there counts, whoever wrote it. */
  public List<StoredLatent> finish() throws IOException {
    List<StoredLatent> latents = new ArrayList<>();
    for (Map.Entry<Bucket, LatentFileWriter> writer : writers.entrySet()) {
      String file = LatentStore.file(writer.getKey(), chunk);
      writer.getValue().close();
      store.finish(unfinished, file);
      latents.addAll(store.list(file));
    }
    writers.clear();
    return latents;
  }

  /** Removes what has no name yet. */
  @Override
  public void close() {
    try (Closer opened = new Closer()) {
      opened.add(() -> store.discard(unfinished));
      writers.values().forEach(opened::add);
    }
  }
}
