package io.kohaku.latent.encode;

import io.kohaku.cluster.DeviceChoice;
import io.kohaku.device.DeviceWish;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.Outcome;
import io.kohaku.latent.table.WantedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Encodes the one chunk of its partition. */
public final class ChunkPartition
    implements FlatMapFunction<Iterator<Tuple2<Integer, WantedImage>>, Row> {
  private static final long serialVersionUID = 1L;

  private final EncodePlan plan;
  private final String key;
  private final SerializableConfiguration hadoop;
  private final EncodeCounters counters;
  private final DeviceWish device;

  /** The work on one chunk. */
  ChunkPartition(
      EncodePlan plan,
      String key,
      Configuration hadoop,
      EncodeCounters counters,
      DeviceWish device) {
    this.plan = plan;
    this.key = key;
    this.hadoop = new SerializableConfiguration(hadoop);
    this.counters = counters;
    this.device = device;
  }

  @Override
  public Iterator<Row> call(Iterator<Tuple2<Integer, WantedImage>> wanted) throws IOException {
    List<WantedImage> chunk = new ArrayList<>();
    wanted.forEachRemaining(image -> chunk.add(image._2()));
    if (chunk.isEmpty()) {
      return Collections.emptyIterator();
    }
    try (ChunkEncoder encoder =
        new ChunkEncoder(
            plan,
            key,
            hadoop.value(),
            DeviceChoice.ofTask().device(device),
            new ChunkEncoder.Watch(counters.images()::add, counters.fallbacks()::add))) {
      List<Outcome> outcomes = encoder.encode(chunk, key + "-" + attempt());
      outcomes.stream()
          .filter(Outcome.Rejected.class::isInstance)
          .forEach(rejected -> counters.rejects().add(1));
      return outcomes.stream().map(EncodedTable::row).iterator();
    }
  }

  /** A name that no other attempt of any task has. */
  public static String attempt() {
    TaskContext task = TaskContext.get();
    return task.stageId() + "-" + task.taskAttemptId() + "-" + System.nanoTime();
  }
}
