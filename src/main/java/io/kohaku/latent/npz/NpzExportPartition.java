package io.kohaku.latent.npz;

import io.kohaku.files.HadoopRename;
import io.kohaku.image.Placement;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.encode.ChunkPartition;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.EncodedTable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/** Exports the latents of one partition. */
final class NpzExportPartition implements FlatMapFunction<Iterator<Row>, Row> {
  private static final long serialVersionUID = 1L;

  private final EncodePlan plan;
  private final String folder;
  private final SerializableConfiguration hadoop;
  private final LongAccumulator images;

  NpzExportPartition(
      EncodePlan plan, String folder, SerializableConfiguration hadoop, LongAccumulator images) {
    this.plan = plan;
    this.folder = folder;
    this.hadoop = hadoop;
    this.images = images;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    List<Row> written = new ArrayList<>();
    LatentStore store = new LatentStore(hadoop.value(), plan.store());
    while (rows.hasNext()) {
      Row row = rows.next();
      StoredLatent latent = EncodedTable.latent(row);
      byte[] bytes = store.bytes(latent.origin().id(), latent.place());
      write(latent.origin(), bytes);
      written.add(row);
      images.add(1);
    }
    return written.iterator();
  }

  private void write(LatentOrigin origin, byte[] bytes) throws IOException {
    Placement placement = origin.placement();
    float[] values = LatentBytes.values(bytes, origin.format(), plan.drawSeed(origin.id()));
    byte[] file =
        new NpzLatent(
                placement.bucket(),
                values,
                placement.originalWidth(),
                placement.originalHeight(),
                placement.letterBox())
            .toBytes();
    Path path = new Path(folder, origin.id() + ".npz");
    Path unfinished = new Path(folder, "." + origin.id() + "-" + ChunkPartition.attempt());
    FileSystem files = path.getFileSystem(hadoop.value());
    try (OutputStream out = files.create(unfinished)) {
      out.write(file);
    }
    HadoopRename.replace(files, unfinished, path);
  }
}
