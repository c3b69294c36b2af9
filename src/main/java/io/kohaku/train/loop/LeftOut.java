package io.kohaku.train.loop;

import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the posts of what one update leaves out on this rank. */
public final class LeftOut {
  private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);

  private final Progress before;
  private final List<Long> posts = new ArrayList<>();

  /** Of the update after {@code before}. */
  LeftOut(Progress before) {
    this.before = before;
  }

  /** Of this micro-batch, if its loss is not finite. */
  void microBatch(MicroBatch batch, double loss) {
    Arrays.stream(batch.ids()).forEach(posts::add);
    if (!Double.isFinite(loss)) {
      LOG.warn(
          "Left out a micro-batch of update {}: its loss is {}, posts {}",
          before.step() + 1,
          loss,
          Arrays.toString(batch.ids()));
    }
  }

  /** Of the whole update, unless it was accepted. */
  void update(Verdict verdict) {
    if (!(verdict instanceof Verdict.Accepted)) {
      LOG.warn(
          "Left out update {}: gradient norm {}, loss scale {}, posts of this rank {}",
          before.step() + 1,
          verdict.norm(),
          before.lossScale().factor(),
          posts);
    }
  }
}
