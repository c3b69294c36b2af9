package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the adapter is trained.
 *
 * @param microBatch images of one bucket that go through the networks at a time
 * @param microBatchesPerUpdate micro-batches of one update, over all ranks
 * @param epochs how often every image is seen
 * @param steps optimizer steps (updates) after which the run ends early; 0 for none
 * @param branchFrom run or checkpoint whose state a new run starts from, {@code @update} behind it
 * @param gradientCheckpointing compute segments again on the way back instead of keeping them
 * @param compute the type of the frozen weights and of products
 * @param adapterPrecision the type of the trained tensors and their gradients
 * @param speed what a step does to be fast
 * @param objective what the networks learn to predict and how errors are weighed
 * @param optimizer how gradients become updates
 * @param schedule how the learning rate changes
 * @param guard what is left out as broken
 * @param ema averaged adapter
 * @param validation loss on fixed images, noise and timesteps
 * @param checkpoint when and where the run is saved
 * @param sampleEvery updates between two rounds of pictures; 0 for none
 * @param log when and what the run tells
 */
public record TrainSettings(
    @What @Range(min = 1) int microBatch,
    @What @Range(min = 1) int microBatchesPerUpdate,
    @What @Range(min = 1) int epochs,
    @What @Range(min = 0) long steps,
    @How Optional<String> branchFrom,
    @How boolean gradientCheckpointing,
    @What Precision compute,
    @What AdapterPrecision adapterPrecision,
    SpeedSettings speed,
    @What Objective objective,
    @What OptimizerSettings optimizer,
    Schedule schedule,
    @What Guard guard,
    @What Ema ema,
    ValidationSettings validation,
    @How Checkpoint checkpoint,
    @How @Range(min = 0) long sampleEvery,
    @How Log log)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    if (speed.overlapSum() && !gradientCheckpointing) {
      problems.add(
          "speed.overlap-sum",
          true,
          "needs gradient-checkpointing: without it all gradients are final at once");
    }
    if (adapterPrecision == AdapterPrecision.FP16 && compute != Precision.FP16) {
      problems.add(
          "adapter-precision",
          "fp16",
          "needs compute = fp16, whose loss scale keeps fp16 gradients from vanishing");
    }
  }

  /** What the adapter is trained in. */
  public enum AdapterPrecision {
    /** 32-bit IEEE. */
    FP32,
    /** 16-bit IEEE, as sd-scripts' {@code full_fp16} has it. */
    FP16
  }

  /** What the networks learn to predict. */
  public enum Prediction {
    /** The noise. */
    EPSILON,
    /** The velocity: sqrt(ᾱ)·noise − sqrt(1−ᾱ)·latent. */
    VELOCITY
  }

  /**
   * The objective.
   *
   * @param minSnrGamma weight min(SNR, γ)/SNR; 0 for equal weights
   * @param noiseOffset strength of noise that is the same over all of a channel
   * @param adaptiveNoiseScale how much the offset grows with a channel's mean
   * @param zeroTerminalSnr rescale the schedule so that the last timestep is noise alone
   * @param firstTimestep least timestep
   * @param lastTimestep timestep above the greatest
   */
  public record Objective(
      Prediction prediction,
      @Range(min = 0) double minSnrGamma,
      @Range(min = 0) double noiseOffset,
      double adaptiveNoiseScale,
      boolean zeroTerminalSnr,
      @Range(min = 0, max = 999) int firstTimestep,
      @Range(min = 1, max = 1000) int lastTimestep)
      implements Checked, Serializable {
    @Override
    public void check(Problems problems) {
      if (lastTimestep <= firstTimestep) {
        problems.add("last-timestep", lastTimestep, "must be above first-timestep");
      }
      if (zeroTerminalSnr && prediction == Prediction.EPSILON) {
        problems.add(
            "zero-terminal-snr", true, "needs prediction = velocity: pure noise tells nothing");
      }
    }
  }

  /** Optimizers. */
  public enum Algorithm {
    /** Lion with its momentum in 8 bits, as bitsandbytes has it now. */
    LION8BIT,
    /** The same as bitsandbytes 0.42 had it: larger blocks, coupled decay of small tensors. */
    LION8BIT_BNB042,
    /** Lion in float32. */
    LION,
    /** AdamW in float32. */
    ADAMW
  }

  /**
   * The optimizer.
   *
   * @param unetRate learning rate of the U-Net's layers
   * @param textEncoderRate learning rate of both text encoders' layers
   * @param betas decay of the moving averages
   * @param epsilon added to AdamW's denominator
   * @param clipNorm greatest L2 norm of all gradients together; 0 for none
   */
  public record OptimizerSettings(
      Algorithm algorithm,
      @Range(min = 0) double unetRate,
      @Range(min = 0) double textEncoderRate,
      @Range(min = 0) double weightDecay,
      List<Double> betas,
      @Range(min = 1e-30) double epsilon,
      @Range(min = 0) double clipNorm)
      implements Checked, Serializable {
    @Override
    public void check(Problems problems) {
      if (betas.size() != 2 || betas.stream().anyMatch(beta -> beta < 0 || beta >= 1)) {
        problems.add("betas", betas, "must be two numbers from 0 to below 1");
      }
    }
  }

  /** Learning-rate schedules. */
  public enum Curve {
    /** Flat after the warm-up. */
    CONSTANT,
    /** Half a cosine from the full rate to 0 after the warm-up. */
    COSINE
  }

  /** What becomes of a schedule whose shape depends on the run's end when the end moves. */
  public enum Extend {
    /** The run is not extended. */
    REFUSE,
    /** From then on the schedule is that of a run which was asked for the new end at once. */
    RESCALE
  }

  /**
   * The learning-rate schedule.
   *
   * @param warmup steps over which the rate grows from 0
   * @param stepsPerUpdate steps that the schedule takes an update: 1, or the number of processes as
   *     accelerate counts
   * @param extend what a longer run does with a curve that depends on the end
   */
  public record Schedule(
      @What Curve curve,
      @What @Range(min = 0) int warmup,
      @What @Range(min = 1) int stepsPerUpdate,
      @How Extend extend)
      implements Serializable {}

  /**
   * What is left out as broken, and when that is too much.
   *
   * @param maxGradientNorm updates with a greater norm are skipped; 0 for none
   * @param maxSkipped updates skipped in a row that end the run
   */
  public record Guard(@Range(min = 0) double maxGradientNorm, @Range(min = 1) int maxSkipped)
      implements Serializable {}

  /**
   * The averaged adapter.
   *
   * @param decay share of the average that an update keeps; 0 for no average
   */
  public record Ema(@Range(min = 0, max = 0.9999999) double decay) implements Serializable {}

  /**
   * Loss on fixed images with fixed noise and timesteps.
   *
   * @param heldOut images that are not trained on; 0 takes the first of the first epoch's
   * @param every updates between two measurements; 0 for the first and the last alone
   */
  public record ValidationSettings(
      @What @Range(min = 0) int heldOut, @How @Range(min = 0) long every) implements Serializable {}

  /**
   * Checkpoints.
   *
   * @param folder where they lie, seen by every executor; empty for a folder beside the output
   * @param every updates between two of them
   * @param keep how many of the newest stay
   */
  public record Checkpoint(String folder, @Range(min = 1) long every, @Range(min = 1) int keep)
      implements Serializable {}

  /**
   * Logs.
   *
   * @param interval time between two progress lines
   * @param inputs whether each rank writes down ids and digests of what it trains on
   */
  public record Log(Duration interval, boolean inputs) implements Serializable {}
}
