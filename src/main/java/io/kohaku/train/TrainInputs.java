package io.kohaku.train;

import io.kohaku.lokr.preset.Preset;
import java.io.Serializable;

/**
 * Where a run reads and writes, and what the driver has read for all ranks.
 *
 * @param prepared folder that the preparation wrote, of any Hadoop file system
 * @param latentStore folder of the latent files
 * @param dataDigest of latents and captions: a checkpoint goes on with the same alone
 * @param checkpoints folder that every executor sees under this path
 * @param output folder for the adapter and the logs, of any Hadoop file system
 * @param preset which layers are adapted: what {@code lokr.preset} names
 */
public record TrainInputs(
    String prepared,
    String latentStore,
    String dataDigest,
    String checkpoints,
    String output,
    Preset preset)
    implements Serializable {
  /** Name of the trained adapter in the output folder. */
  public static final String ADAPTER = "adapter.safetensors";

  /** Name of the averaged adapter, if one is kept. */
  public static final String AVERAGE = "average.safetensors";
}
