package io.kohaku.latent.encode;

import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.EncodedTable;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Lists what one file of the store holds. */
final class StorePartition implements FlatMapFunction<String, Row> {
  private static final long serialVersionUID = 1L;

  private final String store;
  private final SerializableConfiguration hadoop;

  StorePartition(String store, Configuration hadoop) {
    this.store = store;
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  @Override
  public Iterator<Row> call(String file) throws IOException {
    return new LatentStore(hadoop.value(), store)
        .list(file).stream().map(EncodedTable::row).iterator();
  }
}
