package io.kohaku.cluster.ring;

import java.util.List;
import org.apache.spark.BarrierTaskContext;

/** Tells every rank what every rank said, in the order of ranks. */
@FunctionalInterface
public interface Rendezvous {
  /** Waits until every rank has called it; the messages of all, by rank. */
  List<String> allGather(String message);

  /** The rendezvous of a barrier stage: about a second a call, so for meeting only. */
  static Rendezvous of(BarrierTaskContext context) {
    return message -> List.of(context.allGather(message));
  }
}
