package io.kohaku.latent.npz;

import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.encode.ChunkPartition;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.WantedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/** Imports the files of one partition as one chunk. */
final class NpzImportPartition implements FlatMapFunction<Iterator<Row>, Row> {
  private static final long serialVersionUID = 1L;

  private final EncodePlan plan;
  private final SerializableConfiguration hadoop;
  private final LongAccumulator images;

  NpzImportPartition(EncodePlan plan, SerializableConfiguration hadoop, LongAccumulator images) {
    this.plan = plan;
    this.hadoop = hadoop;
    this.images = images;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    List<WantedImage> files = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      ImageSource source = LatentColumn.source(EncodedTable.values(row));
      files.add(new WantedImage(row.getAs(EncodedTable.ID), source, null));
    }
    if (files.isEmpty()) {
      return Collections.emptyIterator();
    }
    files.sort(WantedImage.BY_SOURCE);
    String attempt = "npz-" + ChunkPartition.attempt();
    return new NpzImport(plan, hadoop.value(), images::add)
        .run(files, attempt).stream().map(EncodedTable::row).iterator();
  }
}
