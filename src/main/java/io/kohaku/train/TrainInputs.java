package io.kohaku.train;

import io.kohaku.lokr.Preset;
import java.io.Serializable;

/**
 * Where a run reads and writes, and what the driver has read for all ranks.
 *
 * @param prepared folder that the preparation wrote, of any Hadoop file system
 * @param latentTable folder of the latent table
 * @param latentStore folder of the latent files
 * @param dataDigest of latents and captions: a checkpoint goes on with the same alone
 * @param checkpoints folder that every executor sees under this path
 * @param output folder for the adapter and the logs, of any Hadoop file system
 * @param preset which layers are adapted: what {@code lokr.preset} names
 */
public record TrainInputs(
    String prepared,
    String latentTable,
    String latentStore,
    String dataDigest,
    String checkpoints,
    String output,
    Preset preset)
    implements Serializable {
  /** Sub-folder of the prepared images to train on. */
  static final String TRAINING = "training";

  /** Sub-folder of the prepared images that are held out. */
  static final String HELD_OUT = "held-out";

  /** Name of the trained adapter in the output folder. */
  public static final String ADAPTER = "lokr.safetensors";

  /** Name of the averaged adapter, if one is kept. */
  public static final String AVERAGE = "lokr-ema.safetensors";

  /** Name of the folder with metrics and events. */
  public static final String LOGS = "logs";

  /** Name of the folder with pictures drawn in the middle of the run. */
  public static final String PICTURES = "pictures";
}
