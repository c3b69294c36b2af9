package io.kohaku.cluster;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.cluster.ring.Rendezvous;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.BarrierTaskContext;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** Runs on an executor: finds out where this rank sits and plays its part. */
final class RankPartition<T extends Serializable>
    extends AbstractFunction1<Iterator<Integer>, Iterator<Tuple2<Integer, T>>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RankTask<T> task;
  private final Duration stopTimeout;
  private final boolean inDriver;

  RankPartition(RankTask<T> task, Duration stopTimeout, boolean inDriver) {
    this.task = task;
    this.stopTimeout = stopTimeout;
    this.inDriver = inDriver;
  }

  @Override
  public Iterator<Tuple2<Integer, T>> apply(Iterator<Integer> partition) {
    BarrierTaskContext context = BarrierTaskContext.get();
    // In local mode the driver's own signal asks the tasks to end.
    try (StopSignal signal = inDriver ? null : new StopSignal(stopTimeout, () -> {})) {
      Rank rank = new Rank(context.partitionId(), context.numPartitions());
      RankContext rankContext =
          new RankContext(
              rank,
              context.stageAttemptNumber(),
              host(context),
              inDriver ? DeviceChoice.ofSharingRank(rank) : DeviceChoice.ofRank(rank, context),
              Rendezvous.of(context),
              () -> context.isInterrupted() || (signal != null && signal.requested()));
      T result = task.run(rankContext);
      return scala.collection.Iterator$.MODULE$.single(
          new Tuple2<>(rankContext.rank().index(), result));
    } catch (Exception e) {
      throw rethrown(e);
    }
  }

  private static String host(BarrierTaskContext context) {
    String address = context.getTaskInfos()[context.partitionId()].address();
    return address.substring(0, address.lastIndexOf(':'));
  }

  /** Spark reports a task's exception by its own class: it goes on as it is. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException rethrown(Exception e) throws E {
    throw (E) e;
  }
}
