package io.kohaku.latent;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Imports one chunk of files. */
final class NpzImportPartition implements FlatMapFunction<List<WantedImage>, Row> {
  private static final long serialVersionUID = 1L;

  private final EncodePlan plan;
  private final SerializableConfiguration hadoop;

  NpzImportPartition(EncodePlan plan, SerializableConfiguration hadoop) {
    this.plan = plan;
    this.hadoop = hadoop;
  }

  @Override
  public Iterator<Row> call(List<WantedImage> files) throws IOException {
    return new NpzImport(plan, hadoop.value())
        .run(files, NpzImport.KEY + "-" + NpzStage.attempt()).stream()
            .map(EncodedTable::row)
            .iterator();
  }
}
