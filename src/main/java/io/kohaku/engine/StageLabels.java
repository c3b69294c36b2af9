package io.kohaku.engine;

import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.MDC;

/**
 * What tells the stages apart outside of the program: Spark's pages show the pipeline's stage as
 * job group and description, and log lines of driver and executors can show stage and run.
 *
 * <p>Executors take over local properties that begin with {@code mdc.}; the driver's own lines get
 * the same keys.
 */
final class StageLabels {
  /** Key of the stage's name in the logging context. */
  static final String STAGE = "mdc.stage";

  /** Key of the run: the first digits of the digest of the stage's settings and inputs. */
  static final String RUN = "mdc.run";

  private static final int DIGITS = 12;

  private StageLabels() {}

  /** Labels what the calling thread runs on Spark from now on. */
  static SparkSession put(SparkSession session, StageJob job, String fingerprint) {
    String run = run(fingerprint);
    SparkContext spark = session.sparkContext();
    spark.setJobGroup(job.name() + " " + run, job.name() + ": " + job.summary(), false);
    spark.setLocalProperty(STAGE, job.name());
    spark.setLocalProperty(RUN, run);
    return session;
  }

  /** Labels the log lines of the calling thread from now on. */
  static void log(StageJob job, String fingerprint) {
    MDC.put(STAGE, job.name());
    MDC.put(RUN, run(fingerprint));
  }

  private static String run(String fingerprint) {
    return fingerprint.substring(0, Math.min(DIGITS, fingerprint.length()));
  }
}
