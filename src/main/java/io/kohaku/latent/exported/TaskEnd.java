package io.kohaku.latent.exported;

import ai.djl.Model;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** Frees native memory with the Spark task that asked for it: the collector would come too late. */
final class TaskEnd {
  private TaskEnd() {}

  /** Closes {@code model} when the current task ends; outside of one its owner does. */
  static void close(Model model) {
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) ended -> model.close());
    }
  }
}
