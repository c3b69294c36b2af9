package io.kohaku.weights.bake;

/**
 * What baking did.
 *
 * @param layers adapted layers, over all adapters
 * @param norms norms whose gain or bias was changed
 * @param changed tensors of the checkpoint that they changed
 * @param kept tensors that stayed as they were, but for their number format
 */
public record BakeReport(int layers, int norms, int changed, int kept) {}
