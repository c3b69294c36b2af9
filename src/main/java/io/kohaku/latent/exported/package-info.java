/**
 * The VAE's encoder outside of the pipeline: a model that DJL loads, and what turns an image's
 * bytes into latents with it.
 *
 * <p>In: a checkpoint. Out: a folder with {@code model.pt} (kernels and weights, see {@link
 * io.kohaku.sdxl.VaeExport}), {@code serving.properties} for DJL, and {@code vae-encoder.json},
 * which is written last and says what is in the model, how images become pixels for it, and the
 * SHA-256 of {@code model.pt}: libtorch itself loads a damaged archive without complaint.
 *
 * <p>{@link io.kohaku.latent.exported.VaeTranslatorFactory} is all that DJL needs to be told. It
 * gives {@code Predictor<byte[], byte[]>}, from an image file's bytes to {@link
 * io.kohaku.latent.exported.EncodedImage}'s, and {@code Predictor<PreparedImage, Moments>}, by
 * which the encode stage runs the same model. {@link io.kohaku.latent.exported.LatentEncoder} is
 * the first of them as a stage of a Spark ML pipeline; what stands on DJL's Spark extension lies in
 * {@code src/djl-spark} and is built under the profile of that name alone.
 *
 * <p>An image that cannot be used is a row with a reason, as everywhere; an exception ends the
 * task. What is drawn from the distribution is seeded by a post's id, which bytes do not tell: so
 * bytes become means or moments, never samples.
 */
package io.kohaku.latent.exported;
